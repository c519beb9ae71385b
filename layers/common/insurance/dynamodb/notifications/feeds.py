"""Feeds in their table: a partner's events under consecutive numbers.

| feed | number | what it holds |
|---|---|---|
| mode#partner | 0 | the last number, and the first one of each day that is kept |
| mode#partner | 1, 2, … | what is told of an event; it goes some days after it is no longer offered |
| the stream | the event's number | which number of the feed the event has: it cannot get another |
| the stream of an API product, and a partner | the event's number | the same, in that partner's feed |

All that one write adds is there when its last number is, so who reads up to the last number misses nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from insurance.domain.core.errors import Unavailable
from insurance.domain.events.feed import KEPT, EventObject, EventSummary, Feed
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import FEED_ENTRY, FEED_HEAD, FEED_MARK
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, load_expected, put, query, transact
from insurance.operations.notifications.ports import Extent, NumberedEvent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRIES: Final = 5
SPARE: Final = timedelta(days=2)
"""How much longer an entry is stored than it is offered: the first number of a day stands for all of the day."""


class _Moved(Exception):
    """Somebody wrote to the feed first, or one of the events has its number already."""


@dataclass(frozen=True, slots=True)
class _Head:
    """Where a feed stands."""

    last: int = 0
    days: tuple[tuple[date, int], ...] = ()
    """Days on which something was added, and the first number of each."""

    @classmethod
    def read(cls, item: Item | None) -> Self:
        if item is None:
            return cls()
        item = FEED_HEAD.current(item)
        days: dict[str, int] = codec.unpack(item["days"]["B"])
        return cls(
            int(item["last"]["N"]),
            tuple((date.fromisoformat(day), first) for day, first in sorted(days.items())),
        )

    def extent(self, now: datetime) -> Extent:
        kept = (first for day, first in self.days if day >= _oldest_day(now))
        return Extent(next(kept, self.last + 1), self.last)

    def after(self, count: int, now: datetime) -> Self:
        """With so many events more. Days run forward, whatever the clocks of two writers say."""
        today = max(now.astimezone(UTC).date(), *(day for day, _ in self.days[-1:]), date.min)
        kept = tuple(each for each in self.days if each[0] >= _oldest_day(now))
        if not kept or kept[-1][0] < today:
            kept = (*kept, (today, self.last + 1))
        return type(self)(self.last + count, kept)

    def write(self, table: str, feed: Feed, before: "_Head") -> Write:
        item = _key(_name(feed), 0) | {
            "v": FEED_HEAD.mark,
            "last": codec.number(self.last),
            "days": codec.binary(codec.pack({day.isoformat(): first for day, first in self.days})),
        }
        if not before.last:
            return add(table, item, _moved, key="feed")
        seen = codec.number(before.last)
        request = put(table, item, _moved, condition="#last = :seen", seen=seen)
        request.request["ExpressionAttributeNames"] = {"#last": "last"}
        return request


class DynamoDBFeeds:
    """The port `Feeds` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.feeds

    def append(self, feed: Feed, events: Sequence[EventSummary], *, now: datetime) -> None:
        """Write head, entries and marks in one transaction; what has a mark already is left out.

        Raises:
            Unavailable: Others wrote to the feed at every attempt.
        """
        head_key, marks = (
            (self._table, head_key_of(feed)),
            [self._mark_key(feed, e) for e in events],
        )
        [item] = load_expected(self._client, [head_key])
        missing = list(events)
        for _ in range(TRIES):
            before = _Head.read(item)
            try:
                transact(self._client, self._writes(feed, before, missing, now))
            except _Moved:
                item, *known = load(self._client, [head_key, *marks])
                missing = [each for each, mark in zip(events, known, strict=True) if mark is None]
                if not missing:
                    return
                continue
            return
        raise Unavailable("The feed")

    def extent(self, feed: Feed, *, now: datetime) -> Extent:
        [item] = load(self._client, [(self._table, head_key_of(feed))])
        return _Head.read(item).extent(now)

    def place_of(self, feed: Feed, event: EventSummary) -> int | None:
        [item] = load(self._client, [self._mark_key(feed, event)])
        return int(FEED_MARK.current(item)["place"]["N"]) if item else None

    def read(self, feed: Feed, numbers: range) -> Sequence[NumberedEvent]:
        items = query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="#feed = :feed AND #number BETWEEN :first AND :last",
            ExpressionAttributeNames={"#feed": "feed", "#number": "number"},
            ExpressionAttributeValues={
                ":feed": codec.text(_name(feed)),
                ":first": codec.number(numbers[0]),
                ":last": codec.number(numbers[-1]),
            },
        )
        return [_read_entry(item) for item in items]

    def _writes(
        self, feed: Feed, before: _Head, events: Sequence[EventSummary], now: datetime
    ) -> list[Write]:
        expires_at = codec.epoch_seconds(now + KEPT + SPARE)
        writes = [before.after(len(events), now).write(self._table, feed, before)]
        for number, summary in enumerate(events, before.last + 1):
            entry = _key(_name(feed), number) | {
                "v": FEED_ENTRY.mark,
                "stream": codec.text(summary.stream),
                "sequence": codec.number(summary.sequence),
                "type": codec.text(summary.type),
                "at": codec.instant(summary.at),
                "expires_at": expires_at,
            }
            mark = self._mark_key(feed, summary)[1] | {
                "v": FEED_MARK.mark,
                "place": codec.number(number),
            }
            writes += [add(self._table, item, _moved, key="feed") for item in (entry, mark)]
        return writes

    def _mark_key(self, feed: Feed, summary: EventSummary) -> tuple[str, Item]:
        """An event of an API product has one number in each feed; any other is in one feed alone."""
        is_shared = summary.object is EventObject.API_PRODUCT
        stream = f"{summary.stream} {feed.partner}" if is_shared else summary.stream
        return self._table, _key(stream, summary.sequence)


def head_key_of(feed: Feed) -> Item:
    """Where a feed has its head."""
    return _key(_name(feed), 0)


def _oldest_day(now: datetime) -> date:
    return (now.astimezone(UTC) - KEPT).date()


def _read_entry(item: Item) -> NumberedEvent:
    item = FEED_ENTRY.current(item)
    summary = EventSummary(
        item["stream"]["S"],
        int(item["sequence"]["N"]),
        item["type"]["S"],
        codec.read_instant(item["at"]),
    )
    return NumberedEvent(int(item["number"]["N"]), summary)


def _name(feed: Feed) -> str:
    return f"{feed.mode}#{feed.partner}"


def _key(feed: str, number: int) -> dict[str, Any]:
    return {"feed": codec.text(feed), "number": codec.number(number)}


def _moved(_item: Item | None) -> Exception:
    return _Moved()
