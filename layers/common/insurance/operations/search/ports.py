"""What lists and searches are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.core.classification import Record
    from insurance.domain.search.entry import ObjectKind
    from insurance.operations.listing import ListEntry, ListRange
    from insurance.operations.parties.ports import IndexKeys


class SearchLists(Protocol):
    """The search index, read. An object may appear, change and go a moment after its event."""

    def read(
        self, kind: ObjectKind, partition: str, part: ListRange, *, first: str, last: str
    ) -> Sequence[ListEntry[Record]]:
        """The summaries at the places from `first` to `last` of a partition, in order, by one query."""


@dataclass(frozen=True, slots=True)
class SearchPorts:
    """What operations on lists and searches need from outside."""

    lists: SearchLists
    index_keys: IndexKeys
