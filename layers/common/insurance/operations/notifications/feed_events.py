"""Enter events in the feeds of partners: a consumer that collects, and writes what it collected together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Final

from insurance.domain.core.event import Event
from insurance.domain.events.feed import EventSummary, Feed
from insurance.operations.delivery.streams import Place
from insurance.operations.notifications.ports import Feeds
from insurance.operations.notifications.told_feeds import PartnersWith, feeds_told

type Now = Callable[[], datetime]

TOGETHER_MAX: Final = 40
"""Events of one write."""


class FeedWriter:
    """Feeds as a consumer of events."""

    def __init__(self, feeds: Feeds, partners_with: PartnersWith, now: Now) -> None:
        self._feeds, self._partners_with = feeds, partners_with
        self._now = now
        self._waiting: dict[Feed, list[EventSummary]] = {}

    def take(self, event: Event) -> None:
        """Enter the event with the next `flush`, if a partner is told of it."""
        for feed in feeds_told(event, self._partners_with):
            self._waiting.setdefault(feed, []).append(EventSummary.of(event))

    def flush(self) -> Mapping[Place, Exception]:
        """Write what waits; which events were not entered, and why."""
        waiting, self._waiting = self._waiting, {}
        return {
            (summary.stream, summary.sequence): error
            for feed, events in waiting.items()
            for summary, error in self._enter(feed, events)
        }

    def _enter(
        self, feed: Feed, events: Sequence[EventSummary]
    ) -> Iterator[tuple[EventSummary, Exception]]:
        """What could not be entered. Nothing is entered behind it: it would come before what it follows."""
        failed: Exception | None = None
        for some in batched(events, TOGETHER_MAX, strict=False):
            if failed is None:
                try:
                    self._feeds.append(feed, some, now=self._now())
                except Exception as error:  # what it means is for others to say
                    failed = error
            if failed is not None:
                yield from ((summary, failed) for summary in some)
