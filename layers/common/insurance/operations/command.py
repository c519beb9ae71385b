"""What an operation is told about its caller: `Command` for those that write, `Query` for the others."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from insurance.domain.contract.data_origin import DataOrigin
    from insurance.domain.core.caller import Caller
    from insurance.domain.core.classification import Record
    from insurance.domain.core.event import EventType
    from insurance.domain.core.stored import Stored
    from insurance.operations.idempotency import Idempotency, RecordedAnswer


@dataclass(frozen=True, slots=True)
class Query:
    """One call that changes nothing: who asks, and at what time."""

    caller: Caller
    now: datetime
    """The caller's time: in test mode it may be any."""
    received_at: datetime
    """The time by our own clock."""


@dataclass(frozen=True, slots=True)
class Command:
    """One call that writes: who makes it, at what time, on which revision, and answered once.

    An operation passes its command to the stores that load and store. They keep the idempotency
    record in the same read and in the same transaction as the aggregate.
    """

    caller: Caller
    idempotency: Idempotency
    expected_revision: int | None = None
    """The revision that the caller read (`If-Match`); None: any."""
    origin: DataOrigin | None = None
    """The row of a file that it does; None: it is a call."""

    @property
    def now(self) -> datetime:
        """The caller's time: in test mode it may be any."""
        return self.idempotency.now

    @property
    def received_at(self) -> datetime:
        """The time by our own clock."""
        return self.idempotency.received_at

    @property
    def actor(self) -> str:
        """Who an event names as its author."""
        return self.caller.principal

    def event(
        self, stream: str, record: Record, type: EventType, before: Stored[Any] | None
    ) -> Event:
        """The event by which this command leaves an aggregate of which nothing is personal, so nothing is sealed.

        Args:
            stream: The aggregate's id.
            record: What it is now.
            type: What happened.
            before: The aggregate as it was loaded; None: there is none yet.

        Raises:
            WrittenByNewerRelease: What was loaded says something that this release would lose.
        """
        return Event.following(
            before.head if before else StreamPosition(),
            record,
            NothingToSeal(),
            stream=stream,
            type=type,
            actor=self.actor,
            now=self.now,
        )

    def with_answer(self, result: Any) -> Self:
        """This command with the answer that its result gives, for the store to record."""
        return replace(self, idempotency=self.idempotency.record(result))

    def answered_by(self, pick: Callable[[Any], Any]) -> Self:
        """This command, answered by a part of what the operation results in: `pick` takes it out."""
        render = self.idempotency.render
        idempotency = replace(self.idempotency, render=lambda result: render(pick(result)))
        return replace(self, idempotency=idempotency)

    def part(self, name: str, render: Callable[[Any], RecordedAnswer]) -> Self:
        """One of the many parts of this command, with an idempotency record of its own.

        Args:
            name: The part: unique in the command, and the same when the command is repeated.
            render: Turns the part's result into the answer that is recorded.
        """
        operation = f"{self.idempotency.operation} {name}"
        idempotency = replace(self.idempotency, operation=operation, render=render)
        return replace(self, idempotency=idempotency, expected_revision=None)

    def check_revision(self, stored: Stored[Any] | None, id: str) -> None:
        """Compare what was loaded with the revision that the caller read.

        `stored` is None for what is not stored yet: its revision is 0.

        Raises:
            StaleRevision: Somebody else has changed it since.
        """
        revision = stored.head.sequence if stored else 0
        if self.expected_revision not in {None, revision}:
            raise StaleRevision(id)
