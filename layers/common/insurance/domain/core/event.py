"""Events: what happened to one aggregate, in an order that nobody can change afterwards.

Each event carries the SHA-256 of the one before it and of itself. Personal facts are sealed before
they are hashed, so destroying a person's key leaves every hash as it was.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Protocol, Self

from pydantic import AwareDatetime, Field

from insurance.domain.core.classification import JsonObject, Record
from insurance.domain.core.errors import AlreadyErased, WrittenByNewerRelease
from insurance.domain.core.identity import Mode, mode_of
from insurance.domain.core.packing import canonical
from insurance.domain.core.posting import Posting
from insurance.domain.core.value import Value

GENESIS = bytes(32)
"""What the first event of a stream has for the hash of the one before it."""

HASHED = set(
    {
        *("stream", "sequence", "type", "actor", "mode"),
        *("effective_at", "processed_at", "facts", "postings"),
    }
)
"""What an event's hash is of, beside the sealed facts and the hash before it. It never changes: a field that
comes later is no part of it, or is left out where it has its default, as in a posting."""

Hash = Annotated[bytes, Field(min_length=32, max_length=32)]


class Seal(Protocol):
    """Turns a party's personal facts into ciphertext, the same for the same facts and subject."""

    def seal(self, personal: JsonObject, about: str) -> bytes: ...


class NothingToSeal:
    """The seal of records without personal data."""

    def seal(self, personal: JsonObject, about: str) -> bytes:
        raise AssertionError(f"{about} holds no personal data: {len(personal)}")


class DestroyedKey:
    """The seal of an erased party: it seals nothing any more."""

    def seal(self, _personal: JsonObject, about: str) -> bytes:
        """Refuse to seal.

        Raises:
            AlreadyErased: Always.
        """
        raise AlreadyErased(about)


class EventType(StrEnum):
    """The base of all enumerations of event types: each area has one for its own.

    A member's value is stored and published, so it never changes. `domain/events/catalogue.py`
    lists them all.
    """


class StreamPosition(Value):
    """Where a stream stands: the number and the hash of its last event."""

    sequence: int = 0
    hash: Hash = GENESIS
    processed_at: AwareDatetime | None = None
    is_understood: bool = True
    """Whether this release knows all that the last event says; otherwise it writes none after it."""


class Event(Value):
    """One event of one stream (an aggregate's id), as it was appended."""

    stream: str
    sequence: Annotated[int, Field(ge=1)]
    type: str
    actor: str
    mode: Mode
    effective_at: AwareDatetime
    processed_at: AwareDatetime
    facts: Any
    """A JSON object without anything personal: the whole aggregate as the event left it, in the version that
    this release knows."""
    stored_facts: Annotated[Any, Field(exclude=True)] = None
    """The same as they were stored and hashed, where that was in an older version."""
    sealed: bytes
    """The personal facts, as ciphertext; empty when there are none."""
    postings: tuple[Posting, ...]
    previous_hash: Hash
    hash: Hash

    @classmethod
    def following(  # noqa: PLR0913 - an event is all of this
        cls,
        head: StreamPosition,
        record: Record,
        seal: Seal,
        *,
        stream: str,
        type: EventType,
        actor: str,
        now: datetime,
        effective_at: datetime | None = None,
        postings: tuple[Posting, ...] = (),
    ) -> Self:
        """The event that leaves the aggregate as `record`; times in a stream never run backwards.

        Raises:
            WrittenByNewerRelease: The event before says something that this release would lose.
        """
        if not head.is_understood:
            raise WrittenByNewerRelease(record.__class__.__name__.lower())
        facts, personal = record.split_personal()
        processed_at = max(now, head.processed_at) if head.processed_at else now
        draft = cls(
            stream=stream,
            sequence=head.sequence + 1,
            type=type,
            actor=actor,
            mode=mode_of(stream),
            effective_at=effective_at or processed_at,
            processed_at=processed_at,
            facts=facts,
            sealed=seal.seal(personal, stream) if personal else b"",
            postings=postings,
            previous_hash=head.hash,
            hash=GENESIS,
        )
        # A digest needs no second validation of everything that it is the digest of.
        return draft.model_copy(update={"hash": draft.digest()})

    @property
    def head(self) -> StreamPosition:
        return StreamPosition(
            sequence=self.sequence, hash=self.hash, processed_at=self.processed_at
        )

    @property
    def tax_point(self) -> datetime:
        """When its postings belong: when they took effect, or, ahead of that, when they were made."""
        return min(self.effective_at, self.processed_at)

    @property
    def hashed_content(self) -> JsonObject:
        """Everything but the hash itself, as it was stored."""
        content = self.model_dump(mode="json", include=HASHED)
        if self.stored_facts is not None:
            content["facts"] = self.stored_facts
        content["sealed"] = self.sealed.hex()
        content["previous_hash"] = self.previous_hash.hex()
        return content

    def digest(self) -> bytes:
        """SHA-256 over the canonical JSON (RFC 8785) of what is hashed."""
        return sha256(canonical(self.hashed_content)).digest()


def first_broken_link(events: Iterable[Event], *, after: int = 0) -> int | None:
    """The sequence at which a stream stops being what was written; None when the chain holds.

    Finds an event that was changed, left out, put elsewhere or forked; a tail cut off is found by
    comparing the last event with the aggregate's head. With `after`, the events start behind that
    number, and the hash before the first of them is taken on trust.
    """
    sequence, previous = after, None if after else GENESIS
    for event in events:
        follows = event.sequence == sequence + 1 and previous in {None, event.previous_hash}
        if not follows or event.digest() != event.hash:
            return sequence + 1
        sequence, previous = event.sequence, event.hash
    return None
