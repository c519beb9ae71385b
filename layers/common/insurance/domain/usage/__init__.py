"""Usage: how often each application called what, and how it was answered."""
