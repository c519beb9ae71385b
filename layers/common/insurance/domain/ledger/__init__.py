"""The ledger: postings, the accounting calendar, and what must agree with what."""
