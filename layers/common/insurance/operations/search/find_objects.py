"""Find the objects of one kind by a search key or a party, and a policyholder's own policies."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.domain.search.entry import (
    FIRST,
    LAST,
    ObjectKind,
    SearchField,
    SearchKey,
    key_partition,
)
from insurance.operations.command import Query
from insurance.operations.listing import ListEntry, ListPage, ListRange, page_of
from insurance.operations.search.ports import SearchPorts


def find_objects(
    kind: ObjectKind, key: SearchKey, part: ListRange, query: Query, ports: SearchPorts
) -> ListPage[Any]:
    """The objects that a search key finds in the caller's own book, by partner and time."""
    entries = _entries(kind, key, part, query, ports)
    return page_of(entries, part.limit, lambda summary: summary)


def list_own_policies(part: ListRange, query: Query, ports: SearchPorts) -> ListPage[Any]:
    """The policies of the parties that a policyholder has access to, party by party.

    It is a query for each party that a page reaches, mostly one.
    """
    reached, _, inside = part.after.partition("/")
    found: list[ListEntry[Any]] = []
    for party_id in sorted(query.caller.parties):
        if party_id < reached:
            continue
        rest = _Rest(inside if party_id == reached else "", part.limit - len(found))
        key = SearchKey(SearchField.HOLDER, party_id)
        found += [
            ListEntry(f"{party_id}/{entry.position}", entry.record)
            for entry in _entries(ObjectKind.POLICIES, key, rest, query, ports)
        ]
        if len(found) == part.limit:
            break
    return page_of(found, part.limit, lambda summary: summary)


def _entries(
    kind: ObjectKind, key: SearchKey, part: ListRange, query: Query, ports: SearchPorts
) -> Sequence[ListEntry[Any]]:
    """What a search key finds in the caller's own book."""
    own = own_book(query.caller)
    try:
        partition = key_partition(query.caller.mode, kind, key, partial(_token, ports))
    except _NothingIndexed:
        return ()
    return ports.lists.read(
        kind,
        partition,
        part,
        first=FIRST if own is None else f"{own}#",
        last=LAST if own is None else f"{own}#{LAST}",
    )


def _token(ports: SearchPorts, mode: Mode, field: str, value: str) -> str:
    token = ports.index_keys.known_token(mode, field, value)
    if token is None:
        raise _NothingIndexed
    return token


class _NothingIndexed(Exception):
    """There is no key of the hashes yet: nothing was ever found by one."""


class _Rest(NamedTuple):
    """What is still wanted of a page, in the next party's policies."""

    after: str
    limit: int


def own_book(caller: Caller) -> str | None:
    """The partner whose book the caller sees; None for the insurer's staff, who see all of them."""
    return None if caller.kind is CallerKind.STAFF else caller.partner
