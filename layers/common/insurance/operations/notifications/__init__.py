"""What partners are told of what happened: the feed of events."""
