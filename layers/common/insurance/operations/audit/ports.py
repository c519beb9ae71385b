"""What the audit is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from insurance.domain.audit.root import Leaf, SignedRoot
    from insurance.domain.audit.verification import DamagedEvent
    from insurance.domain.core.event import Event
    from insurance.domain.core.identity import Mode
    from insurance.operations.files.ports import Objects


class RecordedHead(NamedTuple):
    """Where a stream stood."""

    stream: str
    last: int
    """The number of its last event."""
    hash: bytes
    """Of that event."""


class CoveredEvents(NamedTuple):
    """Events of a stream that a root covers, and where they stand in it."""

    leaf: Leaf
    number: int
    """Of the root."""
    leaf_index: int
    """The place of the leaf in the root's tree."""
    path: tuple[bytes, ...]
    """The hashes beside the way from the leaf to the root."""


class EnteredRoot(NamedTuple):
    """A root in the table."""

    signed: SignedRoot
    is_entered: bool
    """Whether each of its leaves is in the table, too."""


class AuditRecords(Protocol):
    """What is known of streams apart from their events: which moved, and which root covers which event."""

    def mark(self, moved: Sequence[RecordedHead]) -> None:
        """Note that these streams moved, at least to there. Safe to repeat, and in any order."""

    def waiting(self, mode: Mode) -> Sequence[RecordedHead]:
        """Every stream that moved since a root covered it, by its id."""

    def noted(self, stream: str) -> RecordedHead | None:
        """A stream that moved since a root covered it; None: it did not."""

    def covered(self, streams: Sequence[str]) -> Sequence[RecordedHead | None]:
        """The last event of each stream that a root covers; None: there is none."""

    def add_root(self, signed: SignedRoot) -> None:
        """Enter a root; its leaves follow. Safe to repeat."""

    def enter(self, leaves: Sequence[CoveredEvents]) -> None:
        """Enter leaves of a root. Their streams wait no longer, if they have not moved meanwhile. Safe to repeat."""

    def finish_root(self, signed: SignedRoot) -> None:
        """Note that all leaves of a root were entered. Safe to repeat."""

    def latest(self, mode: Mode) -> EnteredRoot | None:
        """The newest root; None: there is none yet."""

    def roots(self, mode: Mode, *, after: int, limit: int) -> Sequence[EnteredRoot]:
        """Roots that follow number `after`, in order."""

    def covering(self, stream: str, *, after: int, limit: int) -> Sequence[CoveredEvents]:
        """What roots cover of a stream behind number `after`, in order: the first may begin before."""


class RecordedEvents(Protocol):
    """The events themselves, as they were stored and hashed."""

    def page(self, stream: str, *, after: int, limit: int) -> Sequence[Event | DamagedEvent]:
        """Events of a stream that follow number `after`, in order."""

    def each(
        self, wanted: Iterable[tuple[str, range]]
    ) -> Iterator[tuple[str, Event | DamagedEvent]]:
        """Events of many streams by their numbers, in the order in which they are wanted. What is not there is left out."""


class RootSigner(Protocol):
    """The key that signs roots: it never leaves the key service."""

    @property
    def key_id(self) -> str: ...

    @property
    def public_key(self) -> bytes:
        """In DER (SubjectPublicKeyInfo)."""

    def sign(self, document: bytes) -> bytes:
        """An ECDSA signature (P-256, SHA-256) in DER.

        Raises:
            Unavailable: The key service is out of reach.
        """


@dataclass(frozen=True, slots=True)
class AuditPorts:
    """What the audit needs from outside."""

    records: AuditRecords
    events: RecordedEvents
    locked: Objects
    """Where nothing is changed or deleted before its time: roots, and what they are made of."""
    signer: Callable[[], RootSigner]
    """Made when a root is signed, or its signature checked: other operations need no key."""
    is_signed: Callable[[SignedRoot, RootSigner], bool]
    """Whether the signature is the key's, and of this document."""
