"""Lists over many aggregates: what a store gives of a list, and what an operation answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class ListRange(Protocol):
    """Which part of a list is read: at most `limit` entries, from the one that follows `after`."""

    @property
    def after(self) -> str:
        """The position of the last entry that was read; empty: from the start."""

    @property
    def limit(self) -> int: ...


@dataclass(frozen=True, slots=True)
class ListEntry[R]:
    """A position in a list, and its record; None if the record has left the list since."""

    position: str
    record: R | None


@dataclass(frozen=True, slots=True)
class ListPage[T]:
    """Part of a list. `next` is the last position that was read; None at the end of the list."""

    items: Sequence[T]
    next: str | None


def page_of[R, T](
    entries: Sequence[ListEntry[R]], limit: int, show: Callable[[R], T | None]
) -> ListPage[T]:
    """The entries that are still in the list, each shown; those shown as None are left out.

    A page with as many entries as the limit may have another page behind it, even if some have
    left the list.
    """
    shown = [show(entry.record) for entry in entries if entry.record is not None]
    items = [item for item in shown if item is not None]
    return ListPage(items, entries[-1].position if len(entries) == limit else None)
