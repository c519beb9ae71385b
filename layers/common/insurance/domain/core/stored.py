"""A stored aggregate, and the key that opens its personal data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.classification import JsonObject
    from insurance.domain.core.event import StreamPosition


class PartyKey(Protocol):
    """One party's key: what it seals about a subject opens for that subject only."""

    @property
    def wrapped(self) -> bytes: ...
    def seal(self, personal: JsonObject, about: str) -> bytes: ...
    def unseal(self, sealed: bytes, about: str) -> JsonObject: ...


@dataclass(frozen=True, slots=True)
class Stored[R]:
    """A stored aggregate: its value, where its stream stands, and its party's key.

    Without a key the party's data were erased: personal fields then read as None.
    """

    record: R
    head: StreamPosition
    key: PartyKey | None
    body: tuple[JsonObject, bytes] | None = field(default=None, compare=False, repr=False)
    """What it was read from, if it was: the open facts as they are stored, and the sealed ones."""
