"""Delivery of events to the books, the schedule and the bus."""
