"""Quotes in their table: one item each, which is also the idempotency record and the first event of its stream."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from insurance.domain.core.errors import KeyReused, NumberTaken, QuoteNotFound, StaleRevision
from insurance.domain.core.event import DestroyedKey, Event, StreamPosition
from insurance.domain.core.identity import mode_of, new_quote_id
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.quote.quote import Quote, QuoteStatus
from insurance.dynamodb import aggregates, codec, work_queue_index
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    ERASED_AT,
    ERASING,
    FORMER,
    ContractKeys,
    holder_columns,
    naming,
)
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import SOURCE_NUMBER
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, check, load, read, transact, update
from insurance.operations.command import Command
from insurance.operations.idempotency import AlreadyAnswered, Idempotency
from insurance.operations.quoting.ports import NOTHING_READ, QuoteBasis

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.domain.policy import Policy
    from insurance.operations.parties.ports import Keys

KEPT_AFTER_EXPIRY = timedelta(days=30)
"""A quote that came to nothing is deleted then; a bound one stays with its policy."""


class DynamoDBQuotes:
    """The port `Quotes` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
        keys: "Keys",
    ) -> None:
        self._client = client
        self._quotes_table = tables.quotes
        self._events_table = tables.events
        self._tables = tables
        self._idempotency = idempotency
        self._keys = keys

    def add(
        self,
        event: Event,
        quote: Quote,
        *,
        key: PartyKey,
        command: Command,
        basis: QuoteBasis = NOTHING_READ,
    ) -> None:
        idempotency = command.idempotency
        item = _quote_item(event, quote, key, idempotency) | {
            "request": codec.binary(idempotency.request_hash)
        }
        write = add(
            self._tables.quotes, item, lambda earlier: self._earlier(idempotency, earlier), key="id"
        )
        followed = (
            [unchanged(self._tables, basis.policy, basis.policy.record.id)] if basis.policy else []
        )
        reserved = [self._reserved(quote)] if quote.migration else []
        named = self._named(quote, key, basis, command)
        transact(self._client, [*named, *followed, *reserved, write])

    def _reserved(self, quote: Quote) -> Write:
        """The number of another system is one policy's; free again where that was reversed."""
        if quote.migration is None:
            raise ValueError(f"{quote.id} comes from no other system")
        number = quote.migration.number
        is_free = quote.status is QuoteStatus.REVERSED
        columns = {"v": SOURCE_NUMBER.mark}
        return update(
            self._tables.intake,
            {"id": codec.text(f"number#{mode_of(quote.id)}#{quote.migration.source}#{number}")},
            columns if is_free else columns | {"quote": codec.text(quote.id)},
            lambda _item: StaleRevision(quote.id) if is_free else NumberTaken(number),
            condition="attribute_not_exists(quote) OR quote = :mine",
            removed=["quote"] if is_free else (),
            mine=codec.text(quote.id),
        )

    def _named(
        self, quote: Quote, key: PartyKey, basis: QuoteBasis, command: Command
    ) -> list[Write]:
        """What is written of the party that the quote names."""
        if quote.party_id is None:
            return []
        registered = basis.registered
        if registered is None:
            at = command.idempotency.received_at
            return [naming(self._tables.parties, quote.party_id, quote.id, seen=basis.party, at=at)]
        from insurance.dynamodb.parties.party_items import party_write  # noqa: PLC0415 - once a party

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(registered.stream)

        return [
            party_write(self._tables, registered, before=StreamPosition(), key=key),
            aggregates.append(self._tables.events, registered, taken=stale),
        ]

    def find_replay(self, command: Command, *, quote_id: str | None = None) -> None:
        """Look for the quote that this call made before.

        `quote_id` is that of a renewal, which follows from its policy's.

        Raises:
            AlreadyAnswered: The quote is there.
            KeyReused: It was made by another request.
        """
        if quote_id is None:
            caller, key = command.caller, command.idempotency.key
            quote_id = new_quote_id(caller.mode, caller.principal, key)
        [item] = load(self._client, [(self._quotes_table, {"id": codec.text(quote_id)})])
        if item is not None:
            raise self._earlier(command.idempotency, item)

    def get(self, quote_id: str) -> Stored[Quote]:
        item = read(self._client, self._quotes_table, {"id": codec.text(quote_id)})
        return self._read(quote_id, item)

    def load(self, quote_id: str, command: Command) -> Stored[Quote]:
        return load_quote(
            self._client,
            self._quotes_table,
            quote_id,
            records=self._idempotency,
            keys=self._keys,
            idempotency=command.idempotency,
        )

    def change(
        self, event: Event, quote: Quote, *, before: Stored[Quote], command: Command
    ) -> None:
        writes = quote_changes(
            event,
            quote,
            before=before,
            quotes_table=self._quotes_table,
            events_table=self._events_table,
        )
        if quote.status is QuoteStatus.REVERSED:
            writes.append(self._reserved(quote))
        answer = self._idempotency.keep(command.idempotency, about=quote.party, key=before.key)
        transact(self._client, [*writes, answer])

    def _read(self, quote_id: str, item: Item | None) -> Stored[Quote]:
        if item is None:
            raise QuoteNotFound(quote_id)
        return aggregates.read_stored(Quote, item, ContractKeys(self._keys, quote_id, item))

    def _earlier(self, idempotency: Idempotency, item: Item | None) -> Exception:
        """The quote that this caller's key made before, answered as it was then."""
        if item is None:
            raise ValueError("the condition fails only where a quote stands")
        if item["request"]["B"] != idempotency.request_hash:
            return KeyReused()
        quote_id = item["id"]["S"]
        if int(item["revision"]["N"]) > 1:
            key = {"stream": codec.text(quote_id), "sequence": codec.number(1)}
            [first] = load(self._client, [(self._events_table, key)])
            if first is None:
                raise ValueError(f"the first event of {quote_id} is missing")
            as_made = {name: item[name] for name in ("id", "key", "party") if name in item}
            item = first | as_made | {"revision": first["sequence"]}
        answer = idempotency.record(self._read(quote_id, item)).answer
        if answer is None:
            raise ValueError("a record that was answered has an answer")
        return AlreadyAnswered(answer)


def load_quote(
    client: "DynamoDBClient",
    table: str,
    quote_id: str,
    *,
    records: IdempotencyRecords,
    keys: "Keys",
    idempotency: Idempotency,
) -> Stored[Quote]:
    """The quote, in one read with the idempotency record of a command that starts from it.

    Raises:
        QuoteNotFound: There is no such quote.
    """
    found = load(client, [(table, {"id": codec.text(quote_id)}), records.key(idempotency)])
    return loaded_quote(quote_id, found, records=records, keys=keys, idempotency=idempotency)


def loaded_quote(
    quote_id: str,
    found: Sequence[Item | None],
    *,
    records: IdempotencyRecords,
    keys: "Keys",
    idempotency: Idempotency,
) -> Stored[Quote]:
    """The quote that was read together with the idempotency record of a command that starts from it.

    Raises:
        QuoteNotFound: There is no such quote.
    """
    item, earlier = found
    contract = ContractKeys(keys, quote_id, item)
    records.check(idempotency, earlier, contract)
    if item is None:
        raise QuoteNotFound(quote_id)
    return aggregates.read_stored(Quote, item, contract)


def unchanged(tables: Tables, policy: "Stored[Policy]", about: str) -> Write:
    """The check that the policy that a renewal follows stands as it was read; `about`: what is stale otherwise."""
    seen, condition = policy.head.sequence, "#revision = :seen"
    if seen == 1:  # the policy has no item until its first change
        condition = f"attribute_not_exists(id) OR {condition}"
    return check(
        tables.policies,
        {"id": codec.text(policy.record.id)},
        lambda _item: StaleRevision(about),
        condition=condition,
        names={"#revision": "revision"},
        seen=codec.number(seen),
    )


def quote_changes(
    event: Event,
    quote: Quote,
    *,
    before: Stored[Quote],
    quotes_table: str,
    events_table: str,
    others: Item | None = None,
) -> list[Write]:
    """The writes that move a quote on: its item and its event, and its first event too, if only
    the item had that one so far; `others`: the column with the keys of others on the contract."""
    if before.key is None:
        raise ValueError("a quote that was erased cannot change")

    def stale(_item: Item | None) -> Exception:
        return StaleRevision(quote.id)

    bound = quote.status is QuoteStatus.BOUND
    waiting = _waiting(quote)
    columns = aggregates.head_columns(event.head) | aggregates.body_columns(event) | waiting
    columns |= {FORMER: {"M": others}} if others else {}
    move = update(
        quotes_table,
        {"id": codec.text(quote.id)},
        columns,
        stale,
        condition=f"{aggregates.AT_REVISION} AND attribute_not_exists({ERASED_AT})"
        f" AND attribute_not_exists({ERASING})",
        removed=[
            *(["expires_at"] if bound else []),
            *(() if waiting else (work_queue_index.QUEUE, work_queue_index.WAITS)),
        ],
        seen=codec.number(before.head.sequence),
    )
    events = [_first_event(before), event] if before.head.sequence == 1 else [event]
    return [move, *(aggregates.append(events_table, each, taken=stale) for each in events)]


def _first_event(before: Stored[Quote]) -> Event:
    """The event that only the quote's item had so far: as it was hashed, whichever release wrote it."""
    made = before.record.made(before.key or DestroyedKey())
    if made.hash != before.head.hash and before.body is not None:
        facts, sealed = before.body
        as_hashed = {"stored_facts": facts, "sealed": sealed, "hash": before.head.hash}
        made = made.model_copy(update=as_hashed)
    if made.digest() != before.head.hash:
        raise ValueError(f"the first event of {made.stream} cannot be made again")
    return made


def _quote_item(event: Event, quote: Quote, key: PartyKey, idempotency: Idempotency) -> Item:
    # A caller that lives in the past (test mode) keeps its quotes as long as any other.
    ends = max(quote.valid_until, idempotency.received_at) + KEPT_AFTER_EXPIRY
    return {
        "id": codec.text(quote.id),
        **aggregates.head_columns(event.head),
        **aggregates.body_columns(event),
        "expires_at": codec.epoch_seconds(ends),
        **holder_columns(quote.party_id, key),
        **_waiting(quote),
    }


def _waiting(quote: Quote) -> Item:
    """Its place in the work list of the role that must decide its referral, from the start."""
    role = quote.waits_for
    return work_queue_index.waiting_columns(quote.id, role, quote.created_at) if role else {}
