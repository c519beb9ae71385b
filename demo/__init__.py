"""What `make run`, `make tour` and `make serve` play on the local stack."""
