"""The actuary's tool: check a product folder, run its scenarios, mutate it, show its schema."""
