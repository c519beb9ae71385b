"""The docs site: built from docs/ by mkdocs-material, looked at in a browser."""
