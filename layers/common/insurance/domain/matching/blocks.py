"""Which records are compared at all: those that share a search key. The same keys find a party in the search index."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from typing import Final

from insurance.domain.matching.details import Details
from insurance.domain.search import normalise
from insurance.domain.search.entry import SearchField, SearchKey

BEGINNING: Final = normalise.GRAMS.start
MONTHS: Final = 12
BLOCK_MAX: Final = 40
"""Records under one key. More share a switchboard or a broker's address: that says nothing of one person."""


def keys_of(details: Details) -> Iterator[SearchKey]:
    """The keys by which a record is found."""
    if details.number:
        yield SearchKey(SearchField.REGISTRATION_NUMBER, details.number)
    for email in details.emails:
        yield SearchKey(SearchField.EMAIL, email)
    for phone in details.phones:
        yield SearchKey(SearchField.PHONE, phone)
    words = _beginnings(details)
    for place in details.places:
        if place.postcode:
            for word in words:
                value = normalise.name_with_postcode(word, place.postcode)
                yield SearchKey(SearchField.NAME_AND_POSTCODE, value)
    if details.born:
        yield from _births(words, details.born)


def swapped_keys_of(details: Details) -> Iterator[SearchKey]:
    """The keys of its birth date with day and month exchanged: some write it so."""
    born = details.born
    if born is not None and born.day <= MONTHS and born.day != born.month:
        yield from _births(_beginnings(details), born.replace(month=born.day, day=born.month))


def candidate_pairs(records: Sequence[Details]) -> set[tuple[int, int]]:
    """The places of all pairs that share a key, the lower first."""
    first: dict[SearchField, dict[str, int]] = defaultdict(dict)
    shared: dict[SearchKey, list[int]] = {}
    for place, details in enumerate(records):
        for key in keys_of(details):
            earlier = first[key.field].setdefault(key.value, place)
            if earlier != place:
                shared.setdefault(key, [earlier]).append(place)
    pairs: set[tuple[int, int]] = set()
    for places in shared.values():
        if len(places) <= BLOCK_MAX:
            pairs.update(combinations(places, 2))
    for place, details in enumerate(records):
        for key in swapped_keys_of(details):
            alone = first[key.field].get(key.value)
            others = shared.get(key) or ([] if alone is None else [alone])
            if len(others) <= BLOCK_MAX:
                pairs.update((min(place, each), max(place, each)) for each in others)
    return pairs


def _births(words: Iterable[str], born: date) -> Iterator[SearchKey]:
    for word in words:
        yield SearchKey(SearchField.NAME_AND_BIRTH, normalise.name_with_birth(word, born))


def _beginnings(details: Details) -> Iterable[str]:
    return {word[:BEGINNING] for name in details.names for word in name if len(word) > 1}
