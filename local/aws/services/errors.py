"""What a service answers when it refuses."""

from __future__ import annotations


class ServiceError(Exception):
    """An AWS error: a code, a message and a status."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
