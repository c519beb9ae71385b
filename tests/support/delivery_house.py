"""Streams in memory, their consumers, and what becomes of the events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from insurance.clients import is_outage
from insurance.domain.core.delivery import GRACE, Consumer
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.operations.delivery.catch_up import CatchUpReport, Wanted, catch_up
from insurance.operations.delivery.deliver_streams import DeliveryReport, deliver_streams
from insurance.operations.delivery.register_heads import LastEvent, register_heads
from insurance.operations.delivery.streams import StreamPorts, Take

from tests.fakes.delivery import MemoryDeliveries, MemoryStoredEvents, streamed

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@dataclass
class House:
    """Streams of five events, consumers that remember, and who of them is out of reach."""

    events: dict[str, list[Event]]
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    taken: dict[Consumer, list[tuple[str, int]]] = field(default_factory=dict)
    fails: dict[tuple[Consumer, str, int], BaseException] = field(default_factory=dict)
    down: set[Consumer] = field(default_factory=set)
    asked: list[Consumer] = field(default_factory=list)
    late: dict[Consumer, Take] = field(default_factory=dict)
    told: Callable[[datetime], None] = lambda _: None
    """When events were appended, as consumers are told."""

    @property
    def ports(self) -> StreamPorts:
        takes = {each: self._take(each) for each in Consumer}
        stored = MemoryStoredEvents(self.events)
        return StreamPorts(takes, self.deliveries, stored, is_outage, late=self.late)

    def _take(self, consumer: Consumer) -> Take:
        def take(event: Event, at: datetime) -> None:
            self.asked.append(consumer)
            self.told(at)
            if consumer in self.down:
                raise Unavailable(consumer)
            error = self.fails.get((consumer, event.stream, event.sequence))
            if error is not None:
                raise error
            self.taken.setdefault(consumer, []).append((event.stream, event.sequence))

        return take

    def deliver(self, *batches: Sequence[Event]) -> DeliveryReport:
        for batch in batches or [self.all]:
            report = deliver_streams([streamed(each) for each in batch], self.ports)
        return report

    def deliver_with(self, refused: dict[tuple[str, int], Exception]) -> DeliveryReport:
        """The bus says afterwards what it did not take."""
        arrived = [streamed(each) for each in self.all]
        return deliver_streams(
            arrived, replace(self.ports, collectors={Consumer.BUS: lambda: refused})
        )

    @property
    def all(self) -> list[Event]:
        """In the order in which a shard brings them: the streams between each other."""
        return [event for row in zip(*self.events.values(), strict=True) for event in row]

    def register(self) -> None:
        heads = {
            stream: LastEvent(events[-1].sequence, NOW) for stream, events in self.events.items()
        }
        register_heads(heads, self.deliveries)

    def catch_up(self, **wanted: Any) -> CatchUpReport:
        asked = Wanted(by=LATER - GRACE, now=LATER)._replace(**wanted)
        return catch_up(asked, self.ports, time_is_up=lambda: False)

    def gaps(self, at: datetime = LATER) -> dict[str, dict[Consumer, int]]:
        """What health says a minute later."""
        waiting = self.deliveries.waiting(Mode.TEST, by=at - GRACE)
        return {each.stream: dict(each.lacking) for each in waiting}

    def assert_everybody_has_everything(self) -> None:
        wanted = {(event.stream, event.sequence) for event in self.all}
        for consumer in Consumer:
            assert set(self.taken[consumer]) == wanted, consumer
            self.assert_in_order(consumer)

    def assert_in_order(self, consumer: Consumer) -> None:
        for stream in self.events:
            numbers = [number for of, number in self.taken.get(consumer, ()) if of == stream]
            assert all(after <= before + 1 for before, after in pairwise([0, *numbers]))
