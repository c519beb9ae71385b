"""The book of a source: which event of it was indexed last, and every place that it has in the index."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

from insurance.domain.core.identity import PartyId
from insurance.domain.search.entry import Entry, ObjectKind, PartyPlace
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import SEARCH_BOOK

PLACE = "book"
NO_EVENT = -1
"""The number where no event was indexed."""
REMOVED = -2
"""The number in the book of a source that is there no longer: the book goes with its places."""
UNSURE = ""
"""The digest of a place that may have been written or removed: the next writer does it again."""


class Noted(NamedTuple):
    """What the book notes of one place: a digest of its summary, and whose personal values led there."""

    digest: str
    owners: tuple[PartyId, ...] = ()
    """Empty: nothing personal did. One of them is the empty text where a value is nobody's so far."""

    def without(self, party_id: PartyId) -> Self | None:
        """What is left of it after the erasure of a party; None: nothing."""
        left = tuple(each for each in self.owners if each != party_id)
        return self._replace(owners=left) if left or not self.owners else None


def book_key(source: str) -> Item:
    """Where a source has its book."""
    return {"partition": codec.text(f"source#{source}"), "place": codec.text(PLACE)}


@dataclass(frozen=True, slots=True)
class Book:
    """A source's places, as the table has them."""

    sequence: int = NO_EVENT
    """The number of the event that was indexed last."""
    version: int = 0
    """Grows with every write: what the next one is conditional on."""
    places: Mapping[Entry, Noted] = field(default_factory=dict)
    party_id: str = ""
    """Whose the source is."""
    of_parties: frozenset[PartyPlace] = frozenset()
    """For which parties its objects are listed, before others count as the same."""

    @classmethod
    def read(cls, item: Item | None) -> Self:
        if item is None:
            return cls()
        item = SEARCH_BOOK.current(item)
        packed = codec.unpack(item["places"]["B"])
        return cls(
            sequence=int(item["sequence"]["N"]),
            version=int(item["version"]["N"]),
            places={
                Entry(partition, place): Noted(digest, _owners(owners, packed.get("party_id", "")))
                for partition, place, digest, owners in packed["places"]
            },
            party_id=packed.get("party_id", ""),
            of_parties=frozenset(
                PartyPlace(codec.member(ObjectKind, kind), party_id, place)
                for kind, party_id, place in packed.get("of_parties", ())
            ),
        )

    def item(self, source: str) -> Item:
        places = [
            [*entry, kept.digest, _packed_owners(kept.owners, self.party_id)]
            for entry, kept in sorted(self.places.items())
        ]
        packed = {
            "places": places,
            "party_id": self.party_id,
            "of_parties": [[*each] for each in sorted(self.of_parties)],
        }
        return {
            **book_key(source),
            "v": SEARCH_BOOK.mark,
            "sequence": codec.number(self.sequence),
            "version": codec.number(self.version),
            "places": codec.binary(codec.pack(packed)),
        }


def _owners(packed: int | list[PartyId], own: PartyId) -> tuple[PartyId, ...]:
    """Whose values led to a place. It is mostly nobody's (0), or of the source's own party (1)."""
    if isinstance(packed, list):
        return tuple(packed)
    return (own,) if packed else ()


def _packed_owners(owners: tuple[PartyId, ...], own: PartyId) -> int | list[PartyId]:
    return int(bool(owners)) if owners in {(), (own,)} else list(owners)
