"""Ours against what a user would pick instead: cold starts, warm requests, instructions."""
