"""Capacity units and round trips of each command, on an engine that meters as AWS does."""
