"""Work queues and other lists over many aggregates, read from indexes without a scan.

An aggregate carries the queues that it stands in as columns of its own item, so they change in the
command's one transaction. A queue is spread over a few partitions by the id; one read asks each
partition for its next few rows and merges them. An index may be moments behind: every row is read
again, consistently, and left out if the item is no longer in the queue (docs/adr/0010).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.core.identity import Mode, fingerprint, mode_of
from insurance.domain.party.match import MatchStatus
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.transaction import load, query

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.operations.listing import ListRange

SHARDS = 4
QUEUE, WAITS = "queue", "waits"
"""The columns of what waits for a role: the role's queue, and since when it waits."""
LAST = "~"
"""Sorts behind every character of an instant, an id and the sign between them."""


class QueueIndex(NamedTuple):
    """An index of a table: its key column, which is its name too, and the column it is sorted by."""

    table: str
    key: str
    order: str


class Queue(NamedTuple):
    """What an index lists: the items of one mode under one name, such as a role."""

    mode: Mode
    name: str

    def partition(self, shard: int) -> str:
        """One of the partitions that the queue is spread over."""
        return f"{self.mode}#{self.name}#{shard}"

    def holds(self, item: Item, index: QueueIndex) -> bool:
        """Whether an item, read again, is still in the queue."""
        partition: str = item.get(index.key, {}).get("S", "")
        return partition.startswith(f"{self.mode}#{self.name}#")


type Lane = tuple[QueueIndex, Queue]
"""A queue of an index."""


class QueuedItem(NamedTuple):
    """An item in its queue. The position is what a cursor remembers.

    The item is empty if it has left the queue since the index was written.
    """

    position: str
    item: Item


def queue_key(id: str, name: str) -> Item:
    """The partition of the named queue that this object stands in."""
    return codec.text(Queue(mode_of(id), name).partition(fingerprint(id)[0] % SHARDS))


def queue_order(at: datetime, id: str) -> Item:
    """Where in the queue it stands: by time, then by id."""
    return codec.text(f"{_second(at)}#{id}")


def match_queue(status: MatchStatus) -> str:
    """The queue of matches of a status. None is a role's own: 0.9.0 reads those, and knows no match."""
    return f"matches_{status}"


def waiting_columns(id: str, role: str, since: datetime | None) -> Item:
    """The columns of what waits for a role; none if it waits for nobody (`since` is None)."""
    if since is None:
        return {}
    return {QUEUE: queue_key(id, role), WAITS: queue_order(since, id)}


def read_queue(
    client: "DynamoDBClient",
    queues: Iterable[Lane],
    part: "ListRange",
    *,
    until: datetime | None = None,
) -> Sequence[QueuedItem]:
    """The next rows of these queues, in one order; with `until`, none of a later time."""
    last = f"{_second(until)}#{LAST}" if until else LAST
    if part.after >= last:
        return []
    rows: dict[tuple[str, str], tuple[Lane, str]] = {}
    for one in queues:
        index, queue = one
        for shard in range(SHARDS):
            for row in _next_rows(client, index, queue.partition(shard), part, last):
                rows[row[index.order]["S"], row["id"]["S"]] = (one, row["id"]["S"])
    positions = sorted(rows)[: part.limit]
    listed = [(position, *rows[position, id]) for position, id in positions]
    return _read_again(client, listed)


def _next_rows(
    client: "DynamoDBClient", index: QueueIndex, partition: str, part: "ListRange", last: str
) -> Iterable[Item]:
    return query(
        client,
        consistent=False,
        TableName=index.table,
        IndexName=index.key,
        KeyConditionExpression="#key = :key AND #order BETWEEN :after AND :last",
        ExpressionAttributeNames={"#key": index.key, "#order": index.order},
        ExpressionAttributeValues={
            ":key": codec.text(partition),
            # The first text behind the position: BETWEEN would give that one again.
            ":after": codec.text(f"{part.after}!" if part.after else " "),
            ":last": codec.text(last),
        },
        Limit=part.limit,
    )


def _read_again(
    client: "DynamoDBClient", rows: Sequence[tuple[str, Lane, str]]
) -> Sequence[QueuedItem]:
    if not rows:
        return []
    keys: list[tuple[str, Item]] = [
        (index.table, {"id": codec.text(id)}) for _, (index, _), id in rows
    ]
    items = load(client, keys)
    return [
        QueuedItem(position, item if item and queue.holds(item, index) else {})
        for (position, (index, queue), _), item in zip(rows, items, strict=True)
    ]


def _second(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
