"""Audit: daily roots over the events, proofs of one event, and the search for broken links."""
