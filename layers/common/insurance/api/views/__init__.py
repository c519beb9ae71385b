"""Representations: what callers see. They are not domain values: they change only by adding."""
