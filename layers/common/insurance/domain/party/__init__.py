"""Parties: the people and organisations that insurance is about."""
