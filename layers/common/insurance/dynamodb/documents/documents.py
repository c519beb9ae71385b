"""The register of a policy's documents: a head, an item for each document, and a stream of events."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import (
    policy_id_for,
    register_id_for,
    renewal_quote_id_for,
)
from insurance.domain.core.stored import Stored
from insurance.domain.document import Document
from insurance.domain.policy import Policy
from insurance.domain.quote.quote import Quote
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import OnePartyKey
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import DOCUMENT
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.streams import stream_items
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, add, load, put, transact
from insurance.operations.command import Command
from insurance.operations.documents.ports import DocumentAlreadyMade, DocumentContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBDocuments:
    """The port `Documents` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        reader: PolicyReader,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._reader = reader
        self._quotes_table = tables.quotes
        self._documents_table = tables.documents
        self._events_table = tables.events
        self._idempotency = idempotency

    def load(self, policy_id: str, command: Command) -> DocumentContext:
        offer_id = renewal_quote_id_for(policy_id)
        earlier, offer, register, *items = load(
            self._client,
            [
                self._idempotency.key(command.idempotency),
                (self._quotes_table, {"id": codec.text(offer_id)}),
                self._item(register_id_for(policy_id)),
                *self._reader.wants(policy_id),
            ],
        )
        self._idempotency.check(
            command.idempotency, earlier, self._reader.keys(policy_id, items[-1])
        )
        policy = self._reader.read(policy_id, items)
        renewal = aggregates.read_record(Quote, offer, None, offer_id) if offer else None
        is_passed_on = bool(policy.record.former_holders)
        if renewal and is_passed_on and renewal.party != policy.record.party:
            offer_id = renewal_quote_id_for(policy_id, policy.record.party)
            [offer] = load(self._client, [(self._quotes_table, {"id": codec.text(offer_id)})])
            renewal = aggregates.read_record(Quote, offer, None, offer_id) if offer else None
        return DocumentContext(
            policy=policy,
            renewal=renewal,
            register=aggregates.read_head(register) if register else StreamPosition(),
        )

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        return self._reader.as_known(self._client, policy_id, known_at)

    def add(
        self, event: Event, document: Document, *, context: DocumentContext, command: Command
    ) -> None:
        def made(item: Item | None) -> Exception:
            if item is None:
                raise ValueError("the condition fails only where a document stands")
            policy = context.policy
            keys = OnePartyKey(policy.record.party, policy.key)
            item = DOCUMENT.current(item)
            return DocumentAlreadyMade(aggregates.read_record(Document, item, keys, event.stream))

        item = {
            "id": codec.text(document.id),
            "v": DOCUMENT.mark,
            **aggregates.body_columns(event),
        }
        transact(
            self._client,
            [
                self._head(event, context.register),
                aggregates.append(self._events_table, event, taken=_stale(event)),
                add(self._documents_table, item, made, key="id"),
                self._answer(context, command),
            ],
        )

    def answer(self, context: DocumentContext, command: Command) -> None:
        transact(self._client, [self._answer(context, command)])

    def get(self, policy_id: str, document_id: str) -> tuple[Stored[Policy], Document | None]:
        wanted = [self._item(document_id), *self._reader.wants(policy_id)]
        item, *items = load(self._client, wanted)
        policy = self._reader.read(policy_id, items)
        if item is None or policy_id_for(document_id) != policy_id:
            return policy, None
        stream = register_id_for(policy_id)
        keys = self._reader.keys(policy_id, items[-1])
        return policy, aggregates.read_record(Document, DOCUMENT.current(item), keys, stream)

    def register(self, policy_id: str) -> tuple[Stored[Policy], StreamPosition]:
        wanted = [self._item(register_id_for(policy_id)), *self._reader.wants(policy_id)]
        register, *items = load(self._client, wanted)
        head = aggregates.read_head(register) if register else StreamPosition()
        return self._reader.read(policy_id, items), head

    def registered(self, policy: Stored[Policy], *, after: int, limit: int) -> Sequence[Document]:
        stream = register_id_for(policy.record.id)
        keys = OnePartyKey(policy.record.party, policy.key)
        items = stream_items(self._client, self._events_table, stream, after=after, limit=limit)
        return [aggregates.read_record(Document, item, keys, stream) for item in items]

    def _item(self, id: str) -> tuple[str, Item]:
        return self._documents_table, {"id": codec.text(id)}

    def _head(self, event: Event, before: StreamPosition) -> Write:
        """Where the register stands after the event."""
        item = {"id": codec.text(event.stream), **aggregates.head_columns(event.head)}
        if before.sequence == 0:
            return add(self._documents_table, item, _stale(event), key="id")
        return put(
            self._documents_table,
            item,
            _stale(event),
            condition=aggregates.AT_REVISION,
            seen=codec.number(before.sequence),
        )

    def _answer(self, context: DocumentContext, command: Command) -> Write:
        return self._idempotency.keep(
            command.idempotency, about=context.policy.record.party_id, key=context.policy.key
        )


def _stale(event: Event) -> Refusal:
    return lambda _item: StaleRevision(event.stream)
