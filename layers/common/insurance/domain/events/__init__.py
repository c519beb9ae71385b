"""The events that the system publishes."""
