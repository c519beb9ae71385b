"""Sanctions screening: matches of names with the list, and decisions about them."""
