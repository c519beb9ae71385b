"""Roots: each day one hash over every stream that moved, chained to the root before it, and signed.

A leaf is a stream with the events that no root before covers. It holds the root of a tree over their hashes, so one
of them is proved without the others.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field

from insurance.domain.audit.merkle import Tree, leaf_hash
from insurance.domain.core.event import GENESIS, Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.packing import canonical
from insurance.domain.core.value import Value

CLOSING_DELAY: Final = timedelta(hours=1)
"""How long after its end a day's root is made: what was under way at midnight has arrived by then."""

LEAF_EVENTS_MAX: Final = 1000
"""Events of one stream in one root; what is over stands in the next one."""

HexHash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Leaf(NamedTuple):
    """The events of one stream that a root covers, by their hashes."""

    stream: str
    first: int
    """The number of the first one."""
    hashes: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """The number of the last one: where the stream stood."""
        return self.first + len(self.hashes) - 1

    @property
    def events(self) -> Tree:
        """The tree over their hashes."""
        return Tree([leaf_hash(each) for each in self.hashes])

    @property
    def content(self) -> dict[str, str | int]:
        """What the leaf is the hash of: the stream's head, and all its events since the root before."""
        return {
            "stream": self.stream,
            "first": self.first,
            "last": self.last,
            "head": self.hashes[-1].hex(),
            "events": self.events.root.hex(),
        }

    @property
    def hash(self) -> bytes:
        return leaf_hash(canonical(self.content))


class Root(Value):
    """A day's root, as it is signed: the canonical JSON (RFC 8785) of these fields."""

    version: Literal[1] = 1
    mode: Mode
    number: Annotated[int, Field(ge=1)]
    """Consecutive for the mode."""
    day: date
    """The day (UTC) that it closes."""
    heads: Annotated[int, Field(ge=0)]
    """How many streams moved: the leaves of the tree."""
    root: HexHash
    previous: HexHash
    """SHA-256 of the document of the root before; zeros for the first."""
    tree: Literal["RFC6962_SHA_256"] = "RFC6962_SHA_256"
    algorithm: Literal["ECDSA_SHA_256"] = "ECDSA_SHA_256"
    key_id: Annotated[str, Field(min_length=1, max_length=300)]
    """Which key of the key service signed it."""

    @property
    def document(self) -> bytes:
        return canonical(self.model_dump(mode="json"))

    @property
    def hash(self) -> bytes:
        """What the next root says as `previous`."""
        return sha256(self.document).digest()


class SignedRoot(Value):
    """A root with its signature, and the public key to check that with."""

    root: Root
    signature: Annotated[bytes, Field(min_length=1, max_length=200)]
    """Of the document: ECDSA on P-256 in DER."""
    public_key: Annotated[bytes, Field(min_length=1, max_length=500)]
    """In DER (SubjectPublicKeyInfo)."""


class EventProof(NamedTuple):
    """That a root covers one event: what leads from the event's hash to the root's."""

    leaf: Leaf
    sequence: int
    """The number of the event."""
    leaf_index: int
    """The place of the leaf in the root's tree."""
    path: tuple[bytes, ...]
    """The hashes beside the way from the leaf to the root."""

    @property
    def event_path(self) -> tuple[bytes, ...]:
        """The hashes beside the way from the event to the leaf's `events`."""
        return self.leaf.events.path(self.sequence - self.leaf.first)


def previous_of(before: SignedRoot | None) -> str:
    """What the root that follows says as `previous`."""
    return (before.root.hash if before else GENESIS).hex()


def due_days(latest: date | None, now: datetime) -> Sequence[date]:
    """The days whose roots are due, in order: those that ended a while ago and have none.

    Where there is no root at all, the day before this one is the first.
    """
    last = (now.astimezone(UTC) - CLOSING_DELAY).date() - timedelta(days=1)
    first = last if latest is None else latest + timedelta(days=1)
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


def belongs(event: Event, day: date) -> bool:
    """Whether the root that closes a day may cover an event: it was recorded by the end of the day.

    In test mode the caller sets the time of an event, so there it counts when the event arrived.
    """
    end = datetime.combine(day + timedelta(days=1), time.min, UTC)
    return event.mode is Mode.TEST or event.processed_at < end


def is_late(event: Event, root: Root) -> bool:
    """Whether the event arrived after the root of its own day was made, and so stands in a later one."""
    return event.mode is Mode.LIVE and event.processed_at.astimezone(UTC).date() < root.day
