"""Stops and access policies in their table."""
