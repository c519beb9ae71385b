"""What the handing on of streams is given: consumers, where each of them stands, and stored events."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from insurance.domain.core.delivery import Consumer, Delivery
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode

type Take = Callable[[Event, datetime], None]
"""Gives a consumer an event, and when it was appended. Safe to repeat."""


type Place = tuple[str, int]
"""A stream, and the number of an event in it."""

type Flush = Callable[[], Mapping[Place, Exception]]
"""Writes what a consumer was given since, and says what of it was not taken, and why."""


@dataclass(frozen=True, slots=True)
class StreamedEvent:
    """An event as it arrived, not read yet: one that cannot be read keeps nothing else up."""

    stream: str
    sequence: int
    appended_at: datetime
    read: Callable[[], Event]

    def appended_by(self, at: datetime) -> StreamedEvent:
        """This event, as appended at this time at the latest. A stored event has the time of its command:
        by a test clock that may be ahead."""
        return replace(self, appended_at=min(self.appended_at, at))


class Deliveries(Protocol):
    """How far each stream was handed on."""

    def read(self, streams: Sequence[str]) -> Sequence[Delivery]:
        """Where these streams stand, in their order; one that is not known stands at nothing."""

    def store(self, delivery: Delivery) -> Delivery | None:
        """Keep where a stream stands, if it still has the revision that was read.

        Returns None when it was kept, and what stands there when somebody was first.
        """

    def waiting(
        self, mode: Mode, *, by: datetime, after: Delivery | None = None
    ) -> Iterator[Delivery]:
        """The streams of which something has waited since `by` or longer, page by page; those behind `after` alone,
        if it is given.

        What was written just now may be missing.
        """

    def bookmark(self) -> Delivery | None:
        """The stream to which the last catching up came; None: there was none yet."""

    def set_bookmark(self, reached: Delivery) -> None:
        """Note to which stream a catching up has come. Two that run at once may overwrite each other's."""


class StoredEvents(Protocol):
    """The events themselves: the truth that every delivery can go back to."""

    def after(self, stream: str, sequence: int, *, last: int) -> Sequence[StreamedEvent]:
        """A page of the events that follow number `sequence`, up to number `last`, in order.

        When they were appended is not stored with them: it is the time of their command.
        """


def _nothing_ahead(_: Sequence[StreamedEvent]) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class StreamPorts:
    """What the handing on of streams needs from outside."""

    consumers: Mapping[Consumer, Take]
    deliveries: Deliveries
    stored: StoredEvents
    is_outage: Callable[[Exception], bool]
    """Whether an error has a cause that is not the event's own, and passes."""
    collectors: Mapping[Consumer, Flush] = field(default_factory=dict)
    """The consumers that collect what they are given, and take it together."""
    late: Mapping[Consumer, Take] = field(default_factory=dict)
    """How a consumer takes what was set aside for it, where it has to know that others came first."""
    ahead: Callable[[Sequence[StreamedEvent]], AbstractContextManager[None]] = _nothing_ahead
    """While it lasts, what consumers will read for these events is there already, as far as is known."""
