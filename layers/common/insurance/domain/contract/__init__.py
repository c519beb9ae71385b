"""What quotes and policies share: terms, premium and its shares over time."""
