"""Sanctions screening: matches and what was decided of them."""
