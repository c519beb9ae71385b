"""Streams of events that are recorded, and the audit over them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import JsonObject
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.audit.make_roots import RootReport, make_roots
from insurance.operations.audit.mark_moved import MovedStreams
from insurance.operations.audit.ports import AuditPorts
from insurance.root_signatures import is_signed

from tests.fakes.audit import MemoryAuditRecords, MemoryRecordedEvents, MemorySigner
from tests.fakes.documents import MemoryObjects
from tests.support.builders import make_quote

DAY = datetime(2027, 3, 1, 9, tzinfo=UTC)
"""In the middle of a day."""
AUDITOR = Caller(
    principal="staff-ada",
    kind=CallerKind.STAFF,
    partner="",
    roles=frozenset({"auditor"}),
    scopes=frozenset({"audit:read"}),
    mode=Mode.LIVE,
)

TYPES = tuple(PolicyEventType)


class PlainSeal:
    """Seals nothing: good enough for what is hashed."""

    def seal(self, personal: JsonObject, about: str) -> bytes:
        return f"{about}:{sorted(personal)}".encode()


def event_after(
    head: StreamPosition, stream: str, at: datetime, *, actor: str = "app_one"
) -> Event:
    """An event that follows another one in a stream."""
    return Event.following(
        head,
        make_quote(),
        PlainSeal(),
        stream=stream,
        type=TYPES[head.sequence % len(TYPES)],
        actor=actor,
        now=at,
    )


@dataclass
class AuditHouse:
    """Events, what delivery notes of them, and the locked files."""

    events: MemoryRecordedEvents = field(default_factory=MemoryRecordedEvents)
    records: MemoryAuditRecords = field(default_factory=MemoryAuditRecords)
    locked: MemoryObjects = field(default_factory=MemoryObjects)
    signer: MemorySigner = field(default_factory=MemorySigner)
    heads: dict[str, StreamPosition] = field(default_factory=dict)

    @property
    def ports(self) -> AuditPorts:
        return AuditPorts(
            records=self.records,
            events=self.events,
            locked=self.locked,
            signer=lambda: self.signer,
            is_signed=is_signed,
        )

    def record(
        self, stream: str, count: int = 1, at: datetime = DAY, *, noted: bool = True
    ) -> list[Event]:
        """Append events to a stream, as commands do, and note them, as delivery does."""
        made = []
        for _ in range(count):
            event = event_after(self.heads.get(stream, StreamPosition()), stream, at)
            self.heads[stream] = event.head
            self.events.append(event)
            made.append(event)
        if noted:
            self.deliver(made)
        return made

    def deliver(self, events: list[Event]) -> None:
        moved = MovedStreams(self.records)
        for event in events:
            moved.take(event)
        assert moved.flush() == {}

    def night(
        self,
        day: datetime = DAY,
        mode: Mode = Mode.LIVE,
        *,
        time_is_up: Callable[[], bool] = lambda: False,
    ) -> RootReport:
        """The run that closes a day: in the night after it."""
        after = datetime(day.year, day.month, day.day, 2, tzinfo=UTC) + timedelta(days=1)
        return make_roots(mode, self.ports, now=after, time_is_up=time_is_up)
