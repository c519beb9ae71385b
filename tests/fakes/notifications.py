"""Feeds in memory: held to the same contract as those on DynamoDB (tests/contract)."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from insurance.domain.events.feed import KEPT, EventObject, EventSummary, Feed
from insurance.operations.notifications.ports import Extent, NumberedEvent


class MemoryFeeds:
    """Each feed is a list of its events, with the day on which each was added."""

    def __init__(self) -> None:
        self._feeds: dict[Feed, list[tuple[EventSummary, date]]] = {}

    def append(self, feed: Feed, events: Sequence[EventSummary], *, now: datetime) -> None:
        held = self._feeds.setdefault(feed, [])
        everywhere = {summary.id for feed in self._feeds.values() for summary, _ in feed}
        here = {summary.id for summary, _ in held}
        today = max([now.astimezone(UTC).date(), *(day for _, day in held[-1:])])
        for summary in events:
            is_shared = summary.object is EventObject.API_PRODUCT
            if summary.id not in (here if is_shared else everywhere):
                held.append((summary, today))

    def extent(self, feed: Feed, *, now: datetime) -> Extent:
        held = self._feeds.get(feed, [])
        oldest_day = (now - KEPT).astimezone(UTC).date()
        gone = sum(day < oldest_day for _, day in held)
        return Extent(gone + 1, len(held))

    def place_of(self, feed: Feed, event: EventSummary) -> int | None:
        held = [summary.id for summary, _ in self._feeds.get(feed, [])]
        return held.index(event.id) + 1 if event.id in held else None

    def read(self, feed: Feed, numbers: range) -> Sequence[NumberedEvent]:
        held = self._feeds[feed]
        return [NumberedEvent(number, held[number - 1][0]) for number in numbers]
