"""The bank's side of ISO 20022: what a bank accepts, and how it reports."""
