"""Calls of AWS, where the usual way of making them costs more than the call is worth."""
