"""Entity tags of this API."""


def etag(revision: int, view: str) -> str:
    """A strong entity tag: the stored revision, and which view of it this is."""
    return f'"{revision}-{view}"'
