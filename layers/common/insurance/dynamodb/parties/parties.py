"""Parties in their table: the key that seals their personal data, until it is destroyed."""

from typing import TYPE_CHECKING

from insurance.domain.core.errors import AlreadyErased, PartyNotFound
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import quote_id_for
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.receipts import DynamoDBReceipts
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, load, transact, update
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBParties:
    """The port `Parties` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        receipts: DynamoDBReceipts,
    ) -> None:
        self._client = client
        self._parties_table = tables.parties
        self._quotes_table = tables.quotes
        self._events_table = tables.events
        self._receipts = receipts

    def load(self, party_id: str, command: Command) -> StreamPosition:
        """The position of the party's stream, which has no event before the erasure.

        Raises:
            PartyNotFound: Neither a quote nor a party has this id.
            AlreadyErased: The key is destroyed.
        """
        quote, party, earlier = load(
            self._client,
            [
                (self._quotes_table, {"id": codec.text(quote_id_for(party_id))}),
                (self._parties_table, {"id": codec.text(party_id)}),
                self._receipts.key(command.idempotency),
            ],
        )
        self._receipts.check(command.idempotency, earlier)
        if quote is None and party is None:
            raise PartyNotFound(party_id)
        if not any("key" in item for item in (quote, party) if item):
            raise AlreadyErased(f"party {party_id}")
        return StreamPosition()

    def erase(self, event: Event, *, party_id: str, command: Command) -> None:
        """Remove the key from the party and from the quote; without a policy it is with the quote only."""

        def erased(_item: Item | None) -> Exception:
            return AlreadyErased(f"party {party_id}")

        transact(
            self._client,
            [
                self._without_key(self._quotes_table, quote_id_for(party_id), event, erased),
                self._without_key(self._parties_table, party_id, event, erased),
                aggregates.append(self._events_table, event, taken=erased),
                self._receipts.keep(command.idempotency),
            ],
        )

    def _without_key(self, table: str, id: str, event: Event, refusal: Refusal) -> Write:
        return update(
            table,
            {"id": codec.text(id)},
            {"erased_at": codec.instant(event.processed_at)},
            refusal,
            condition="attribute_not_exists(erased_at)",
            removed=["key"],
        )
