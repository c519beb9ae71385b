"""Product definitions: data."""
