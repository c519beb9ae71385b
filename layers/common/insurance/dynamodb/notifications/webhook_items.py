"""What the table Webhooks holds, and where.

| id | place | what it holds |
|---|---|---|
| the webhook | webhook | its record, and its secrets, each sealed by the key service |
| the webhook | sender | whose turn it is to send, when to look again, how often something was noted, and what of the whole book is sent once more |
| the webhook | waits#stream | events of one object that wait |
| the webhook | waits#stream#again#which | some that are sent once more, behind those: each replay has its own |
| the webhook | done#stream | the last event of the object that was delivered |
| the webhook | tried#time#event | an attempt, for thirty days |
| feed#mode#partner | webhooks | the partner's webhooks, and the types that each takes |

The index `due` has the senders alone that have something to do, by when.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from insurance.domain.core.event import Event
from insurance.domain.events.feed import Feed
from insurance.domain.webhook.webhook import Webhook, WebhookStatus
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.kinds import WEBHOOK_LIST, WEBHOOK_SENDER
from insurance.dynamodb.read_ahead import Place
from insurance.operations.notifications.webhook_ports import (
    BookReplay,
    SealedSecret,
    Taker,
    WebhookChange,
)

RECORD, SENDER, LIST = "webhook", "sender", "webhooks"
WAITS, DONE, TRIED = "waits#", "done#", "tried#"
AGAIN: Final = "#again#"
"""In a place behind the stream: it sorts next to what else waits of the object."""
BOOK: Final = ("book_next", "book_last", "book_number")
"""Columns of the sender, of what is sent once more of the whole book: places in the feed, and the event that asked for it."""
DUE_INDEX: Final = "due"
QUEUE: Final = "senders"
"""The one partition of the index: it has no more items than there are webhooks."""
EVERY_TYPE: Final = "*"
"""In a set of texts, which cannot be empty."""


def key(id: str, place: str) -> Item:
    return {"id": codec.text(id), "place": codec.text(place)}


def replay_place(stream: str, number: int) -> str:
    """Where the events of a replay wait: the webhook's own event of this number asked for it."""
    return f"{WAITS}{stream}{AGAIN}r{number:010}"


def book_place(stream: str, number: int) -> str:
    """Where events of an object wait that are sent once more with the whole book: the webhook's own event of this
    number asked for it."""
    return f"{WAITS}{stream}{AGAIN}book{number:010}"


def late_place(stream: str, sequence: int) -> str:
    """Where an event waits that was set aside when it was delivered."""
    return f"{WAITS}{stream}{AGAIN}late{sequence:010}"


def changed_sender(webhook: Webhook, change: WebhookChange, event: Event) -> Item | None:
    """The Update by which a command has the sender try now, send the book once more, or forget the webhook.

    A turn that is on its way sees that something was noted, and looks again before it ends.
    """
    sets, removes, adds = ["v = :v"], [], ["noted :one"]
    values: Item = {":v": WEBHOOK_SENDER.mark, ":one": codec.number(1)}
    if webhook.status is WebhookStatus.CLOSED:
        removes += ["queue", "due", *BOOK]
        adds.append("wakes :one")
    elif change.wakes:
        sets += ["queue = :queue", "due = :now", "woken_at = :now"]
        removes += ["retry_at", "failing_since", "failures"]
        adds.append("wakes :one")
        values |= {":queue": codec.text(QUEUE), ":now": codec.instant(event.processed_at)}
    if change.book_again is not None:
        sets += [f"{column} = :{column}" for column in BOOK]
        values |= book_values(change.book_again._replace(number=event.sequence))
    if len(sets) == 1 and not removes:
        return None
    parts = (("SET", sets), ("REMOVE", removes), ("ADD", adds))
    return {
        "Key": key(webhook.id, SENDER),
        "UpdateExpression": " ".join(f"{verb} {', '.join(part)}" for verb, part in parts if part),
        "ExpressionAttributeValues": values,
    }


def book_values(book: BookReplay) -> Item:
    numbers = zip(BOOK, (book.next, book.last, book.number), strict=True)
    return {f":{column}": codec.number(number) for column, number in numbers}


def read_book(item: Item) -> BookReplay | None:
    if BOOK[0] not in item:
        return None
    next, last, number = (int(item[column]["N"]) for column in BOOK)
    return BookReplay(next, last, number)


def list_key(feed: Feed) -> Item:
    """Where the webhooks of a partner are listed."""
    return key(f"feed#{feed.mode}#{feed.partner}", LIST)


def list_place(table: str, feed: Feed) -> Place:
    return table, list_key(feed)


def read_list(item: Item | None) -> Mapping[str, Taker]:
    if item is None:
        return {}
    hooks = WEBHOOK_LIST.current(item)["hooks"]["M"]
    return {id: _read_taker(held["M"]) for id, held in sorted(hooks.items())}


def _read_taker(held: Item) -> Taker:
    types = [each for each in held["types"]["SS"] if each != EVERY_TYPE]
    return Taker(types, codec.read_instant(held["since"]))


def list_columns(listed: Mapping[str, Taker]) -> Item:
    hooks = {
        id: {
            "M": {
                "types": {"SS": sorted(set(taker.types)) or [EVERY_TYPE]},
                "since": codec.instant(taker.since),
            }
        }
        for id, taker in listed.items()
    }
    return {"v": WEBHOOK_LIST.mark, "hooks": {"M": hooks}}


def write_secrets(secrets: Sequence[SealedSecret]) -> Item:
    return {"L": [{"M": _secret(each)} for each in secrets]}


def _secret(secret: SealedSecret) -> Item:
    held: Item = {"key": codec.binary(secret.key), "sealed": codec.binary(secret.sealed)}
    return held | ({"until": codec.instant(secret.until)} if secret.until else {})


def read_secrets(column: Item) -> Sequence[SealedSecret]:
    return [
        SealedSecret(
            each["M"]["key"]["B"],
            each["M"]["sealed"]["B"],
            codec.read_instant(each["M"]["until"]) if "until" in each["M"] else None,
        )
        for each in column["L"]
    ]


def instant_of(item: Item, column: str) -> datetime | None:
    return codec.read_instant(item[column]) if column in item else None
