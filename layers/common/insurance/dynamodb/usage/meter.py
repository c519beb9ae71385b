"""The meter in its table: counters by day, and a mark of every call that they have.

| id | place | what it holds |
|---|---|---|
| mode#partner#month | application#day#operation#shard | calls by status (`s200`) and by time (`t12`), and bytes |
| -#month | internal or unknown#day#operation#shard | the same of no application |
| counted#stream#seconds | - | the calls of ten seconds of a log stream that are counted, 16 bytes each |

A transaction adds to counters and marks what it added, and asks that the marks are those that were read. A call's
mark follows from its own line: it has the same place however deliveries are cut, so none is counted twice and none
is left out. The shard follows from the log stream, so that few deliveries at once add to the same counters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from insurance.domain.core.errors import Unavailable
from insurance.domain.core.identity import Mode, fingerprint
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.usage.call import LoggedCall, UsageAccount
from insurance.domain.usage.months import LATE_AT_MOST, SPARE, kept_until, month_for
from insurance.domain.usage.tally import Tally, UsageRow
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import COUNTED_CALLS, USAGE_COUNTER
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, put, query, query_all, transact
from insurance.operations.usage.ports import AskedDays, MeterTime, MonthTooLarge

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRIES: Final = 5
SHARDS: Final = 4
ITEMS_MAX: Final = 40_000
"""Counters that one statement reads: more than one application has in a month if it calls every operation every day."""
MARK_SECONDS: Final = 10
"""So short that 5,000 calls of one stream in it, as many as the stage lets through, take 80 of an item's 400 KB."""
MARK_BYTES: Final = 16
MARKS_MAX, WRITES_MAX = 20, 95
"""Of one transaction: it takes a hundred writes and four megabytes."""
END: Final = "~"
"""Sorts behind all that a place holds."""


class _Moved(Exception):
    """Somebody counted calls of the same seconds first."""


class _Counter(NamedTuple):
    """Where calls are counted together."""

    month: AccountingPeriod
    account: UsageAccount
    day: date
    operation: str


class DynamoDBMeter:
    """The port `Meter` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.usage

    def count(self, stream: str, calls: Sequence[LoggedCall], time: MeterTime) -> int:
        """Count what has no mark yet, some calls in each transaction.

        Raises:
            Unavailable: Others counted calls of the same seconds and stream at every attempt.
        """
        return sum(self._count(stream, part, time) for part in _parts(stream, calls, time.now))

    def days(self, asked: AskedDays, after: str, limit: int) -> Sequence[UsageRow]:
        rows: list[UsageRow] = []
        reached, _, place = after.partition("#")
        application = asked.account.application
        for month in asked.months:
            if len(rows) == limit or month < reached:
                continue
            first = f"{place}#{END}" if month == reached else asked.since.isoformat()
            left = limit - len(rows)
            items = query(
                self._client,
                TableName=self._table,
                KeyConditionExpression="id = :id AND place BETWEEN :first AND :last",
                ExpressionAttributeValues={
                    ":id": codec.text(_id(asked.account, month)),
                    ":first": codec.text(f"{application}#{first}"),
                    ":last": codec.text(f"{application}#{asked.until.isoformat()}#{END}"),
                },
                Limit=left * SHARDS,
            )
            # Of as many items as that a row that is cut off comes behind the rows that are wanted.
            rows += list(_rows(month, items))[:left]
        return rows

    def month(
        self, mode: Mode, partner: str, month: AccountingPeriod, application: str | None = None
    ) -> Sequence[UsageRow]:
        """All that a month's statement has; see the port.

        Raises:
            MonthTooLarge: It is more than is read at once.
        """
        condition, values = "id = :id", {":id": codec.text(f"{mode}#{partner}#{month}")}
        if application is not None:
            condition += " AND begins_with(place, :of)"
            values[":of"] = codec.text(f"{application}#")
        items = query_all(
            self._client,
            most=ITEMS_MAX,
            TableName=self._table,
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
        )
        if len(items) > ITEMS_MAX:
            raise MonthTooLarge
        return list(_rows(month, items))

    def _count(self, stream: str, calls: Sequence[LoggedCall], time: MeterTime) -> int:
        keys = list(dict.fromkeys(_mark_key(stream, call) for call in calls))
        for _ in range(TRIES):
            items = load(self._client, [(self._table, _item_key(id, "-")) for id in keys])
            marks = {id: _Marks.read(item) for id, item in zip(keys, items, strict=True)}
            fresh = [
                call for call in calls if _mark(call) not in marks[_mark_key(stream, call)].ids
            ]
            if not fresh:
                return 0
            try:
                transact(self._client, self._writes(stream, fresh, marks, time))
            except _Moved:
                continue
            return len(fresh)
        raise Unavailable("The meter")

    def _writes(
        self,
        stream: str,
        calls: Sequence[LoggedCall],
        marks: Mapping[str, "_Marks"],
        time: MeterTime,
    ) -> list[Write]:
        added: dict[str, set[bytes]] = {}
        tallies: dict[_Counter, Tally] = {}
        for call in calls:
            added.setdefault(_mark_key(stream, call), set()).add(_mark(call))
            tallies.setdefault(_counter(call, time.now), Tally()).add(call)
        shard = fingerprint(stream)[0] % SHARDS
        return [
            *(marks[id].write(self._table, id, ids, time.now) for id, ids in added.items()),
            *(self._adding(counter, shard, tally, time) for counter, tally in tallies.items()),
        ]

    def _adding(self, counter: _Counter, shard: int, tally: Tally, time: MeterTime) -> Write:
        """An Update that adds to a day's counters. Each has a short alias: expressions are limited in length."""
        figures = {
            **{f"s{status}": calls for status, calls in tally.statuses.items()},
            **{f"t{bucket}": calls for bucket, calls in tally.latencies.items()},
            "bytes": tally.bytes,
        }
        names = {f"#{place}": name for place, name in enumerate(figures)}
        values = {f":{place}": codec.number(n) for place, n in enumerate(figures.values())}
        adds = ", ".join(f"#{place} :{place}" for place in range(len(figures)))
        place = (
            f"{counter.account.application}#{counter.day.isoformat()}#{counter.operation}#{shard}"
        )
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": _item_key(_id(counter.account, counter.month), place),
            "UpdateExpression": f"SET #v = :v, #expires = :expires ADD {adds}",
            "ExpressionAttributeNames": {"#v": "v", "#expires": "expires_at", **names},
            "ExpressionAttributeValues": {
                ":v": USAGE_COUNTER.mark,
                ":expires": codec.epoch_seconds(kept_until(counter.month, time.kept_days) + SPARE),
                **values,
            },
        }
        return Write("Update", request, lambda _item: _Moved())


class _Marks(NamedTuple):
    """The calls of some seconds of a stream that are counted."""

    ids: frozenset[bytes] = frozenset()
    revision: int = 0

    @classmethod
    def read(cls, item: Item | None) -> "_Marks":
        if item is None:
            return cls()
        item = COUNTED_CALLS.current(item)
        packed = item["calls"]["B"]
        ids = (packed[at : at + MARK_BYTES] for at in range(0, len(packed), MARK_BYTES))
        return cls(frozenset(ids), int(item["revision"]["N"]))

    def write(self, table: str, id: str, added: set[bytes], now: datetime) -> Write:
        item = _item_key(id, "-") | {
            "v": COUNTED_CALLS.mark,
            "revision": codec.number(self.revision + 1),
            "calls": codec.binary(b"".join(sorted(self.ids | added))),
            "expires_at": codec.epoch_seconds(now + LATE_AT_MOST + SPARE),
        }
        if not self.revision:
            return add(table, item, lambda _item: _Moved(), key="id")
        seen = codec.number(self.revision)
        return put(table, item, lambda _item: _Moved(), condition="revision = :seen", seen=seen)


def _parts(stream: str, calls: Iterable[LoggedCall], now: datetime) -> Iterator[list[LoggedCall]]:
    """The calls, each once, in parts for which one transaction has room."""
    part: list[LoggedCall] = []
    marks: set[str] = set()
    counters: set[_Counter] = set()
    for call in {call.id: call for call in calls}.values():
        more_marks, more = marks | {_mark_key(stream, call)}, counters | {_counter(call, now)}
        if len(more_marks) > MARKS_MAX or len(more_marks) + len(more) > WRITES_MAX:
            yield part
            part, more_marks, more = [], {_mark_key(stream, call)}, {_counter(call, now)}
        part.append(call)
        marks, counters = more_marks, more
    if part:
        yield part


def _rows(month: AccountingPeriod, items: Iterable[Item]) -> Iterator[UsageRow]:
    """The rows of a month, each of all its shards."""

    def row(item: Item) -> str:
        return str(item["place"]["S"]).rpartition("#")[0]

    for place, shards in groupby(items, row):
        application, day, operation = place.split("#")
        tally = Tally.of(map(_read_tally, shards))
        yield UsageRow(month, application, date.fromisoformat(day), operation, tally)


def _read_tally(item: Item) -> Tally:
    item = USAGE_COUNTER.current(item)
    tally = Tally(bytes=int(item["bytes"]["N"]))
    for name, value in item.items():
        kind, figure = name[0], name[1:]
        if kind in {"s", "t"} and figure.isascii() and figure.isdecimal():
            counts = tally.statuses if kind == "s" else tally.latencies
            counts[int(figure)] = int(value["N"])
    return tally


def _counter(call: LoggedCall, now: datetime) -> _Counter:
    return _Counter(month_for(call.at, now), call.account, call.day, call.operation)


def _id(account: UsageAccount, month: AccountingPeriod) -> str:
    return f"{account.mode}#{account.partner}#{month}" if account.partner else f"-#{month}"


def _mark_key(stream: str, call: LoggedCall) -> str:
    seconds = int(call.at.astimezone(UTC).timestamp()) // MARK_SECONDS * MARK_SECONDS
    return f"counted#{fingerprint(stream).hex()[: 2 * MARK_BYTES]}#{seconds}"


def _mark(call: LoggedCall) -> bytes:
    return fingerprint(call.id)[:MARK_BYTES]


def _item_key(id: str, place: str) -> dict[str, Any]:
    return {"id": codec.text(id), "place": codec.text(place)}
