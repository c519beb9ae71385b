"""Insurance production operations: a pure core inside, AWS outside."""
