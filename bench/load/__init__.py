"""Whole journeys on the local stack, many at once: `python -m bench.load`."""
