"""Privacy: what the law gives a person over their data, and what the law keeps from erasure."""
