"""Scheduled jobs: what the scheduler does, when, and which events give rise to it."""
