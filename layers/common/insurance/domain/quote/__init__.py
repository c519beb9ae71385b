"""Quotes: a price and its terms, until accepted or expired."""
