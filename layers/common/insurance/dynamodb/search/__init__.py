"""The search index in its table."""
