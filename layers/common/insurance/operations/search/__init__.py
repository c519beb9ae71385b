"""Lists and searches over the objects of all policies."""
