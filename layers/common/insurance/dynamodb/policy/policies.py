"""Policies as they are issued: each is its first event, and its number stands in the policies' table."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.errors import QuoteAlreadyIssued, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import PartyId, party_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.policy.people import customers_on
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    ERASED_AT,
    FORMER,
    holder_columns,
    marking,
    naming,
    wrapped_column,
    wrapped_in,
)
from insurance.dynamodb.controls.stops import stops_key, stops_of
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.numbers import give_number
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.quoting.quotes import loaded_quote, quote_changes, unchanged
from insurance.dynamodb.streams import stream_items
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, transact, update
from insurance.operations.command import Command
from insurance.operations.parties.ports import Keys
from insurance.operations.policy.ports import QuoteEvent, QuoteToIssue, TransferContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBPolicies:
    """The port `Policies` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        reader: PolicyReader,
        idempotency: IdempotencyRecords,
        keys: Keys,
    ) -> None:
        self._client = client
        self._reader = reader
        self._tables = tables
        self._quotes_table = tables.quotes
        self._policies_table = tables.policies
        self._events_table = tables.events
        self._parties_table = tables.parties
        self._idempotency = idempotency
        self._keys = keys

    def load_quote(self, quote_id: str, command: Command) -> QuoteToIssue:
        mode, idempotency = command.caller.mode, command.idempotency
        wanted = [
            (self._quotes_table, {"id": codec.text(quote_id)}),
            self._idempotency.key(idempotency),
            stops_key(self._tables, mode),
        ]
        *found, stops = load(self._client, wanted)
        quote = loaded_quote(
            quote_id, found, records=self._idempotency, keys=self._keys, idempotency=idempotency
        )
        return QuoteToIssue(quote, stops_of(mode, stops).record)

    def issue(
        self,
        event: Event,
        policy: Policy,
        *,
        bound: QuoteEvent,
        ending: TransferContext | None = None,
        account: Event | None = None,
        command: Command,
    ) -> None:
        key = bound.before.key
        if key is None:
            raise ValueError("a quote that was erased cannot be issued")

        def issued(_item: Item | None) -> Exception:
            return QuoteAlreadyIssued(policy.quote_id, policy.id)

        def erased(_item: Item | None) -> Exception:
            """The party was erased after the read: decided again, the issue is refused."""
            return StaleRevision(policy.quote_id)

        opened = (
            aggregates.moved(self._tables.billing, self._events_table, account, None, erased)
            if account
            else []
        )
        number = policy.number.text if policy.number else policy.id
        known = (ending.former if ending else None) or {}
        customers = {id: known[id] for id in customers_on(policy) if id in known}
        others = wrapped_column(customers)
        keys = update(
            self._parties_table,
            {"id": codec.text(party_id_for(policy.id))},
            holder_columns(bound.after.party_id, key) | ({FORMER: {"M": others}} if others else {}),
            erased,
            condition=f"attribute_not_exists({ERASED_AT})",
        )
        transact(
            self._client,
            [
                give_number(self._policies_table, number, policy.id),
                *quote_changes(
                    bound.event,
                    bound.after,
                    before=bound.before,
                    quotes_table=self._quotes_table,
                    events_table=self._events_table,
                    others=others,
                ),
                keys,
                *([unchanged(self._tables, ending.policy, policy.quote_id)] if ending else []),
                *(
                    write
                    for party_id in customers
                    for write in self._named(policy, party_id, command)
                ),
                aggregates.append(self._events_table, event, taken=issued),
                *opened,
                self._idempotency.keep(command.idempotency, about=policy.party, key=key),
            ],
        )

    def _named(self, policy: Policy, party_id: PartyId, command: Command) -> list[Write]:
        """What is written of a customer of whom the next term has data too, if they still have their key."""
        at = command.idempotency.received_at
        named = naming(self._parties_table, party_id, policy.id, at=at)
        return [
            Write(named.action, named.request, lambda _item: StaleRevision(policy.quote_id)),
            marking(self._quotes_table, policy.id, party_id),
        ]

    def ending(self, policy_id: str) -> TransferContext:
        items = load(self._client, self._reader.wants(policy_id))
        return TransferContext(self._reader.read(policy_id, items), wrapped_in(items[-1]))

    def get(self, policy_id: str) -> Stored[Policy]:
        return self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        return self._reader.as_known(self._client, policy_id, known_at)

    def events(self, policy_id: str, *, after: int, limit: int) -> Sequence[Event]:
        items = stream_items(self._client, self._events_table, policy_id, after=after, limit=limit)
        return [aggregates.read_event(item) for item in items]
