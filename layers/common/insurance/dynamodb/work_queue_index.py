"""Lanes: the columns by which waiting things are found in an index, and the reading of them without a scan.

An aggregate carries the lanes that it stands in as columns of its own item, so they move with it in
the command's one transaction. A lane is spread over a few partitions by the id; one read asks each
of them for its next few and merges. What an index says may be moments old: every item found is read
again, consistently, and left out if it stands there no more (docs/adr/0010).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from insurance.domain.core.identity import Mode, fingerprint, mode_of
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.transaction import load, query_index

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = 4
QUEUE, WAITS = "queue", "waits"
LAST = "~"
"""Sorts behind every character of an instant, an id and the sign between them."""


class Index(NamedTuple):
    """An index of a table: the lane's column, which is its name too, and the one it is sorted by."""

    table: str
    lane: str
    order: str


class Found(NamedTuple):
    """An item where its lane has it: the position is what a cursor remembers."""

    position: str
    item: Item


def lane(id: str, name: str) -> Item:
    """The partition of a lane that this object stands in."""
    return codec.text(_partition(mode_of(id), name, fingerprint(id)[0] % SHARDS))


def position(at: datetime, id: str) -> Item:
    return codec.text(f"{_second(at)}#{id}")


def waiting(id: str, role: str, since: datetime | None) -> Item:
    """The columns of what waits for a role; none for what waits for nobody."""
    if since is None:
        return {}
    return {QUEUE: lane(id, role), WAITS: position(since, id)}


def read_lane(
    client: "DynamoDBClient",
    indexes: Iterable[Index],
    *,
    mode: Mode,
    name: str,
    after: str,
    until: datetime | None,
    limit: int,
) -> Sequence[Found]:
    """The next of a lane behind a position, in order, over all the tables that have it."""
    last = f"{_second(until)}#{LAST}" if until else LAST
    if after >= last:
        return []
    found: dict[tuple[str, str], tuple[Index, str]] = {}
    for index in indexes:
        for shard in range(SHARDS):
            rows = query_index(
                client,
                TableName=index.table,
                IndexName=index.lane,
                KeyConditionExpression="#lane = :lane AND #order BETWEEN :after AND :last",
                ExpressionAttributeNames={"#lane": index.lane, "#order": index.order},
                ExpressionAttributeValues={
                    ":lane": codec.text(_partition(mode, name, shard)),
                    # The first text behind the position: BETWEEN would give that one again.
                    ":after": codec.text(f"{after}!" if after else " "),
                    ":last": codec.text(last),
                },
                Limit=limit,
            )
            for row in rows:
                found[row[index.order]["S"], row["id"]["S"]] = (index, row["id"]["S"])
    places = sorted(found)[:limit]
    return _read_again(client, [(place, *found[place, id]) for place, id in places], mode, name)


def _read_again(
    client: "DynamoDBClient", rows: Sequence[tuple[str, Index, str]], mode: Mode, name: str
) -> Sequence[Found]:
    if not rows:
        return []
    keys: list[tuple[str, Item]] = [(index.table, {"id": codec.text(id)}) for _, index, id in rows]
    items = load(client, keys)
    return [
        Found(place, item if item is not None and _stands(item, index, mode, name) else {})
        for (place, index, _), item in zip(rows, items, strict=True)
    ]


def _stands(item: dict[str, Any], index: Index, mode: Mode, name: str) -> bool:
    partition: str = item.get(index.lane, {}).get("S", "")
    return partition.startswith(f"{mode}#{name}#")


def _partition(mode: Mode, name: str, shard: int) -> str:
    return f"{mode}#{name}#{shard}"


def _second(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
