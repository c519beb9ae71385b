"""How an aggregate and its stream are written: an item is its last event, with a few columns in front."""

from collections.abc import Callable
from typing import Any, NamedTuple

from insurance.domain.core.classification import JsonObject, Record
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import PartyId, mode_of
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.posting import Posting
from insurance.domain.core.sealed_apart import open_apart
from insurance.domain.core.stored import PartyKey, Stored
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import RecordKeys, party_in
from insurance.dynamodb.kinds import AGGREGATE, ERASED_FOR, EVENT
from insurance.dynamodb.transaction import Refusal, Write, add, put

AT_REVISION = "revision = :seen"


def as_read(before: Stored[Any], party_id: PartyId | None) -> tuple[str, Item]:
    """The condition that an aggregate stands as a command has read it, and its values: it is at that revision, and
    the party's key, with which the command seals it, was not destroyed since. `party_id`: None where it is nobody's."""
    values: Item = {"seen": codec.number(before.head.sequence)}
    if before.key is None or party_id is None:
        return AT_REVISION, values
    unerased = f"(attribute_not_exists({ERASED_FOR}) OR NOT contains({ERASED_FOR}, :party))"
    return f"{AT_REVISION} AND {unerased}", values | {"party": codec.text(party_id)}


def head_columns(head: StreamPosition) -> Item:
    """Where the aggregate's stream stands: what the next write is conditional on."""
    if head.processed_at is None:
        raise ValueError("a stored aggregate has an event")
    return {
        "v": AGGREGATE.mark,
        "revision": codec.number(head.sequence),
        "hash": codec.binary(head.hash),
        "at": codec.instant(head.processed_at),
    }


def body_columns(event: Event) -> Item:
    """The aggregate as the event left it."""
    facts = event.facts if event.stored_facts is None else event.stored_facts
    return {"body": codec.binary(codec.pack(facts))} | (
        {"sealed": codec.binary(event.sealed)} if event.sealed else {}
    )


def read_head(item: Item, *, is_understood: bool = True) -> StreamPosition:
    """Where the stream of an aggregate stands; `is_understood`: as its body was opened."""
    return _position(AGGREGATE.current(item), "revision", is_understood=is_understood)


def read_event_head(item: Item, *, is_understood: bool = True) -> StreamPosition:
    """Where the stream of an event stands with it."""
    return _position(EVENT.current(item), "sequence", is_understood=is_understood)


def _position(item: Item, number: str, *, is_understood: bool) -> StreamPosition:
    return StreamPosition(
        sequence=int(item[number]["N"]),
        hash=item["hash"]["B"],
        processed_at=codec.read_instant(item["at"]),
        is_understood=is_understood,
    )


def _current(item: Item) -> Item:
    """An event, or an aggregate with its last one, as this release knows it."""
    return EVENT.current(item) if "sequence" in item else AGGREGATE.current(item)


class Opened[R: Record](NamedTuple):
    """The value of a stored body."""

    record: R
    key: PartyKey | None
    """Of its party."""
    is_understood: bool
    """Whether the value says all that is stored (`Record.read`)."""
    body: tuple[JsonObject, bytes]
    """The open facts as they are stored, and the sealed ones."""


def opened[R: Record](kind: type[R], item: Item, keys: RecordKeys | None, about: str) -> Opened[R]:
    """The value of a body, with the key of its party; without it the personal fields stay empty."""
    item = _current(item)
    stored = codec.unpack(item["body"]["B"])
    facts = kind.VERSIONS.current(stored, kind.__name__.lower())
    key = keys.of(party_in(facts, about)) if keys else None
    personal = {}
    if keys is not None and key is not None and "sealed" in item:
        personal = open_apart(key.unseal(item["sealed"]["B"], about), about, keys.of)
    if keys is not None and keys.book and issubclass(kind, PartyRecord) and kind.FOLLOWS_POLICY:
        facts = {**facts, "partner": keys.book}
    record, is_understood = kind.read(facts, personal)
    sealed = item["sealed"]["B"] if "sealed" in item else b""
    return Opened(record, key, is_understood, (stored, sealed))


def open_fields[R: Record](kind: type[R], item: Item) -> R:
    """The value of a body without its personal fields."""
    return kind.merge_personal(codec.unpack(_current(item)["body"]["B"]), {})


def read_record[R: Record](kind: type[R], item: Item, keys: RecordKeys | None, about: str) -> R:
    """As `opened`, the value alone."""
    return opened(kind, item, keys, about).record


def append(table: str, event: Event, *, taken: Callable[[Item | None], Exception]) -> Write:
    """The write that adds an event to its stream, refused when its number is taken."""
    return add(table, event_item(event), taken, key="stream")


def moved(
    table: str,
    events_table: str,
    event: Event,
    before: Stored[Any] | None,
    stale: Refusal,
    columns: Item | None = None,
) -> list[Write]:
    """The writes of the item as the event leaves it, and of the event.

    `columns` are those that the table's indexes and other functions read. Without `before` the item
    is new. Where another command wrote first, the writes are refused as `stale`.
    """
    item = {
        "id": codec.text(event.stream),
        **head_columns(event.head),
        **body_columns(event),
        **(columns or {}),
    }
    if before is None:
        write = add(table, item, stale, key="id")
    else:
        record = before.record
        party_id = record.party if isinstance(record, PartyRecord) else None
        condition, values = as_read(before, party_id)
        write = put(table, item, stale, condition=condition, **values)
    return [write, append(events_table, event, taken=stale)]


def event_item(event: Event) -> Item:
    item: Item = {
        "stream": codec.text(event.stream),
        "sequence": codec.number(event.sequence),
        "v": EVENT.mark,
        "type": codec.text(event.type),
        "actor": codec.text(event.actor),
        "at": codec.instant(event.processed_at),
        "hash": codec.binary(event.hash),
        "previous": codec.binary(event.previous_hash),
    } | body_columns(event)
    if event.effective_at != event.processed_at:
        item["effective"] = codec.instant(event.effective_at)
    if event.postings:
        item["postings"] = codec.binary(pack_postings(event.postings))
    return item


def pack_postings(postings: tuple[Posting, ...]) -> bytes:
    return codec.pack({"postings": [posting.model_dump(mode="json") for posting in postings]})


def read_event(item: Item, *, as_stored: bool = False) -> Event:
    """An event, its facts in the version that this release knows, or as they were stored and hashed.

    Raises:
        WrittenByNewerRelease: A newer release wrote it, and this one cannot tell what it says.
    """
    item = EVENT.current(item)
    stored = codec.unpack(item["body"]["B"])
    facts = stored if as_stored else _current_facts(item["type"]["S"], stored)
    at = codec.read_instant(item["at"])
    stream = item["stream"]["S"]
    return Event(
        stream=stream,
        sequence=int(item["sequence"]["N"]),
        type=item["type"]["S"],
        actor=item["actor"]["S"],
        mode=mode_of(stream),
        effective_at=codec.read_instant(item["effective"]) if "effective" in item else at,
        processed_at=at,
        facts=facts,
        stored_facts=None if facts is stored else stored,
        sealed=item["sealed"]["B"] if "sealed" in item else b"",
        postings=read_postings(item),
        previous_hash=item["previous"]["B"],
        hash=item["hash"]["B"],
    )


def _current_facts(type: str, stored: JsonObject) -> JsonObject:
    # The catalogue knows every area of the domain, and few functions read events.
    from insurance.domain.events.catalogue import CATALOGUE  # noqa: PLC0415

    if type not in CATALOGUE:
        raise WrittenByNewerRelease(f"event {type}")
    schema = CATALOGUE[type].schema
    return schema.VERSIONS.current(stored, schema.__name__.lower())


def read_postings(item: Item) -> tuple[Posting, ...]:
    """The postings of an event, or of its entry in the journal. They are never understood in part.

    Raises:
        WrittenByNewerRelease: They say more than this release knows.
    """
    if "postings" not in item:
        return ()
    packed: dict[str, Any] = codec.unpack(item["postings"]["B"])
    return tuple(codec.read_value(Posting, posting) for posting in packed["postings"])


def read_stored[R: Record](kind: type[R], item: Item, keys: RecordKeys | None) -> Stored[R]:
    """A stored aggregate whose item carries its body."""
    return stored_as(opened(kind, item, keys, item["id"]["S"]), item)


def stored_as[R: Record](opened: Opened[R], header: Item) -> Stored[R]:
    """A stored aggregate whose stream stands as the header says."""
    head = read_head(header, is_understood=opened.is_understood)
    return Stored(opened.record, head, opened.key, opened.body)
