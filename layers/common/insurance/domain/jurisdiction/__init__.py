"""Jurisdictions: what the law of a place asks of an insurer, as data."""
