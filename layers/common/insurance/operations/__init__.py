"""What the business does: load, decide, store. One operation a module, named for it."""
