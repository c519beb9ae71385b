"""Scheduled jobs: what must be looked at again, and when."""
