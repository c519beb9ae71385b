"""The ports of search in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from insurance.domain.core.classification import Record
from insurance.domain.core.event import Event
from insurance.domain.core.identity import party_id_for, policy_id_for, quote_id_for
from insurance.domain.core.sealed_apart import open_apart
from insurance.domain.core.stored import PartyKey
from insurance.domain.search.entry import Entry, IndexedObject, ObjectKind
from insurance.operations.delivery.ports import NO_LINKS, OpenedFacts, PartyLinks, StoredFacts
from insurance.operations.listing import ListEntry, ListRange

from tests.fakes.memory import Memory


@dataclass
class _Indexed:
    sequence: int
    party_id: str | None
    objects: Sequence[IndexedObject]


@dataclass
class MemorySearchIndex:
    """The ports `SearchIndex` and `SearchLists`."""

    sources: dict[str, _Indexed] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    links: dict[str, tuple[int, PartyLinks]] = field(default_factory=dict)
    _rows: dict[tuple[ObjectKind, str], list[tuple[str, Record]]] | None = None
    """What stands in each partition, in order; None: something was written since it was put together."""

    def replace(
        self, source: str, sequence: int, objects: Sequence[IndexedObject], *, party_id: str | None
    ) -> None:
        known = self.sources.get(source)
        if known is None or known.sequence <= sequence:
            self.sources[source] = _Indexed(sequence, party_id, objects)
            self._rows = None

    def remove(self, source: str, *, through: int | None = None) -> None:
        known = self.sources.get(source)
        if known is not None and (through is None or known.sequence <= through):
            del self.sources[source]
            self._rows = None

    def regroup(self, party_id: str, sequence: int, links: PartyLinks) -> None:
        if self.links.get(party_id, (-1, links))[0] <= sequence:
            self.links[party_id] = (sequence, links)
            self._rows = None

    def _same_as(self, party_id: str) -> set[str]:
        def of(party: str) -> PartyLinks:
            return self.links.get(party, (0, NO_LINKS))[1]

        stands = of(party_id).merged_into or party_id
        return {party_id, stands, *of(stands).members}

    def sources_of(self, party_id: str) -> Sequence[tuple[str, int]]:
        return [
            (source, indexed.sequence)
            for source, indexed in self.sources.items()
            if indexed.party_id == party_id
        ]

    def forget(self, party_id: str) -> None:
        self.forgotten.add(party_id)
        self._rows = None

    def read(
        self, kind: ObjectKind, partition: str, part: ListRange, *, first: str, last: str
    ) -> Sequence[ListEntry[Record]]:
        if self._rows is None:
            self._rows = self._in_order()
        rows = self._rows.get((kind, partition), [])
        begin = max(first, f"{part.after}\0") if part.after else first
        start = bisect_left(rows, begin, key=lambda row: row[0])
        end = bisect_right(rows, last, key=lambda row: row[0])
        return [ListEntry(*row) for row in rows[start:end][: part.limit]]

    def _in_order(self) -> dict[tuple[ObjectKind, str], list[tuple[str, Record]]]:
        rows: dict[tuple[ObjectKind, str], dict[str, Record]] = defaultdict(dict)
        for source, indexed in self.sources.items():
            for each in indexed.objects:
                for entry in self._entries(source, indexed, each):
                    rows[each.kind, entry.partition][entry.place] = each.summary
        return {key: sorted(of.items(), key=itemgetter(0)) for key, of in rows.items()}

    def _entries(self, source: str, indexed: _Indexed, each: IndexedObject) -> frozenset[Entry]:
        listed = each.open | {
            place.listed_for(same)
            for place in each.of_parties
            for same in self._same_as(place.party_id)
        }
        if indexed.party_id in self.forgotten and source == indexed.party_id:
            return frozenset()
        return listed | {entry for entry, owner in each.personal if owner not in self.forgotten}


class MemorySealedFacts:
    """The port `SealedFacts`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def read(self, stored: StoredFacts) -> OpenedFacts:
        party_id = stored.facts.get("party_id") or party_id_for(stored.id)
        book = self.current_book(stored.id)
        key = self._key_of(party_id, stored.id)
        if key is None:
            return OpenedFacts(book=book)
        personal = key.unseal(stored.sealed, stored.id)
        return OpenedFacts(open_apart(personal, stored.id, self._memory.key_of_customer), book)

    def _key_of(self, party_id: str, id: str) -> PartyKey | None:
        """Of a party with a record of its own, of a holder, of a former one, or of who was to become one."""
        memory = self._memory
        if party_id in memory.erased:
            return None
        if party_id in memory.parties:
            return memory.parties[party_id].key
        policy = memory.policies.get(policy_id_for(id))
        if policy is not None and policy.record.party == party_id:
            return policy.key
        return memory.keys.get(party_id) or memory.quotes[quote_id_for(id)].key

    def current_book(self, id: str) -> str | None:
        policy = self._memory.policies.get(policy_id_for(id))
        return policy.record.partner if policy and policy.record.former_partners else None

    def event(self, stream: str, sequence: int) -> Event | None:
        events = self._memory.events.get(stream, ())
        return next((each for each in events if each.sequence == sequence), None)
