"""Delivery of events to the bus and to the ledger."""
