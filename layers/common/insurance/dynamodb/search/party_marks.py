"""Marks of parties in the search index: that one was forgotten, and which others count as the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self

from insurance.domain.core.identity import PartyId
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import PARTY_MARK
from insurance.dynamodb.search.book import NO_EVENT
from insurance.operations.delivery.ports import NO_LINKS, PartyLinks

PLACE = "mark"


def mark_key(party_id: PartyId) -> Item:
    """Where a party has its mark."""
    return {"partition": codec.text(f"party#{party_id}"), "place": codec.text(PLACE)}


@dataclass(frozen=True, slots=True)
class PartyMark:
    """What holds of a party for all that it has in the index."""

    version: int = 0
    """Grows with every write; 0: there is no mark."""
    forgotten: bool = False
    """Nothing personal of it is written any more."""
    sequence: int = NO_EVENT
    """The number of the party's event that says the links."""
    links: PartyLinks = NO_LINKS
    listed: bool = True
    """Whether all that the party has is listed as the links say."""

    @classmethod
    def read(cls, item: Item | None) -> Self:
        if item is None:
            return cls()
        item = PARTY_MARK.current(item)
        merged_into = item.get("merged_into")
        return cls(
            version=int(item["version"]["N"]),
            forgotten=item["forgotten"]["BOOL"],
            sequence=int(item["sequence"]["N"]),
            links=PartyLinks(
                merged_into["S"] if merged_into else None,
                tuple(each["S"] for each in item["members"]["L"]),
            ),
            listed=item["listed"]["BOOL"],
        )

    def changed(self, **changes: object) -> Self:
        """The mark as the next write leaves it."""
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]  # dataclass's own names

    def item(self, party_id: PartyId) -> Item:
        columns: Item = {
            **mark_key(party_id),
            "v": PARTY_MARK.mark,
            "version": codec.number(self.version),
            "forgotten": {"BOOL": self.forgotten},
            "sequence": codec.number(self.sequence),
            "members": {"L": [codec.text(each) for each in self.links.members]},
            "listed": {"BOOL": self.listed},
        }
        merged_into = self.links.merged_into
        return columns | ({"merged_into": codec.text(merged_into)} if merged_into else {})


class PartyMarks:
    """The marks of some parties, and of those that stand for them."""

    def __init__(self, marks: Mapping[PartyId, PartyMark]) -> None:
        self._marks = marks

    def __iter__(self) -> Iterator[tuple[PartyId, PartyMark]]:
        return iter(self._marks.items())

    def forgot(self, party_id: PartyId) -> bool:
        return self._marks[party_id].forgotten

    def same_as(self, party_id: PartyId) -> Iterable[PartyId]:
        """The party, and all that count as the same."""
        stands = self._marks[party_id].links.merged_into or party_id
        return dict.fromkeys((party_id, stands, *self._marks[stands].links.members))
