"""What notifications are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from insurance.domain.events.feed import EventSummary, Feed


class NumberedEvent(NamedTuple):
    """An event at its place in a feed."""

    number: int
    summary: EventSummary


class Extent(NamedTuple):
    """Which places of a feed there are. It has no gaps."""

    oldest: int = 1
    """The number of the oldest event that is kept: one more than `last` where none is."""
    last: int = 0


class Feeds(Protocol):
    """The feeds of partners, numbered in the order in which events arrived."""

    def append(self, feed: Feed, events: Sequence[EventSummary], *, now: datetime) -> None:
        """Number these events behind the last one of the feed, in their order; each once, however often it is given.

        All of them are there then, or none.

        Raises:
            Unavailable: Others wrote to the feed at every attempt.
        """

    def extent(self, feed: Feed, *, now: datetime) -> Extent:
        """Which places there are now: every event up to the last one can be read."""

    def place_of(self, feed: Feed, event: EventSummary) -> int | None:
        """The place of an event in the feed; None: it has none."""

    def read(self, feed: Feed, numbers: range) -> Sequence[NumberedEvent]:
        """The events at these places, in order."""


@dataclass(frozen=True, slots=True)
class FeedPorts:
    """What the reading of a feed needs from outside."""

    feeds: Feeds
