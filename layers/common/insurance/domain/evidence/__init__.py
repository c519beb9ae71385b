"""Evidence: files that tell of a loss, what they are, and what is taken out of them before they stay."""
