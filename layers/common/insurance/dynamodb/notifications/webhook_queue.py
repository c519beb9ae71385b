"""What waits for webhooks, in their table: noted by delivery, and sent by one process at a time for each webhook."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from insurance.domain.events.feed import Feed
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import (
    WEBHOOK_ATTEMPT,
    WEBHOOK_DONE,
    WEBHOOK_SENDER,
    WEBHOOK_WAITING,
)
from insurance.dynamodb.notifications import webhook_items as items
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, load_expected, query, transact
from insurance.operations.notifications.webhook_ports import (
    BookReplay,
    DueWebhook,
    Part,
    SendAttempt,
    Taker,
    Turn,
    WaitingEvents,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TURN_LASTS: Final = timedelta(seconds=90)
"""Longer than a function runs: the process that has a turn then is not there any more."""
ATTEMPTS_KEPT: Final = timedelta(days=30)
PAGE: Final = 50
FIRST_AND_LAST: Final = {"#first": "first", "#last": "last"}
"""Columns whose names DynamoDB takes for its own."""


class _Refused(Exception):
    """The condition of a write failed; what stands there."""

    def __init__(self, item: Item | None) -> None:
        self.item = item


class DynamoDBWebhookQueue:
    """The port `WebhookQueue` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.webhooks

    def takers(self, feed: Feed) -> Mapping[str, Taker]:
        [item] = load_expected(self._client, [items.list_place(self._table, feed)])
        return items.read_list(item)

    def note(self, webhook_id: str, parts: Sequence[Part], *, now: datetime) -> None:
        for part in parts:
            if part.is_late:
                self._note_late(webhook_id, part)
                continue
            self._try(
                webhook_id,
                items.WAITS + part.stream,
                "SET v = :v, about = :about, #first = if_not_exists(#first, :first), #last = :last",
                condition="attribute_not_exists(#last) OR #last < :last",
                names=FIRST_AND_LAST,
                **_values(part),
            )
        # Behind what waits: who finds nothing waiting finds this changed.
        self._try(
            webhook_id,
            items.SENDER,
            "SET v = :v, queue = :queue, due = if_not_exists(due, :now) ADD noted :one",
            v=WEBHOOK_SENDER.mark,
            queue=codec.text(items.QUEUE),
            now=codec.instant(now),
            one=codec.number(1),
        )

    def _note_late(self, webhook_id: str, part: Part) -> None:
        self._try(
            webhook_id,
            items.late_place(part.stream, part.first),
            "SET v = :v, about = :about, again = :again, #first = :first, #last = :last",
            condition="attribute_not_exists(#last)",
            names=FIRST_AND_LAST,
            again={"BOOL": True},
            **_values(part),
        )

    def note_again(self, turn: Turn, parts: Sequence[Part], book: BookReplay) -> Turn | None:
        for part in parts:
            self._try(
                turn.webhook_id,
                items.book_place(part.stream, book.number),
                "SET v = :v, about = :about, again = :again, "
                "#first = if_not_exists(#first, :first), #last = :last",
                condition="attribute_not_exists(#last) OR #last < :last",
                names=FIRST_AND_LAST,
                again={"BOOL": True},
                **_values(part),
            )
        before = items.book_values(turn.book) if turn.book else {}
        values = {"token": codec.text(turn.token)} | {
            f"seen_{column.removeprefix(':')}": value for column, value in before.items()
        }
        condition = " AND ".join(
            ["turn = :token", *(f"{column} = :seen_{column}" for column in items.BOOK)]
        )
        expression = f"REMOVE {', '.join(items.BOOK)}"
        if book.next <= book.last:
            expression = "SET book_next = :next"
            values["next"] = codec.number(book.next)
        if not self._try(turn.webhook_id, items.SENDER, expression, condition=condition, **values):
            return None
        return turn._replace(book=book if book.next <= book.last else None)

    def take_turn(self, webhook_id: str, *, now: datetime) -> Turn | None:
        token = uuid4().hex
        took = self._try(
            webhook_id,
            items.SENDER,
            "SET turn = :turn, turn_ends = :ends",
            condition="attribute_exists(id) AND (attribute_not_exists(turn) OR turn_ends < :now)",
            turn=codec.text(token),
            ends=codec.instant(now + TURN_LASTS),
            now=codec.instant(now),
        )
        if not took:
            return None
        [item] = load(self._client, [(self._table, items.key(webhook_id, items.SENDER))])
        if item is None or item["turn"]["S"] != token:
            return None
        return _turn(webhook_id, item)

    def waiting(self, webhook_id: str, *, after: str = "") -> Sequence[WaitingEvents]:
        found = query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="id = :id AND place BETWEEN :first AND :last",
            ExpressionAttributeValues={
                ":id": codec.text(webhook_id),
                ":first": codec.text(f"{after}!" if after else items.WAITS),
                ":last": codec.text(items.WAITS + "~"),
            },
            Limit=PAGE,
        )
        streams = [item["about"]["S"] for item in found if "again" not in item]
        places = [(self._table, items.key(webhook_id, items.DONE + each)) for each in streams]
        done = dict(zip(streams, load(self._client, places), strict=True))
        return [_waiting(item, done.get(item["about"]["S"])) for item in found]

    def passed(
        self, webhook_id: str, waiting: WaitingEvents, sequence: int
    ) -> WaitingEvents | None:
        left = waiting._replace(first=sequence + 1, failures=0, failing_since=None, retry_at=None)
        if not waiting.is_again:
            self._try(
                webhook_id,
                items.DONE + waiting.stream,
                "SET v = :v, reached = :reached",
                condition="attribute_not_exists(reached) OR reached < :reached",
                v=WEBHOOK_DONE.mark,
                reached=codec.number(sequence),
            )
        if sequence >= waiting.last and self._remove(webhook_id, waiting):
            return None
        self._try(
            webhook_id,
            waiting.place,
            "SET #first = :first REMOVE failures, failing_since, retry_at",
            condition="attribute_exists(id)",
            names={"#first": "first"},
            first=codec.number(sequence + 1),
        )
        if sequence < waiting.last:
            return left
        [item] = load(self._client, [(self._table, items.key(webhook_id, waiting.place))])
        return None if item is None else _waiting(item, None)._replace(delivered=sequence)

    def failed(self, webhook_id: str, waiting: WaitingEvents) -> None:
        if waiting.failing_since is None or waiting.retry_at is None:
            raise ValueError("what failed is tried again at a time")
        self._try(
            webhook_id,
            waiting.place,
            "SET failures = :failures, failing_since = :since, retry_at = :retry",
            condition="attribute_exists(id)",
            failures=codec.number(waiting.failures),
            since=codec.instant(waiting.failing_since),
            retry=codec.instant(waiting.retry_at),
        )

    def keep_attempt(self, webhook_id: str, attempt: SendAttempt) -> None:
        at = codec.instant(attempt.at)
        item = items.key(webhook_id, f"{items.TRIED}{at['S']}#{attempt.event_id}") | {
            "v": WEBHOOK_ATTEMPT.mark,
            "event": codec.text(attempt.event_id),
            "type": codec.text(attempt.type),
            "outcome": codec.text(attempt.outcome),
            "at": at,
            "took": codec.number(attempt.milliseconds),
            "expires_at": codec.epoch_seconds(attempt.at + ATTEMPTS_KEPT),
        }
        if attempt.status is not None:
            item["status"] = codec.number(attempt.status)
        transact(self._client, [Write("Put", {"TableName": self._table, "Item": item}, _Refused)])

    def end_turn(self, turn: Turn, *, due: datetime | None) -> Turn | None:
        values = {"token": codec.text(turn.token), "noted": codec.number(turn.noted)}
        sets, removes = [], ["turn", "turn_ends"]
        for name, column in (
            ("failures", codec.number(turn.failures) if turn.failures else None),
            ("failing_since", _instant(turn.failing_since)),
            ("retry_at", _instant(turn.retry_at)),
            ("due", _instant(due)),
            ("queue", codec.text(items.QUEUE) if due else None),
        ):
            if column is None:
                removes.append(name)
            else:
                sets.append(f"{name} = :{name}")
                values[name] = column
        condition = "turn = :token AND noted = :noted"
        expression = (f"SET {', '.join(sets)} " if sets else "") + f"REMOVE {', '.join(removes)}"
        if self._try(turn.webhook_id, items.SENDER, expression, condition=condition, **values):
            return None
        [item] = load(self._client, [(self._table, items.key(turn.webhook_id, items.SENDER))])
        if item is None or item.get("turn", {}).get("S") != turn.token:
            return None  # it took too long, and is another's by now
        return _turn(turn.webhook_id, item)

    def due(self, now: datetime) -> Sequence[DueWebhook]:
        found = query(
            self._client,
            consistent=False,
            TableName=self._table,
            IndexName=items.DUE_INDEX,
            KeyConditionExpression="queue = :queue AND due <= :now",
            ExpressionAttributeValues={
                ":queue": codec.text(items.QUEUE),
                ":now": codec.instant(now),
            },
        )
        return [DueWebhook(item["id"]["S"], codec.read_instant(item["due"])) for item in found]

    def _remove(self, webhook_id: str, waiting: WaitingEvents) -> bool:
        """Nothing of the object waits any more, unless more was noted."""
        request = {
            "TableName": self._table,
            "Key": items.key(webhook_id, waiting.place),
            "ConditionExpression": "#last = :last",
            "ExpressionAttributeNames": {"#last": "last"},
            "ExpressionAttributeValues": {":last": codec.number(waiting.last)},
        }
        try:
            transact(self._client, [Write("Delete", request, _Refused)])
        except _Refused:
            return False
        return True

    def _try(
        self,
        webhook_id: str,
        place: str,
        expression: str,
        *,
        condition: str = "",
        names: Mapping[str, str] | None = None,
        **values: Any,
    ) -> bool:
        """An Update; whether its condition held."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "Key": items.key(webhook_id, place),
            "UpdateExpression": expression,
            "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
        }
        if condition:
            request["ConditionExpression"] = condition
        if names:
            request["ExpressionAttributeNames"] = dict(names)
        try:
            transact(self._client, [Write("Update", request, _Refused)])
        except _Refused:
            return False
        return True


def _values(part: Part) -> Item:
    return {
        "v": WEBHOOK_WAITING.mark,
        "about": codec.text(part.stream),
        "first": codec.number(part.first),
        "last": codec.number(part.last),
    }


def _turn(webhook_id: str, item: Item) -> Turn:
    item = WEBHOOK_SENDER.current(item)
    return Turn(
        webhook_id,
        item["turn"]["S"],
        codec.read_instant(item["turn_ends"]),
        int(item["noted"]["N"]),
        failures=int(item["failures"]["N"]) if "failures" in item else 0,
        failing_since=items.instant_of(item, "failing_since"),
        retry_at=items.instant_of(item, "retry_at"),
        woken_at=items.instant_of(item, "woken_at"),
        wakes=int(item["wakes"]["N"]) if "wakes" in item else 0,
        book=items.read_book(item),
    )


def _waiting(item: Item, done: Item | None) -> WaitingEvents:
    item = WEBHOOK_WAITING.current(item)
    return WaitingEvents(
        place=item["place"]["S"],
        stream=item["about"]["S"],
        first=int(item["first"]["N"]),
        last=int(item["last"]["N"]),
        delivered=int(WEBHOOK_DONE.current(done)["reached"]["N"]) if done else 0,
        failures=int(item["failures"]["N"]) if "failures" in item else 0,
        failing_since=items.instant_of(item, "failing_since"),
        retry_at=items.instant_of(item, "retry_at"),
        is_again="again" in item,
    )


def _instant(at: datetime | None) -> Item | None:
    return None if at is None else codec.instant(at)
