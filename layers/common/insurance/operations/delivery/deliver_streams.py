"""Hand events on to every consumer: streams and consumers are independent of each other.

Order holds within a stream, for each consumer. A consumer that is out of reach stays where it is, and
catches up later; an event that a consumer cannot take is set aside at once, and the rest goes on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from insurance.domain.core.delivery import (
    SET_ASIDE_MAX,
    Consumer,
    Delivery,
    Moved,
    Progress,
    SetAside,
)
from insurance.domain.core.errors import InsuranceError, Unavailable, WrittenByNewerRelease
from insurance.domain.core.event import Event
from insurance.domain.events.catalogue import CATALOGUE
from insurance.operations.delivery.streams import Deliveries, StreamedEvent, StreamPorts

LATER: Final = frozenset({Consumer.SEARCH})
"""Consumers that nobody outside waits for, and that take their time: those that collect do not wait for them."""
TRIES: Final = 5
"""Of keeping where a stream stands while others write it too."""
RESTS_AFTER: Final = 2
"""Failures in one run after which a consumer is asked no more: each may take seconds."""


class BrokenEvent(InsuranceError):
    """An event whose content is not what was hashed."""

    def __init__(self, event: Event) -> None:
        super().__init__(f"Event {event.sequence} of {event.stream} is not what was hashed.")


@dataclass(slots=True)
class DeliveryReport:
    """What came of a run."""

    delivered: int = 0
    """Events that every consumer in reach took or has."""
    set_aside: list[tuple[str, SetAside]] = field(default_factory=list)
    """With their streams."""
    failed: Counter[tuple[Consumer, str]] = field(default_factory=Counter)
    """Consumers that were out of reach, and the names of the errors."""
    left: list[tuple[str, str]] = field(default_factory=list)
    """Streams of which nothing was kept, and the names of the errors: they are to come again."""


def deliver_streams(
    arrived: Sequence[StreamedEvent],
    ports: StreamPorts,
    *,
    time_is_up: Callable[[], bool] = lambda: False,
) -> DeliveryReport:
    """Hand on a batch of events of any streams. Safe to repeat: every consumer is.

    Every stream's events first go to those that somebody outside waits for, then together to those that collect
    them, and then to the others.
    """
    by_stream: dict[str, list[StreamedEvent]] = {}
    for each in arrived:
        by_stream.setdefault(each.stream, []).append(each)
    run, attempts = Run(ports), []
    with ports.ahead(arrived):
        for before in ports.deliveries.read(tuple(by_stream)):
            if time_is_up():
                run.report.left.append((before.stream, "TimeIsUp"))
                continue
            try:
                attempts.append(run.attempt(before, by_stream[before.stream]))
            except Exception as error:
                run.report.left.append((before.stream, type(error).__name__))
        run.flush(attempts)
        for attempt in attempts:
            if not time_is_up():
                attempt.hand_on_later()
    for attempt in attempts:
        try:
            attempt.keep()
        except Exception as error:
            run.report.left.append((attempt.before.stream, type(error).__name__))
    return run.report


@dataclass(slots=True)
class Run:
    """One run over streams; in it a consumer that failed twice is asked no more."""

    ports: StreamPorts
    report: DeliveryReport = field(default_factory=DeliveryReport)
    failures: Counter[Consumer] = field(default_factory=Counter)

    @property
    def in_reach(self) -> list[Consumer]:
        """The consumers that are still asked."""
        return [each for each in self.ports.consumers if self.failures[each] < RESTS_AFTER]

    def hand_on(self, before: Delivery, events: Sequence[StreamedEvent]) -> Delivery:
        """Hand on events of one stream, after those between what all have and the first of these.

        Raises:
            Unavailable: Others wrote where the stream stands at every attempt.
        """
        attempt = self.attempt(before, events)
        self.flush([attempt])
        attempt.hand_on_later()
        return attempt.keep()

    def attempt(self, before: Delivery, events: Sequence[StreamedEvent]) -> "Attempt":
        """Give events of one stream to the consumers that come first. Before it is kept, it must be flushed."""
        first, at = events[0].sequence, events[0].appended_at
        missing = (each.appended_by(at) for each in self._missing(before, first))
        attempt = Attempt(self, before, (*missing, *events), at)
        attempt.hand_on()
        return attempt

    def flush(self, attempts: "Sequence[Attempt]") -> None:
        """Let those that collect take what they were given in these attempts."""
        for consumer, flush in self.ports.collectors.items():
            refused: dict[str, dict[int, Exception]] = {}
            for (stream, sequence), error in flush().items():
                refused.setdefault(stream, {})[sequence] = error
            for attempt in attempts:
                attempt.take_back(consumer, refused.get(attempt.before.stream, {}))

    def _missing(self, before: Delivery, first: int) -> Sequence[StreamedEvent]:
        """What some consumer in reach lacks from before number `first`."""
        reached = self.in_reach
        lowest = before.lowest(reached) if reached else first
        if lowest >= first - 1:
            return ()
        return self.ports.stored.after(before.stream, lowest, last=first - 1)


class Attempt:
    """One attempt at a stream: how far each consumer comes."""

    def __init__(
        self, run: Run, before: Delivery, events: Sequence[StreamedEvent], at: datetime
    ) -> None:
        self._run = run
        self.before = before
        self._events, self._since = events, at
        self._at = {each: before.position(each) for each in run.ports.consumers}
        self._stuck: set[Consumer] = set()
        self._set_aside: list[SetAside] = []
        self._read: dict[int, Event] = {}
        self._taken: dict[int, bool] = {}
        """Of the events that were given to anybody: whether everybody took it."""

    def keep(self) -> Delivery:
        """Keep how far each consumer came.

        Raises:
            Unavailable: Others wrote where the stream stands at every attempt.
        """
        pasts = {each: self.before.position(each) for each in self._at}
        moved = {each: Moved(pasts[each], to) for each, to in self._at.items() if to > pasts[each]}
        self._run.report.delivered += sum(self._taken.values())
        head = self._events[-1].sequence
        progress = Progress(head, moved, tuple(self._set_aside), self._since)
        deliveries = self._run.ports.deliveries
        return keep(self.before, lambda standing: standing.after(progress), deliveries)

    def take_back(self, consumer: Consumer, refused: Mapping[int, Exception]) -> None:
        """The consumer did not take these events after all."""
        for sequence in sorted(refused):
            self._taken[sequence] = False
            self._fails(consumer, sequence, refused[sequence])
            if consumer in self._stuck:
                self._at[consumer] = sequence - 1
                return

    def hand_on(self) -> None:
        """Give the events to the consumers that come first, and to those that collect."""
        self._hand_on([each for each in self._at if each not in LATER])

    def hand_on_later(self) -> None:
        """Give the events to the others."""
        self._hand_on([each for each in self._at if each in LATER])

    def _hand_on(self, consumers: Sequence[Consumer]) -> None:
        for each in self._events:
            self._give_to_all(each, consumers)

    def _give_to_all(self, arrived: StreamedEvent, consumers: Sequence[Consumer]) -> None:
        """Give the event to those that have all before it."""
        sequence = arrived.sequence
        reached = set(self._run.in_reach) - self._stuck
        wanting = [each for each in consumers if each in reached and self._at[each] == sequence - 1]
        if not wanting:
            return
        try:
            event = self._read_once(arrived)
        except Exception as error:
            self._taken[sequence] = False
            if self._run.ports.is_outage(error):  # a newer release wrote it, and takes it
                self._run.report.failed.update((each, type(error).__name__) for each in wanting)
                self._stuck.update(wanting)
                return
            reason = "broken_hash" if isinstance(error, BrokenEvent) else "unreadable"
            self._put_aside(wanting, sequence, reason)
            return
        taken = [each for each in wanting if self._give(each, event, arrived.appended_at)]
        self._taken[sequence] = self._taken.get(sequence, True) and taken == wanting

    def _read_once(self, arrived: StreamedEvent) -> Event:
        if arrived.sequence not in self._read:
            self._read[arrived.sequence] = whole(arrived)
        return self._read[arrived.sequence]

    def _give(self, consumer: Consumer, event: Event, appended_at: datetime) -> bool:
        """Whether the consumer took it."""
        try:
            self._run.ports.consumers[consumer](event, appended_at)
        except Exception as error:
            self._fails(consumer, event.sequence, error)
            return False
        self._at[consumer] = event.sequence
        return True

    def _fails(self, consumer: Consumer, sequence: int, error: Exception) -> None:
        """The consumer is out of reach, or the event is set aside for it."""
        name = type(error).__name__
        if not self._run.ports.is_outage(error):
            self._put_aside([consumer], sequence, name)
            return
        if not isinstance(error, WrittenByNewerRelease):  # other streams may say nothing new
            self._run.failures[consumer] += 1
        self._run.report.failed[consumer, name] += 1
        self._stuck.add(consumer)

    def _put_aside(self, consumers: Iterable[Consumer], sequence: int, reason: str) -> None:
        for consumer in consumers:
            if len(self.before.set_aside) + len(self._set_aside) >= SET_ASIDE_MAX:
                self._stuck.add(consumer)
                continue
            entry = SetAside(consumer, sequence, reason)
            self._set_aside.append(entry)
            self._run.report.set_aside.append((self.before.stream, entry))
            self._at[consumer] = max(sequence, self._at[consumer])


def keep(
    before: Delivery, change: Callable[[Delivery], Delivery], deliveries: Deliveries
) -> Delivery:
    """Keep a change of where a stream stands, also where somebody else changed it meanwhile.

    Raises:
        Unavailable: Others wrote it at every attempt.
    """
    standing = before
    for _ in range(TRIES):
        after = change(standing)
        if after == standing:
            return standing
        found = deliveries.store(after)
        if found is None:
            return after
        standing = found
    raise Unavailable("The record of deliveries")


def whole(arrived: StreamedEvent) -> Event:
    """Read an event. Consumers read its facts each in its own way: here it is seen that none of them is given
    half of what it says.

    Raises:
        BrokenEvent: Its content is not what was hashed.
        WrittenByNewerRelease: It says more than this release knows.
    """
    event = arrived.read()
    if event.digest() != event.hash:
        raise BrokenEvent(event)
    _, is_understood = CATALOGUE[event.type].schema.read(event.facts, {})
    if not is_understood:
        raise WrittenByNewerRelease(f"event {event.type}")
    return event
