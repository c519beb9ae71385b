"""Audit: make the daily roots, prove an event, find broken links."""
