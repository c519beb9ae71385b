"""The way of a product version on sale: its scenarios, the checks on them, and its states."""
