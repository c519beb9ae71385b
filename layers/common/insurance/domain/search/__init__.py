"""Search: by what an object is found, what a list shows of it, and which lists there are."""
