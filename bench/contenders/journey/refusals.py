"""What a request may be refused for."""


class NotFound(Exception):
    """There is no such thing, or it is another partner's."""


class Conflict(Exception):
    """It is too late, or too early, for that."""
