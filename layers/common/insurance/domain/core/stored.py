"""A stored aggregate, and the key that opens its personal data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.classification import JsonObject
    from insurance.domain.core.event import StreamPosition


class PartyKey(Protocol):
    """One party's key: what it seals about a subject opens for that subject only."""

    @property
    def wrapped(self) -> bytes: ...
    def seal(self, personal: JsonObject, about: str) -> bytes: ...
    def unseal(self, sealed: bytes, about: str) -> JsonObject: ...


class Naming(NamedTuple):
    """How often contracts have named a party, and which ones of late, as its item says.

    An index of contracts lists a new one a moment later. Here it stands from its own transaction on.
    """

    times: int = 0
    recent: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """By minute, as columns of the item, the contracts that named it then. Those of long ago may be left out."""


UNNAMED = Naming()


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
    naming: Naming = field(default=UNNAMED, compare=False, repr=False)
    """Of a party: which contracts named it."""
