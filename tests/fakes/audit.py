"""The audit in memory: its table, the events, and a key that signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from insurance.domain.core.identity import mode_of
from insurance.operations.audit.ports import CoveredEvents, EnteredRoot, RecordedHead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from insurance.domain.audit.root import SignedRoot
    from insurance.domain.audit.verification import DamagedEvent
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode

    from tests.fakes.memory import Memory


class MemoryAuditRecords:
    """The port `AuditRecords`."""

    def __init__(self) -> None:
        self.moved: dict[str, RecordedHead] = {}
        self.leaves: dict[str, list[CoveredEvents]] = {}
        self.signed: dict[Mode, list[EnteredRoot]] = {}

    def mark(self, moved: Sequence[RecordedHead]) -> None:
        for head in moved:
            known = self.moved.get(head.stream)
            if known is None or known.last < head.last:
                self.moved[head.stream] = head

    def waiting(self, mode: Mode) -> Sequence[RecordedHead]:
        return sorted(head for head in self.moved.values() if mode_of(head.stream) is mode)

    def noted(self, stream: str) -> RecordedHead | None:
        return self.moved.get(stream)

    def covered(self, streams: Sequence[str]) -> Sequence[RecordedHead | None]:
        return [self._covered(stream) for stream in streams]

    def _covered(self, stream: str) -> RecordedHead | None:
        leaves = self.leaves.get(stream)
        if not leaves:
            return None
        leaf = leaves[-1].leaf
        return RecordedHead(stream, leaf.last, leaf.hashes[-1])

    def add_root(self, signed: SignedRoot) -> None:
        roots = self.signed.setdefault(signed.root.mode, [])
        if len(roots) < signed.root.number:
            roots.append(EnteredRoot(signed, is_entered=False))

    def enter(self, leaves: Sequence[CoveredEvents]) -> None:
        for each in leaves:
            stream, last = each.leaf.stream, each.leaf.last
            entered = self.leaves.setdefault(stream, [])
            if each.leaf.first != (entered[-1].leaf.last if entered else 0) + 1:
                continue
            entered.append(each)
            if stream in self.moved and self.moved[stream].last <= last:
                del self.moved[stream]

    def finish_root(self, signed: SignedRoot) -> None:
        root = signed.root
        self.signed[root.mode][root.number - 1] = EnteredRoot(signed, is_entered=True)

    def latest(self, mode: Mode) -> EnteredRoot | None:
        roots = self.signed.get(mode)
        return roots[-1] if roots else None

    def roots(self, mode: Mode, *, after: int, limit: int) -> Sequence[EnteredRoot]:
        return self.signed.get(mode, [])[after : after + limit]

    def covering(self, stream: str, *, after: int, limit: int) -> Sequence[CoveredEvents]:
        return [each for each in self.leaves.get(stream, ()) if each.leaf.last > after][:limit]


class MemoryRecordedEvents:
    """The port `RecordedEvents`: a test can tamper with `streams`."""

    def __init__(self) -> None:
        self.streams: dict[str, dict[int, Event | DamagedEvent]] = {}

    def append(self, event: Event) -> None:
        self.streams.setdefault(event.stream, {})[event.sequence] = event

    def page(self, stream: str, *, after: int, limit: int) -> Sequence[Event | DamagedEvent]:
        events = self.streams.get(stream, {})
        return [events[number] for number in sorted(events) if number > after][:limit]

    def each(
        self, wanted: Iterable[tuple[str, range]]
    ) -> Iterator[tuple[str, Event | DamagedEvent]]:
        for stream, numbers in wanted:
            events = self.streams.get(stream, {})
            yield from ((stream, events[number]) for number in numbers if number in events)


class EventsOfMemory(MemoryRecordedEvents):
    """The port `RecordedEvents` on what commands appended in memory."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def page(self, stream: str, *, after: int, limit: int) -> Sequence[Event | DamagedEvent]:
        self._take(stream)
        return super().page(stream, after=after, limit=limit)

    def each(
        self, wanted: Iterable[tuple[str, range]]
    ) -> Iterator[tuple[str, Event | DamagedEvent]]:
        for stream, numbers in wanted:
            self._take(stream)
            yield from super().each([(stream, numbers)])

    def _take(self, stream: str) -> None:
        self.streams[stream] = {
            event.sequence: event for event in self._memory.events.get(stream, ())
        }


class MemorySigner:
    """The port `RootSigner`, with a key of its own."""

    key_id = "arn:aws:kms:eu-west-2:123456789012:key/roots"

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, document: bytes) -> bytes:
        return self._key.sign(document, ec.ECDSA(SHA256()))
