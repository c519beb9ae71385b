"""The clients that partners install: generated from the definition, checked, built and played (docs/adr/0039)."""
