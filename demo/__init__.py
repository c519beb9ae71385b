"""What `make run`, `make tour` and `make serve` play on the local stack."""

ANSWER_SECONDS = 35
"""The gateway itself gives up after 29."""
