"""How far each stream was handed on, in its table: one small item a stream.

The index `waiting` has only streams of which something waits, so finding them costs nothing while nothing
does, however many streams there are.

| column | what it holds |
|---|---|
| head | the number of the stream's last event |
| a consumer's name | the number of the last event that it has |
| aside | what was set aside: consumer#number#reason |
| waiting, since | mode#shard, and since when: only while something waits |
| revision | of the item: each write is conditional on the one that was read |
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from insurance.domain.core.delivery import Consumer, Delivery, SetAside
from insurance.domain.core.identity import Mode, fingerprint, mode_of
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import DELIVERY, DELIVERY_BOOKMARK
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, put, query, transact

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX = "waiting"
SHARDS = 4
PAGE = 50
BOOKMARK = "catching_up"
"""The key of the item that says to which stream the last catching up came; it is no stream's."""


class _Moved(Exception):
    """Somebody wrote first; what stands there."""

    def __init__(self, item: Item | None) -> None:
        self.item = item


class DynamoDBDeliveries:
    """The port `Deliveries` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.deliveries

    def read(self, streams: Sequence[str]) -> Sequence[Delivery]:
        items = load(self._client, [(self._table, _key(stream)) for stream in streams])
        return [
            Delivery(stream) if item is None else _read(item)
            for stream, item in zip(streams, items, strict=True)
        ]

    def store(self, delivery: Delivery) -> Delivery | None:
        item = _item(delivery)
        if delivery.revision:
            seen = codec.number(delivery.revision)
            write = put(self._table, item, _Moved, condition="revision = :seen", seen=seen)
        else:
            write = add(self._table, item, _Moved, key="stream")
        try:
            transact(self._client, [write])
        except _Moved as moved:
            if moved.item is None:
                [standing] = self.read([delivery.stream])
                return standing
            return _read(moved.item)
        return None

    def waiting(
        self, mode: Mode, *, by: datetime, after: Delivery | None = None
    ) -> Iterator[Delivery]:
        behind = _place(after) if after else None
        first = int(behind["waiting"]["S"].rpartition("#")[2]) if behind else 0
        for shard in range(first, SHARDS):
            start: dict[str, Any] = {}
            if behind and shard == first:
                start = {"ExclusiveStartKey": behind}
            while True:
                items = self._page(f"{mode}#{shard}", by, start)
                yield from map(_read, items)
                if len(items) < PAGE:
                    break
                last = items[-1]
                names = ("stream", "waiting", "since")
                start = {"ExclusiveStartKey": {name: last[name] for name in names}}

    def bookmark(self) -> Delivery | None:
        [item] = load(self._client, [(self._table, _key(BOOKMARK))])
        if item is None:
            return None
        item = DELIVERY_BOOKMARK.current(item)
        return Delivery(item["reached"]["S"], since=codec.read_instant(item["since"]))

    def set_bookmark(self, reached: Delivery) -> None:
        place = _place(reached)
        noted = {"reached": place["stream"], "since": place["since"], "v": DELIVERY_BOOKMARK.mark}
        request = {"TableName": self._table, "Item": _key(BOOKMARK) | noted}
        transact(self._client, [Write("Put", request, _Moved)])

    def _page(self, queue: str, by: datetime, start: dict[str, Any]) -> list[Item]:
        return query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=INDEX,
            KeyConditionExpression="#queue = :queue AND #since <= :by",
            ExpressionAttributeNames={"#queue": "waiting", "#since": "since"},
            ExpressionAttributeValues={":queue": codec.text(queue), ":by": _sortable(by)},
            Limit=PAGE,
            **start,
        )


def _key(stream: str) -> Item:
    return {"stream": codec.text(stream)}


def _place(delivery: Delivery) -> Item:
    """Where a stream that waits stands in the index."""
    if delivery.since is None:
        raise ValueError(f"{delivery.stream} does not wait")
    return _key(delivery.stream) | {
        "waiting": _queue(delivery.stream),
        "since": _sortable(delivery.since),
    }


def _queue(stream: str) -> Item:
    return codec.text(f"{mode_of(stream)}#{fingerprint(stream)[0] % SHARDS}")


def _sortable(at: datetime) -> Item:
    """To the second, so that instants sort as they are written."""
    return codec.instant(at.replace(microsecond=0))


def _item(delivery: Delivery) -> Item:
    item = _key(delivery.stream) | {
        "v": DELIVERY.mark,
        "head": codec.number(delivery.head),
        "revision": codec.number(delivery.revision + 1),
        **{str(each): codec.number(at) for each, at in delivery.taken.items()},
    }
    if delivery.set_aside:
        item["aside"] = {"SS": ["#".join(map(str, each)) for each in delivery.set_aside]}
    if delivery.since is not None:
        item["waiting"] = _queue(delivery.stream)
        item["since"] = _sortable(delivery.since)
    return item


def _read(item: Item) -> Delivery:
    item = DELIVERY.current(item)
    return Delivery(
        stream=item["stream"]["S"],
        head=int(item["head"]["N"]),
        taken={each: int(item[each]["N"]) for each in Consumer if each in item},
        set_aside=tuple(sorted(map(_read_entry, item.get("aside", {}).get("SS", ())))),
        since=codec.read_instant(item["since"]) if "since" in item else None,
        revision=int(item["revision"]["N"]),
    )


def _read_entry(text: str) -> SetAside:
    consumer, sequence, reason = text.split("#", 2)
    return SetAside(codec.member(Consumer, consumer), int(sequence), reason)
