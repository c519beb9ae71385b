"""The ports of delivery in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from insurance.domain.core.delivery import Delivery
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, mode_of
from insurance.operations.delivery.streams import StreamedEvent

PAGE = 100


class MemoryDeliveries:
    """Where each stream stands, by its id."""

    def __init__(self) -> None:
        self.standing: dict[str, Delivery] = {}
        self.reached: Delivery | None = None

    def read(self, streams: Sequence[str]) -> Sequence[Delivery]:
        return [self.standing.get(each, Delivery(each)) for each in streams]

    def store(self, delivery: Delivery) -> Delivery | None:
        standing = self.standing.get(delivery.stream, Delivery(delivery.stream))
        if standing.revision != delivery.revision:
            return standing
        self.standing[delivery.stream] = replace(delivery, revision=delivery.revision + 1)
        return None

    def waiting(
        self, mode: Mode, *, by: datetime, after: Delivery | None = None
    ) -> Iterator[Delivery]:
        for each in sorted(self.standing.values(), key=_order):
            waits = mode_of(each.stream) is mode and each.since is not None and each.since <= by
            if waits and (after is None or _order(each) > _order(after)):
                yield each

    def bookmark(self) -> Delivery | None:
        return self.reached

    def set_bookmark(self, reached: Delivery) -> None:
        self.reached = reached


def _order(delivery: Delivery) -> tuple[str, str]:
    return str(delivery.since), delivery.stream


class MemoryStoredEvents:
    """Events by stream; `at` is when each was."""

    def __init__(self, events: dict[str, list[Event]]) -> None:
        self.events = events

    def after(self, stream: str, sequence: int, *, last: int) -> Sequence[StreamedEvent]:
        found = [e for e in self.events[stream] if sequence < e.sequence <= last]
        return [streamed(each) for each in found[:PAGE]]


def streamed(event: Event) -> StreamedEvent:
    """An event as a stream brings it."""
    return StreamedEvent(event.stream, event.sequence, event.processed_at, lambda: event)
