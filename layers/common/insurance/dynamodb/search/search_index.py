"""The search index: written from the stream of events, one book for each source, and never out of order."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import batched
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.core.classification import Record
from insurance.domain.core.errors import Unavailable
from insurance.domain.search.entry import Entry, IndexedObject, ObjectKind, PartyPlace
from insurance.domain.search.summaries import SUMMARIES
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import SEARCH_ROW
from insurance.dynamodb.read_ahead import Place
from insurance.dynamodb.search.book import REMOVED, UNSURE, Book, Noted, book_key
from insurance.dynamodb.search.party_marks import PartyMark, PartyMarks, mark_key
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import (
    TRIES,
    Write,
    load,
    load_expected,
    put,
    query,
    query_all,
    transact,
)
from insurance.operations.delivery.ports import PartyLinks
from insurance.operations.listing import ListEntry, ListRange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRANSACTION_MAX = 100
"""Writes that one transaction takes."""

type Rows = Mapping[Entry, tuple[bytes, Noted]]
"""The packed summary of each place, and what the book keeps of it."""


class Changed(NamedTuple):
    """What a source is to have in the index."""

    rows: Rows
    after: Book
    """What its book says then, places and version left out."""


type Read = Callable[["DynamoDBClient", Sequence[Place]], list[Item | None]]
"""`load` or `load_expected`."""
type Change = Callable[[Book, PartyMarks], Changed | None]
"""What a source is to have, given its book and the marks of its parties; None: nothing changes."""


class DynamoDBSearchLists:
    """The port `SearchLists` on DynamoDB: a page is one query, however large the book is."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.search

    def read(
        self, kind: ObjectKind, partition: str, part: ListRange, *, first: str, last: str
    ) -> Sequence[ListEntry[Record]]:
        # The first text behind the position: BETWEEN would give that one again.
        begin = f"{part.after}!" if part.after else first
        if begin > last:
            return []
        items = query(
            self._client,
            consistent=False,
            TableName=self._table,
            KeyConditionExpression="#partition = :partition AND #place BETWEEN :first AND :last",
            ExpressionAttributeNames={"#partition": "partition", "#place": "place"},
            ExpressionAttributeValues={
                ":partition": codec.text(partition),
                ":first": codec.text(begin),
                ":last": codec.text(last),
            },
            Limit=part.limit,
        )
        schema = SUMMARIES[kind]
        return [
            ListEntry(item["place"]["S"], schema.merge_personal(codec.unpack(item["row"]["B"]), {}))
            for item in map(SEARCH_ROW.current, items)
        ]


class DynamoDBSearchIndex:
    """The port `SearchIndex` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.search

    def replace(
        self, source: str, sequence: int, objects: Sequence[IndexedObject], *, party_id: str | None
    ) -> None:
        of_parties = frozenset(place for each in objects for place in each.of_parties)
        parties = {place.party_id for place in of_parties} | ({party_id} if party_id else set())

        def change(book: Book, marks: PartyMarks) -> Changed | None:
            if book.sequence > sequence:
                return None
            forgotten = party_id is not None and marks.forgot(party_id)
            kept = () if forgotten and source == party_id else objects
            rows = _rows(kept, marks)
            known = {entry: noted for entry, (_, noted) in rows.items()}
            if (book.sequence, book.places) == (sequence, known):
                return None
            return Changed(rows, Book(sequence, party_id=party_id or "", of_parties=of_parties))

        self._insist(source, parties, change, may_be_old=True)

    def remove(self, source: str, *, through: int | None = None) -> None:
        def change(book: Book, _marks: PartyMarks) -> Changed | None:
            later = through is not None and book.sequence > through
            return None if book.version == 0 or later else Changed({}, Book(REMOVED))

        self._insist(source, (), change)

    def forget(self, party_id: str) -> None:
        self._mark(party_id, lambda mark: None if mark.forgotten else mark.changed(forgotten=True))
        for source in dict.fromkeys([party_id, *self._sources_of(party_id)]):
            everything = source == party_id
            self._insist(source, (), _without_personal(party_id, everything=everything))

    def regroup(self, party_id: str, sequence: int, links: PartyLinks) -> None:
        def linked(mark: PartyMark) -> PartyMark | None:
            if mark.sequence > sequence or (mark.links == links and mark.listed):
                return None
            return mark.changed(sequence=sequence, links=links, listed=False)

        if self._mark(party_id, linked).listed:
            return
        for party in (party_id, *links.members):
            for source in dict.fromkeys(self._sources_of(party)):
                self._insist(source, None, self._regrouped)
        self._mark(
            party_id,
            lambda mark: mark.changed(listed=True) if mark.sequence == sequence else None,
        )

    def sources_of(self, party_id: str) -> Sequence[tuple[str, int]]:
        sources = list(dict.fromkeys(self._sources_of(party_id)))
        return [(source, self._read(source, ())[0].sequence) for source in sources]

    def _sources_of(self, party_id: str) -> Iterator[str]:
        """Every source with objects that are listed for the party."""
        for kind in ObjectKind:
            found = query_all(
                self._client,
                TableName=self._table,
                KeyConditionExpression="#partition = :partition",
                ExpressionAttributeNames={"#partition": "partition"},
                ExpressionAttributeValues={
                    ":partition": codec.text(
                        PartyPlace(kind, party_id, "").listed_for(party_id).partition
                    )
                },
            )
            yield from (item["source"]["S"] for item in found)

    def _regrouped(self, book: Book, marks: PartyMarks) -> Changed | None:
        """Let a source be listed for all that count as the same as its parties, and for no others."""
        wanted = {
            place.listed_for(same): place.listed_for(place.party_id)
            for place in book.of_parties
            for same in marks.same_as(place.party_id)
        }
        left = {
            entry: (b"", noted)
            for entry, noted in book.places.items()
            if entry in wanted or not entry.is_of_party
        }
        missing = {entry: own for entry, own in wanted.items() if entry not in left and own in left}
        sources = list(dict.fromkeys(missing.values()))
        items = load(self._client, [(self._table, _entry_key(own)) for own in sources])
        packed = {own: item["row"]["B"] for own, item in zip(sources, items, strict=True) if item}
        added = {
            entry: (packed[own], left[own][1]) for entry, own in missing.items() if own in packed
        }
        rows = left | added
        if rows.keys() == book.places.keys():
            return None
        return Changed(rows, replace(book, places={}))

    def _insist(
        self,
        source: str,
        parties: Collection[str] | None,
        change: Change,
        *,
        may_be_old: bool = False,
    ) -> None:
        """Read the book, work out the change and write it, again where somebody wrote first.

        Args:
            source: The aggregate.
            parties: Those whose marks matter; None: the source's own.
            change: What the source is to have in the index.
            may_be_old: Whether what was read ahead is good enough for the first try: where that says that
                nothing changes, nobody looks again.
        """
        for number in range(TRIES):
            read = load_expected if may_be_old and number == 0 else load
            book, marks = self._read(source, parties, read)
            changed = change(book, marks)
            if changed is None:
                return
            try:
                self._write(source, book, changed, marks)
            except _ChangedMeanwhile:
                continue
            return
        raise Unavailable("The search index")

    def _read(
        self, source: str, parties: Collection[str] | None, read: Read = load
    ) -> tuple[Book, PartyMarks]:
        wanted = [*(parties or ())]
        keys = [
            (self._table, book_key(source)),
            *((self._table, mark_key(each)) for each in wanted),
        ]
        book_item, *items = read(self._client, keys)
        book = Book.read(book_item)
        marks = dict(zip(wanted, map(PartyMark.read, items), strict=True))
        if parties is None:
            marks |= self._marks_of({place.party_id for place in book.of_parties})
        standing = {mark.links.merged_into for mark in marks.values()} - {None, *marks}
        marks |= self._marks_of({each for each in standing if each})
        return book, PartyMarks(marks)

    def _marks_of(self, parties: Collection[str]) -> dict[str, PartyMark]:
        wanted = sorted(parties)
        items = load(self._client, [(self._table, mark_key(each)) for each in wanted])
        return dict(zip(wanted, map(PartyMark.read, items), strict=True))

    def _mark(self, party_id: str, change: Callable[[PartyMark], PartyMark | None]) -> PartyMark:
        """Write what holds of a party from now on, if that is a change; the mark after it."""
        for _ in range(TRIES):
            before = self._marks_of([party_id])[party_id]
            after = change(before)
            if after is None:
                return before
            try:
                transact(self._client, [self._put(after.item(party_id), seen=before.version)])
            except _ChangedMeanwhile:
                continue
            return after
        raise Unavailable("The search index")

    def _write(self, source: str, book: Book, changed: Changed, marks: PartyMarks) -> None:
        """Bring the table from what the book says to these rows: at once, or in steps if it is much.

        Steps can stop half way. The book then says of which places it is unsure, and the event is
        delivered again.
        """
        kept = {entry: each for entry, (_, each) in changed.rows.items()}
        writes = list(self._changes(source, book, changed.rows))
        guards = [
            self._at_version("ConditionCheck", mark_key(party), mark.version)
            for party, mark in marks
        ]
        room = TRANSACTION_MAX - 1 - len(guards)
        if len(writes) > room:
            unsure = {
                entry: each
                if book.places.get(entry) == kept.get(entry)
                else each._replace(digest=UNSURE)
                for entry, each in {**book.places, **kept}.items()
            }
            started = replace(book, version=book.version + 1, places=unsure)
            transact(self._client, [self._put(started.item(source), seen=book.version)])
            for some in batched(writes, room, strict=False):
                check = self._at_version("ConditionCheck", book_key(source), started.version)
                transact(self._client, [*some, *guards, check])
            book, writes = started, []
        if changed.after.sequence == REMOVED:
            last = self._at_version("Delete", book_key(source), book.version)
        else:
            ended = replace(changed.after, version=book.version + 1, places=kept)
            last = self._put(ended.item(source), seen=book.version)
        transact(self._client, [*writes, *guards, last])

    def _changes(self, source: str, book: Book, rows: Rows) -> Iterator[Write]:
        for entry, (row, kept) in rows.items():
            before = book.places.get(entry)
            if before is None or before.digest != kept.digest:
                item = {
                    **_entry_key(entry),
                    "v": SEARCH_ROW.mark,
                    "source": codec.text(source),
                    "row": codec.binary(row),
                }
                # The book's condition is the condition of all: it says what stands here.
                yield Write("Put", {"TableName": self._table, "Item": item}, _never)
        for entry in book.places.keys() - rows.keys():
            yield Write("Delete", {"TableName": self._table, "Key": _entry_key(entry)}, _never)

    def _put(self, item: Item, *, seen: int) -> Write:
        """The write of a book or a mark that nobody has changed since it was read."""
        if seen == 0:
            condition = "attribute_not_exists(version)"
            return put(self._table, item, _changed_meanwhile, condition=condition)
        number = codec.number(seen)
        return put(self._table, item, _changed_meanwhile, condition="version = :seen", seen=number)

    def _at_version(self, action: str, key: Item, version: int) -> Write:
        request = {
            "TableName": self._table,
            "Key": key,
            "ConditionExpression": "version = :seen",
            "ExpressionAttributeValues": {":seen": codec.number(version)},
        }
        if version == 0:
            request["ConditionExpression"] = "attribute_not_exists(version)"
            del request["ExpressionAttributeValues"]
        return Write(action, request, _changed_meanwhile)


class _ChangedMeanwhile(Exception):
    """Another event of the source was indexed, or the party was forgotten."""


def _changed_meanwhile(_item: Item | None) -> Exception:
    return _ChangedMeanwhile()


def _never(_item: Item | None) -> Exception:
    raise AssertionError("a write without a condition cannot be refused")


def _without_personal(party_id: str, *, everything: bool) -> Change:
    """Leave of a source what the party's values did not lead to; of the party itself nothing."""

    def change(book: Book, _marks: PartyMarks) -> Changed | None:
        if everything:
            return Changed({}, book) if book.places else None
        left = {
            entry: (b"", kept)
            for entry, noted in book.places.items()
            if (kept := noted.without(party_id)) is not None
        }
        return (
            None
            if {entry: kept for entry, (_, kept) in left.items()} == book.places
            else Changed(left, book)
        )

    return change


def _rows(objects: Sequence[IndexedObject], marks: PartyMarks) -> Rows:
    rows: dict[Entry, tuple[bytes, Noted]] = {}
    for each in objects:
        row = codec.pack(each.summary.split_personal()[0])
        noted = Noted(sha256(row).hexdigest()[:16])
        for entry in each.open:
            rows[entry] = row, noted
        for place in each.of_parties:
            for same in marks.same_as(place.party_id):
                rows[place.listed_for(same)] = row, noted
        for entry, owner in sorted(each.personal):
            if not (owner and marks.forgot(owner)):
                before = rows[entry][1].owners if entry in rows else ()
                rows[entry] = row, noted._replace(owners=(*before, owner))
    return rows


def _entry_key(entry: Entry) -> Item:
    return {"partition": codec.text(entry.partition), "place": codec.text(entry.place)}
