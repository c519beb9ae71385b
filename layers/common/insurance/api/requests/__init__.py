"""Requests of functions whose routes fill a file of their own."""
