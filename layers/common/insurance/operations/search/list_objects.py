"""List the objects of one kind: by filters and times, by a party or a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import FieldFault, InvalidFields
from insurance.domain.search.entry import (
    EVERYBODY,
    FILTERS,
    FIRST,
    LAST,
    NOT_FILTERED,
    STATUS,
    ObjectKind,
    SearchKey,
    list_partition,
    place_of,
)
from insurance.operations.command import Query
from insurance.operations.listing import ListPage, ListRange, page_of
from insurance.operations.search.find_objects import find_objects, own_book
from insurance.operations.search.ports import SearchPorts

PUBLIC_NAMES: Mapping[ObjectKind, Mapping[str, str]] = {ObjectKind.POLICIES: {STATUS: "standing"}}
"""What callers call a filter that is stored under another name. A policy's status changes with time alone,
and no index follows that: what is stored is whether it was ended."""


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which part of a list is wanted: of one partner, with these values, between two times.

    A key (a party, a number) finds objects alone.
    """

    partner: str | None = None
    values: Mapping[str, str] = NOT_FILTERED
    """By the filter's name: `status`, `product`, `handler` or `kind`."""
    since: datetime | None = None
    until: datetime | None = None
    keys: tuple[SearchKey, ...] = ()


def list_objects(
    kind: ObjectKind, wanted: ListFilter, part: ListRange, query: Query, ports: SearchPorts
) -> ListPage[Any]:
    """The objects of the caller's own book, in the order of their times.

    Raises:
        InvalidFields: No index serves this combination, or the book is another partner's.
    """
    _check_combination(kind, wanted)
    for key in wanted.keys:
        return find_objects(kind, key, part, query, ports)
    entries = ports.lists.read(
        kind,
        list_partition(
            query.caller.mode, kind, _owner(wanted.partner, query.caller), wanted.values
        ),
        part,
        first=place_of(wanted.since) if wanted.since else FIRST,
        last=place_of(wanted.until) if wanted.until else LAST,
    )
    return page_of(entries, part.limit, lambda summary: summary)


def _check_combination(kind: ObjectKind, wanted: ListFilter) -> None:
    """Refuse what no index serves, and say what can be combined."""
    beside = {
        "partner": wanted.partner,
        "since": wanted.since,
        "until": wanted.until,
        **wanted.values,
    }
    given = [name for name, value in beside.items() if value is not None]
    if wanted.keys:
        names = [str(key.field) for key in wanted.keys]
        if len(names) == 1 and not given:
            return
        raise _not_combined([*names, *given][-1], kind)
    if wanted.values and frozenset(wanted.values) not in FILTERS[kind]:
        raise _not_combined(max(wanted.values), kind)


def _not_combined(name: str, kind: ObjectKind) -> InvalidFields:
    public = PUBLIC_NAMES.get(kind, {})
    name = public.get(name, name)
    served = ", ".join(
        " with ".join(sorted(public.get(each, each) for each in names)) for names in FILTERS[kind]
    )
    detail = (
        f"No index serves this. List by one of these at most: {served or 'none'}; partner, since and"
        " until go with each. A party or a number finds objects alone."
    )
    return InvalidFields([FieldFault(name, "not-combined", detail)])


def _owner(partner: str | None, caller: Caller) -> str:
    own = own_book(caller)
    if own is None:
        return partner or EVERYBODY
    if partner not in {None, own}:
        fault = FieldFault("partner", "another-book", "A partner lists its own book.")
        raise InvalidFields([fault])
    return own
