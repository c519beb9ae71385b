"""Searchable objects, and the places of the index at which each is found.

The index has two kinds of partitions. A list is a partition of its own for each owner (a partner, or
`*` for the insurer's staff) and each filter; its places are in order of time. A search key (a party, a
number, an e-mail address) is one partition for all; its places begin with the partner, so that a
partner reads its own part alone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from insurance.domain.core.classification import Record
from insurance.domain.core.identity import Mode, PartyId, mode_of

EVERYBODY: Final = "*"
"""The owner of lists over all partners."""
FIRST: Final = " "
"""Sorts before every place."""
LAST: Final = "~"
"""Sorts behind every sign of an instant and of an id."""


class ObjectKind(StrEnum):
    """What can be listed and searched; its value is the last part of the list's path."""

    QUOTES = "quotes"
    POLICIES = "policies"
    CLAIMS = "claims"
    COMPLAINTS = "complaints"
    PAYMENTS = "payments"
    REFUNDS = "refunds"
    DOCUMENTS = "documents"
    PARTIES = "parties"
    SUSPENSE = "suspense"
    KEPT_REPORTS = "kept-reports"


class PolicyListStatus(StrEnum):
    """Whether and how a policy has ended: what time alone changes (on risk, expired) is not among it."""

    ISSUED = "issued"
    """Nothing has ended it before its time."""
    CANCELLED = "cancelled"
    """It is cancelled, from now or from a day to come."""
    LAPSED = "lapsed"


class SearchField(StrEnum):
    """By what an object is found, one value at a time."""

    PARTY = "party"
    """What is a party's, or of one that counts as the same."""
    HOLDER = "holder"
    """The policies that a party itself holds: what a policyholder may see does not grow by a merge."""
    NUMBER = "number"
    REFERENCE = "reference"
    REGISTRATION = "registration"
    EMAIL = "email"
    PHONE = "phone"
    REGISTRATION_NUMBER = "registration_number"
    """Of a firm in its public register. No route searches by it: records of one customer are looked for."""
    NAME_AND_BIRTH = "name_and_birth"
    NAME_AND_POSTCODE = "name_and_postcode"


OPEN_FIELDS: Final = frozenset({SearchField.PARTY, SearchField.HOLDER, SearchField.NUMBER})
"""Fields whose values are ids and numbers that we gave: no table needs to hide them."""


STATUS, PRODUCT, HANDLER, KIND, IN_DOUBT = "status", "product", "handler", "kind", "in_doubt"
"""The filters of lists."""

FILTERS: Final[Mapping[ObjectKind, tuple[frozenset[str], ...]]] = MappingProxyType(
    {
        ObjectKind.QUOTES: (frozenset({STATUS}), frozenset({PRODUCT})),
        ObjectKind.POLICIES: (frozenset({STATUS}), frozenset({PRODUCT})),
        ObjectKind.CLAIMS: (
            frozenset({STATUS}),
            frozenset({HANDLER}),
            frozenset({HANDLER, STATUS}),
        ),
        ObjectKind.COMPLAINTS: (frozenset({STATUS}),),
        ObjectKind.PAYMENTS: (frozenset({STATUS}), frozenset({IN_DOUBT})),
        ObjectKind.REFUNDS: (frozenset({STATUS}), frozenset({IN_DOUBT})),
        ObjectKind.DOCUMENTS: (frozenset({KIND}), frozenset({PRODUCT})),
        ObjectKind.PARTIES: (),
        ObjectKind.SUSPENSE: (frozenset({STATUS}),),
        ObjectKind.KEPT_REPORTS: (),
    }
)
"""The lists of each kind beside the list of all: by which filters, together where it says two."""


NOT_FILTERED: Final[Mapping[str, str]] = MappingProxyType({})


class SearchKey(NamedTuple):
    """A normalised value that finds an object."""

    field: SearchField
    value: str


class Entry(NamedTuple):
    """One place of the index at which an object stands."""

    partition: str
    place: str

    @property
    def is_of_party(self) -> bool:
        """Whether it stands there because it is a party's."""
        return f"#key#{SearchField.PARTY}#" in self.partition


class PartyPlace(NamedTuple):
    """That an object is a party's: it is listed for those too that count as the same party."""

    kind: ObjectKind
    party_id: PartyId
    place: str

    def listed_for(self, party_id: PartyId) -> Entry:
        """Where a party finds it, which may be another one than its own."""
        key = SearchKey(SearchField.PARTY, party_id)
        return Entry(open_partition(mode_of(party_id), self.kind, key), self.place)


type Tokens = Callable[[Mode, str, str], str]
"""What stands for a personal value in the index: `IndexKeys.token`."""


@dataclass(frozen=True, slots=True)
class SearchableObject:
    """An object as the index knows it: what lists show of it, and what finds it."""

    kind: ObjectKind
    id: str
    partner: str
    party_id: PartyId | None
    """Whose it is; None: nobody's so far."""
    at: datetime
    """By what lists order it: when it was made, or reported, or received."""
    summary: Record
    filters: Mapping[str, str] = field(default_factory=dict)
    """What lists can be narrowed down by: `status` with its status, for example."""
    number: str = ""
    """The number that the carrier gave it."""
    former_number: str = ""
    """The number that it had in the system that it came from."""
    keys: tuple[SearchKey, ...] = ()
    """Values about a person, which the index may not hold as they are."""
    keys_of_others: tuple[tuple[PartyId, SearchKey], ...] = ()
    """The same of other parties than its own: joint holders who are customers."""
    also_of: tuple[PartyId, ...] = ()
    """Further parties that it is listed for: joint holders."""
    concerns: tuple[PartyId, ...] = ()
    """Others whom a list by party finds it for, and who do not hold it: customers with a role on a policy."""

    def entries(self) -> Iterator[Entry]:
        """The places that hold nothing personal: lists, and keys that are ids and numbers."""
        place = place_of(self.at, self.id)
        for owner in dict.fromkeys((EVERYBODY, self.partner)):
            if owner:
                for names in (frozenset[str](), *FILTERS[self.kind]):
                    if names <= self.filters.keys():
                        values = {name: self.filters[name] for name in names}
                        yield Entry(list_partition(self._mode, self.kind, owner, values), place)
        if self.kind is ObjectKind.POLICIES:
            for party_id in self._parties():
                yield self._open_entry(SearchKey(SearchField.HOLDER, party_id))
        if self.number:
            yield self._open_entry(SearchKey(SearchField.NUMBER, self.number))
        if self.former_number and self.former_number != self.number:
            yield self._open_entry(SearchKey(SearchField.NUMBER, self.former_number))

    def party_places(self) -> Iterator[PartyPlace]:
        """For which parties it is listed."""
        for party_id in dict.fromkeys((*self._parties(), *self.concerns)):
            yield PartyPlace(self.kind, party_id, self._key_place)

    def personal_entries(self, tokens: Tokens) -> Iterator[tuple[Entry, PartyId]]:
        """Every place at which a personal value finds the object, and whose value it is."""
        own = ((self.party_id or "", key) for key in self.keys)
        for party_id, key in dict.fromkeys((*own, *self.keys_of_others)):
            partition = key_partition(self._mode, self.kind, key, tokens)
            yield Entry(partition, self._key_place), party_id

    def _parties(self) -> Iterator[PartyId]:
        yield from filter(None, dict.fromkeys((self.party_id, *self.also_of)))

    def _open_entry(self, key: SearchKey) -> Entry:
        return Entry(open_partition(self._mode, self.kind, key), self._key_place)

    @property
    def _key_place(self) -> str:
        return f"{self.partner}#{place_of(self.at, self.id)}"

    @property
    def _mode(self) -> Mode:
        return mode_of(self.id)


@dataclass(frozen=True, slots=True)
class IndexedObject:
    """An object with all of its places in the index."""

    kind: ObjectKind
    summary: Record
    open: frozenset[Entry]
    personal: frozenset[tuple[Entry, PartyId]]
    """Places that a personal value led to, and whose it is: they go when that party is erased."""
    of_parties: frozenset[PartyPlace]

    @classmethod
    def of(cls, found: SearchableObject, tokens: Tokens) -> Self:
        return cls(
            kind=found.kind,
            summary=found.summary,
            open=frozenset(found.entries()),
            personal=frozenset(found.personal_entries(tokens)),
            of_parties=frozenset(found.party_places()),
        )


def place_of(at: datetime, id: str = "") -> str:
    """Where in a list something of this time stands."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}#{id}"


def list_partition(
    mode: Mode, kind: ObjectKind, owner: str, values: Mapping[str, str] = NOT_FILTERED
) -> str:
    """The partition of a list: all objects of an owner, or those with these values of filters."""
    filters = "&".join(f"{name}={value}" for name, value in sorted(values.items()))
    return f"{mode}#{kind}#list#{owner}#{filters}"


def key_partition(mode: Mode, kind: str, key: SearchKey, tokens: Tokens) -> str:
    """The partition of a search key: the token stands for a value that is personal."""
    if key.field in OPEN_FIELDS:
        return open_partition(mode, kind, key)
    return open_partition(
        mode, kind, key._replace(value=tokens(mode, f"search {key.field}", key.value))
    )


def open_partition(mode: Mode, kind: str, key: SearchKey) -> str:
    """The partition of a search key that is an id or a number, or a token already."""
    return f"{mode}#{kind}#key#{key.field}#{key.value}"
