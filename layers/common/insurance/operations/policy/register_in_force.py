"""Enter an issued policy into the book, so that all of it can be gone through later."""

from typing import Protocol

from insurance.domain.core.event import Event


class Book(Protocol):
    def enter(self, policy_id: str) -> None:
        """Enter the policy once."""


def register_in_force(event: Event, *, book: Book) -> None:
    """Safe to repeat, as everything that a stream brings."""
    if event.stream.startswith("pol_") and event.sequence == 1:
        book.enter(event.stream)
