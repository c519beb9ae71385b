"""The agenda in its table: one small item for each thing to look at, found by an index of due dates.

The index has a partition for each book, kind and shard, in which entries stand in the order in
which they fall due: what is due is one query, never a scan, however large the book.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from insurance.domain.schedule.scheduled_job import TRIES_MAX, Entry, Kind
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.transaction import Write, query, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "due"
KEPT_FOR = timedelta(days=30)


class _MovedMeanwhile(Exception):
    """The entry is not where it was seen."""


class DynamoDBAgenda:
    """The ports `Plans` and `Agenda` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def enter(self, entry: Entry) -> None:
        self._write(
            entry,
            "attribute_not_exists(due) OR due > :due",
            UpdateExpression="SET drawer = :drawer, due = :due, v = :v"
            " REMOVE tries, failure, expires_at",
            ExpressionAttributeValues={
                ":drawer": codec.text(_drawer(entry.book, entry.kind, entry.shard)),
                ":due": codec.instant(entry.due_at),
                ":v": codec.number(codec.SCHEMA_VERSION),
            },
        )

    def due(self, book: str, kind: Kind, shard: int, *, by: datetime, limit: int) -> list[Entry]:
        items = query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="drawer = :drawer AND due <= :by",
            ExpressionAttributeValues={
                ":drawer": codec.text(_drawer(book, kind, shard)),
                ":by": codec.instant(by.replace(microsecond=0)),
            },
            Limit=limit,
        )
        return [_read(book, item) for item in items]

    def move(self, entry: Entry, to: datetime | None) -> None:
        seen = {":seen": codec.instant(entry.due_at)}
        if to is None:
            # Out of the index at once; nothing here may delete, so the table does, in its time.
            gone = {":gone": codec.epoch_seconds(entry.due_at + KEPT_FOR)}
            self._write(
                entry,
                "due = :seen",
                UpdateExpression="SET expires_at = :gone REMOVE drawer, due, tries, failure",
                ExpressionAttributeValues=seen | gone,
            )
            return
        self._write(
            entry,
            "due = :seen",
            UpdateExpression="SET due = :due REMOVE tries, failure",
            ExpressionAttributeValues=seen | {":due": codec.instant(entry.moved(to).due_at)},
        )

    def failed(self, entry: Entry, error: str) -> bool:
        """Two ways: one more failure, or the last one, which moves it to a partition that no run
        asks for."""
        common = {
            ":seen": codec.instant(entry.due_at),
            ":one": codec.number(1),
            ":failure": codec.text(error),
        }
        last = {":last": codec.number(TRIES_MAX - 1)}
        sets = "SET failure = :failure"
        if self._write(
            entry,
            "due = :seen AND (attribute_not_exists(tries) OR tries < :last)",
            UpdateExpression=f"{sets} ADD tries :one",
            ExpressionAttributeValues=common | last,
        ):
            return False
        return self._write(
            entry,
            "due = :seen AND tries = :last",
            UpdateExpression=f"{sets}, drawer = :parked ADD tries :one",
            ExpressionAttributeValues=common | last | {":parked": codec.text(parked(entry.book))},
        )

    def retry_parked(self, book: str, *, limit: int) -> int:
        """Put entries back that a person has seen to; how many."""
        items = query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="drawer = :drawer",
            ExpressionAttributeValues={":drawer": codec.text(parked(book))},
            Limit=limit,
        )
        return sum(self._put_back(_read(book, item)) for item in items)

    def _put_back(self, entry: Entry) -> bool:
        return self._write(
            entry,
            "due = :seen",
            UpdateExpression="SET drawer = :drawer REMOVE tries, failure",
            ExpressionAttributeValues={
                ":seen": codec.instant(entry.due_at),
                ":drawer": codec.text(_drawer(entry.book, entry.kind, entry.shard)),
            },
        )

    def _write(self, entry: Entry, condition: str, **request: Any) -> bool:
        """False when the entry is not where it was seen, and nothing was done."""
        whole = request | {
            "TableName": self._table,
            "Key": {"id": codec.text(f"{entry.kind}#{entry.subject}")},
            "ConditionExpression": condition,
        }
        try:
            transact(self._client, [Write("Update", whole, _moved_meanwhile)])
        except _MovedMeanwhile:
            return False
        return True


def parked(book: str) -> str:
    """The partition of what waits for a person."""
    return f"{book}#parked"


def _drawer(book: str, kind: Kind, shard: int) -> str:
    return f"{book}#{kind}#{shard}"


def _read(book: str, item: Item) -> Entry:
    """An entry from what the index keeps."""
    kind, _, subject = item["id"]["S"].partition("#")
    return Entry(
        kind=Kind(kind), subject=subject, book=book, due_at=codec.read_instant(item["due"])
    )


def _moved_meanwhile(_item: Item | None) -> Exception:
    return _MovedMeanwhile()
