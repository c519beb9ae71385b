"""The search index: written from the stream of events, one book for each source, and never out of order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import batched
from typing import TYPE_CHECKING

from insurance.domain.core.classification import Record
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.identity import mode_of
from insurance.domain.search.entry import (
    Entry,
    IndexedObject,
    ObjectKind,
    SearchField,
    SearchKey,
    key_partition,
)
from insurance.domain.search.summaries import SUMMARIES
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.search.book import REMOVED, UNSURE, Book, Noted, book_key
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import TRIES, Write, load, put, query, query_all, transact
from insurance.operations.listing import ListEntry, ListRange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITES_MAX = 98
"""Of the 100 that a transaction takes: two are the book, and the party that may be forgotten."""

type Rows = Mapping[Entry, tuple[bytes, Noted]]
"""The packed summary of each place, and what the book keeps of it."""


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
            for item in items
        ]


class DynamoDBSearchIndex:
    """The port `SearchIndex` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.search

    def replace(
        self, source: str, sequence: int, objects: Sequence[IndexedObject], *, party_id: str
    ) -> None:
        def change(book: Book, forgotten: Item | None) -> tuple[int, Rows] | None:
            if book.sequence > sequence:
                return None
            kept = () if forgotten and source == party_id else objects
            rows = dict(_rows(kept, personal=not forgotten))
            known = {entry: noted for entry, (_, noted) in rows.items()}
            return None if (book.sequence, book.places) == (sequence, known) else (sequence, rows)

        self._insist(source, party_id, change)

    def remove(self, source: str, *, through: int | None = None) -> None:
        def change(book: Book, _forgotten: Item | None) -> tuple[int, Rows] | None:
            later = through is not None and book.sequence > through
            return None if book.version == 0 or later else (REMOVED, {})

        self._insist(source, source, change)

    def forget(self, party_id: str) -> None:
        mark = _forgotten_key(party_id) | {"v": codec.number(codec.SCHEMA_VERSION)}
        self._client.put_item(TableName=self._table, Item=mark)
        for source in dict.fromkeys([party_id, *self._sources_of(party_id)]):
            self._insist(source, party_id, _without_personal(everything=source == party_id))

    def _sources_of(self, party_id: str) -> Iterator[str]:
        """Every source whose objects are the party's."""
        for kind in ObjectKind:
            key = SearchKey(SearchField.PARTY, party_id)
            found = query_all(
                self._client,
                TableName=self._table,
                KeyConditionExpression="#partition = :partition",
                ExpressionAttributeNames={"#partition": "partition"},
                ExpressionAttributeValues={
                    ":partition": codec.text(key_partition(mode_of(party_id), kind, key, _no_token))
                },
            )
            yield from (item["source"]["S"] for item in found)

    def _insist(self, source: str, party_id: str, change: "Change") -> None:
        """Read the book, work out the change and write it, again where somebody wrote first."""
        for _ in range(TRIES):
            book_item, mark = load(
                self._client,
                [(self._table, book_key(source)), (self._table, _forgotten_key(party_id))],
            )
            book = Book.read(book_item)
            changed = change(book, mark)
            if changed is None:
                return
            try:
                self._write(source, party_id, book, *changed)
            except _ChangedMeanwhile:
                continue
            return
        raise Unavailable("The search index")

    def _write(self, source: str, party_id: str, book: Book, sequence: int, rows: Rows) -> None:
        """Bring the table from what the book says to these rows: at once, or in steps if it is much.

        Steps can stop half way. The book then says of which places it is unsure, and the event is
        delivered again.
        """
        kept = {entry: each for entry, (_, each) in rows.items()}
        writes = list(self._changes(source, book, rows))
        guards = self._guards(party_id, kept)
        if len(writes) > WRITES_MAX:
            unsure = {
                entry: each
                if book.places.get(entry) == kept.get(entry)
                else Noted(UNSURE, personal=each.personal)
                for entry, each in {**book.places, **kept}.items()
            }
            started = Book(book.sequence, book.version + 1, unsure)
            transact(self._client, [self._book(source, started, seen=book.version)])
            for some in batched(writes, WRITES_MAX, strict=False):
                check = self._at_version("ConditionCheck", source, started.version)
                transact(self._client, [*some, *guards, check])
            book, writes = started, []
        ended = Book(sequence, book.version + 1, kept)
        transact(self._client, [*writes, *guards, self._book(source, ended, seen=book.version)])

    def _changes(self, source: str, book: Book, rows: Rows) -> Iterator[Write]:
        for entry, (row, kept) in rows.items():
            if book.places.get(entry) != kept:
                item = {
                    **_entry_key(entry),
                    "v": codec.number(codec.SCHEMA_VERSION),
                    "source": codec.text(source),
                    "row": codec.binary(row),
                }
                # The book's condition is the condition of all: it says what stands here.
                yield Write("Put", {"TableName": self._table, "Item": item}, _never)
        for entry in book.places.keys() - rows.keys():
            yield Write("Delete", {"TableName": self._table, "Key": _entry_key(entry)}, _never)

    def _guards(self, party_id: str, kept: Mapping[Entry, Noted]) -> list[Write]:
        """Nothing personal is written of a party that was forgotten since it was looked up."""
        if not any(each.personal for each in kept.values()):
            return []
        request = {
            "TableName": self._table,
            "Key": _forgotten_key(party_id),
            "ConditionExpression": "attribute_not_exists(#partition)",
            "ExpressionAttributeNames": {"#partition": "partition"},
        }
        return [Write("ConditionCheck", request, _changed_meanwhile)]

    def _book(self, source: str, book: Book, *, seen: int) -> Write:
        if book.sequence == REMOVED:
            return self._at_version("Delete", source, seen)
        if seen == 0:
            return put(
                self._table,
                book.item(source),
                _changed_meanwhile,
                condition="attribute_not_exists(version)",
            )
        return put(
            self._table,
            book.item(source),
            _changed_meanwhile,
            condition="version = :seen",
            seen=codec.number(seen),
        )

    def _at_version(self, action: str, source: str, version: int) -> Write:
        request = {
            "TableName": self._table,
            "Key": book_key(source),
            "ConditionExpression": "version = :seen",
            "ExpressionAttributeValues": {":seen": codec.number(version)},
        }
        return Write(action, request, _changed_meanwhile)


type Change = Callable[[Book, Item | None], tuple[int, Rows] | None]
"""What a source is to have in the index, given its book and the mark of a forgotten party: the event's
number and the rows; None: nothing changes."""


class _ChangedMeanwhile(Exception):
    """Another event of the source was indexed, or the party was forgotten."""


def _changed_meanwhile(_item: Item | None) -> Exception:
    return _ChangedMeanwhile()


def _never(_item: Item | None) -> Exception:
    raise AssertionError("a write without a condition cannot be refused")


def _without_personal(*, everything: bool) -> Change:
    """Leave of a source what holds nothing personal, or nothing."""

    def change(book: Book, _forgotten: Item | None) -> tuple[int, Rows] | None:
        left = {
            entry: (b"", kept)
            for entry, kept in book.places.items()
            if not (everything or kept.personal)
        }
        return None if len(left) == len(book.places) else (book.sequence, left)

    return change


def _rows(
    objects: Sequence[IndexedObject], *, personal: bool
) -> Iterator[tuple[Entry, tuple[bytes, Noted]]]:
    for each in objects:
        row = codec.pack(each.summary.split_personal()[0])
        digest = sha256(row).hexdigest()[:16]
        for entry in each.open:
            yield entry, (row, Noted(digest, personal=False))
        if personal:
            for entry in each.personal:
                yield entry, (row, Noted(digest, personal=True))


def _no_token(_mode: str, field: str, _value: str) -> str:
    raise AssertionError(f"{field} is no personal value")


def _entry_key(entry: Entry) -> Item:
    return {"partition": codec.text(entry.partition), "place": codec.text(entry.place)}


def _forgotten_key(party_id: str) -> Item:
    """The mark that a party was forgotten."""
    return {"partition": codec.text(f"party#{party_id}"), "place": codec.text("forgotten")}
