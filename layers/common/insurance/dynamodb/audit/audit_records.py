"""What is known of streams apart from their events, in the table Audit.

| id | place | what it holds |
|---|---|---|
| moved#mode#shard | the stream | a stream that moved since a root covered it: its last event, and the hash of that |
| the stream | covered | the last event that a root covers, and the hash of that |
| the stream | the number of an event | the events up to that one which a root covers, by their hashes, and their path to the root |
| roots#mode | the number of the root | the signed root, and whether its leaves were all entered |
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING, Final

from insurance.domain.audit.root import Leaf, SignedRoot
from insurance.domain.core.identity import Mode, fingerprint, mode_of
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import AUDIT_COVERED, AUDIT_LEAF, AUDIT_MOVED, AUDIT_ROOT
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, put, query, query_all, transact
from insurance.operations.audit.locked_files import read_signed, signed_json
from insurance.operations.audit.ports import CoveredEvents, EnteredRoot, RecordedHead

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS: Final = 16
"""A key takes a thousand writes a second; streams move at more."""
WRITES_MAX: Final = 99
"""Of one transaction: three for a leaf."""
KEYS_MAX: Final = 100
"""Of one read."""
COVERED: Final = "covered"
_HASH: Final = 32


class _Known(Exception):
    """What was to be written stands there, or something newer does."""


class _MovedMeanwhile(Exception):
    """The stream has events behind those that were entered."""

    def __init__(self, stream: str) -> None:
        self.stream = stream


class DynamoDBAuditRecords:
    """The port `AuditRecords` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.audit

    def mark(self, moved: Sequence[RecordedHead]) -> None:
        for some in batched(moved, KEYS_MAX, strict=False):
            try:
                transact(self._client, [self._mark(head) for head in some])
            except _Known:
                for head in some if len(some) > 1 else ():
                    self._mark_alone(head)

    def waiting(self, mode: Mode) -> Sequence[RecordedHead]:
        found = [
            _read_moved(item)
            for shard in range(SHARDS)
            for item in query_all(self._client, **self._of(f"moved#{mode}#{shard}"))
        ]
        return sorted(found)

    def noted(self, stream: str) -> RecordedHead | None:
        [item] = load(self._client, [(self._table, _moved_key(stream))])
        return _read_moved(item) if item else None

    def covered(self, streams: Sequence[str]) -> Sequence[RecordedHead | None]:
        items = [
            item
            for some in batched(streams, KEYS_MAX, strict=False)
            for item in load(
                self._client, [(self._table, _key(stream, COVERED)) for stream in some]
            )
        ]
        return [_read_covered(item) if item else None for item in items]

    def add_root(self, signed: SignedRoot) -> None:
        self._insist(add(self._table, _root_item(signed, entered=0), _known, key="id"))

    def finish_root(self, signed: SignedRoot) -> None:
        item = _root_item(signed, entered=1)
        self._insist(put(self._table, item, _known, condition="entered = :no", no=codec.number(0)))

    def enter(self, leaves: Sequence[CoveredEvents]) -> None:
        for some in batched(leaves, WRITES_MAX // 3, strict=False):
            try:
                self._enter(some)
            except _Known:
                self._enter_missing(some)

    def latest(self, mode: Mode) -> EnteredRoot | None:
        request = self._of(f"roots#{mode}") | {"ScanIndexForward": False, "Limit": 1}
        items = query(self._client, **request)
        return _read_root(items[0]) if items else None

    def roots(self, mode: Mode, *, after: int, limit: int) -> Sequence[EnteredRoot]:
        items = query(self._client, **self._of(f"roots#{mode}", behind=_number(after)), Limit=limit)
        return [_read_root(item) for item in items]

    def covering(self, stream: str, *, after: int, limit: int) -> Sequence[CoveredEvents]:
        request = self._of(stream, behind=_number(after))
        request["KeyConditionExpression"] = "#id = :id AND #place BETWEEN :behind AND :last"
        request["ExpressionAttributeValues"] |= {
            ":behind": codec.text(_number(after + 1)),
            ":last": codec.text("9" * len(_number(0))),
        }
        return [_read_leaf(item) for item in query(self._client, **request, Limit=limit)]

    def _mark(self, head: RecordedHead) -> Write:
        item = _moved_key(head.stream) | {
            "v": AUDIT_MOVED.mark,
            "last": codec.number(head.last),
            "hash": codec.binary(head.hash),
        }
        older = "attribute_not_exists(id) OR #last < :last"
        write = put(self._table, item, _known, condition=older, last=codec.number(head.last))
        write.request["ExpressionAttributeNames"] = {"#last": "last"}
        return write

    def _mark_alone(self, head: RecordedHead) -> None:
        self._insist(self._mark(head))

    def _insist(self, write: Write) -> None:
        """Write it, unless it stands there."""
        try:
            transact(self._client, [write])
        except _Known:
            return

    def _enter(self, leaves: Sequence[CoveredEvents]) -> None:
        moved: set[str] = set()
        while True:
            try:
                return transact(self._client, list(self._entering(leaves, moved)))
            except _MovedMeanwhile as error:
                moved.add(error.stream)

    def _enter_missing(self, leaves: Sequence[CoveredEvents]) -> None:
        """Enter, each by itself, those that are not there."""
        heads = self.covered([each.leaf.stream for each in leaves])
        for each, head in zip(leaves, heads, strict=True):
            if head is None or head.last < each.leaf.last:
                with suppress(_Known):
                    self._enter([each])

    def _entering(self, leaves: Sequence[CoveredEvents], moved: set[str]) -> Iterator[Write]:
        """A stream's moves end with its leaf, if nothing was added meanwhile. That the leaf stands there already
        counts before anything else, so it comes last."""
        for each in leaves:
            stream = each.leaf.stream
            if stream not in moved:
                yield self._waits_no_longer(stream, each.leaf.last)
        for each in leaves:
            covered = _key(each.leaf.stream, COVERED) | {
                "v": AUDIT_COVERED.mark,
                "last": codec.number(each.leaf.last),
                "hash": codec.binary(each.leaf.hashes[-1]),
            }
            seen = codec.number(each.leaf.first - 1)
            condition = "attribute_not_exists(id)" if each.leaf.first == 1 else "#last = :seen"
            values = {} if each.leaf.first == 1 else {"seen": seen}
            write = put(self._table, covered, _known, condition=condition, **values)
            if values:
                write.request["ExpressionAttributeNames"] = {"#last": "last"}
            yield write
            yield add(self._table, _leaf_item(each), _known, key="id")

    def _waits_no_longer(self, stream: str, last: int) -> Write:
        request = {
            "TableName": self._table,
            "Key": _moved_key(stream),
            "ConditionExpression": "attribute_not_exists(id) OR #last <= :last",
            "ExpressionAttributeNames": {"#last": "last"},
            "ExpressionAttributeValues": {":last": codec.number(last)},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return Write("Delete", request, lambda _: _MovedMeanwhile(stream))

    def _of(self, id: str, *, behind: str = "") -> Item:
        """A query of what stands under an id, from a place on."""
        request: Item = {
            "TableName": self._table,
            "KeyConditionExpression": "#id = :id",
            "ExpressionAttributeNames": {"#id": "id"},
            "ExpressionAttributeValues": {":id": codec.text(id)},
        }
        if behind:
            request["KeyConditionExpression"] += " AND #place > :behind"
            request["ExpressionAttributeNames"]["#place"] = "place"
            request["ExpressionAttributeValues"][":behind"] = codec.text(behind)
        return request


def _key(id: str, place: str) -> Item:
    return {"id": codec.text(id), "place": codec.text(place)}


def _moved_key(stream: str) -> Item:
    shard = fingerprint(stream)[0] % SHARDS
    return _key(f"moved#{mode_of(stream)}#{shard}", stream)


def _number(number: int) -> str:
    """So that numbers sort as they count."""
    return f"{number:010}"


def _known(_item: Item | None) -> Exception:
    return _Known()


def _read_moved(item: Item) -> RecordedHead:
    item = AUDIT_MOVED.current(item)
    return RecordedHead(item["place"]["S"], int(item["last"]["N"]), item["hash"]["B"])


def _read_covered(item: Item) -> RecordedHead:
    item = AUDIT_COVERED.current(item)
    return RecordedHead(item["id"]["S"], int(item["last"]["N"]), item["hash"]["B"])


def _leaf_item(each: CoveredEvents) -> Item:
    leaf = each.leaf
    return _key(leaf.stream, _number(leaf.last)) | {
        "v": AUDIT_LEAF.mark,
        "first": codec.number(leaf.first),
        "hashes": codec.binary(b"".join(leaf.hashes)),
        "root": codec.number(each.number),
        "index": codec.number(each.leaf_index),
        "path": codec.binary(b"".join(each.path)),
    }


def _read_leaf(item: Item) -> CoveredEvents:
    item = AUDIT_LEAF.current(item)
    path = item["path"]["B"] if "path" in item else b""
    return CoveredEvents(
        Leaf(item["id"]["S"], int(item["first"]["N"]), _split(item["hashes"]["B"])),
        int(item["root"]["N"]),
        int(item["index"]["N"]),
        _split(path),
    )


def _split(joined: bytes) -> tuple[bytes, ...]:
    return tuple(joined[at : at + _HASH] for at in range(0, len(joined), _HASH))


def _root_item(signed: SignedRoot, *, entered: int) -> Item:
    root = signed.root
    return _key(f"roots#{root.mode}", _number(root.number)) | {
        "v": AUDIT_ROOT.mark,
        "signed": codec.binary(signed_json(signed)),
        "entered": codec.number(entered),
    }


def _read_root(item: Item) -> EnteredRoot:
    item = AUDIT_ROOT.current(item)
    return EnteredRoot(read_signed(item["signed"]["B"]), item["entered"]["N"] == "1")
