"""Sources, batches and rows in quarantine in their table."""
