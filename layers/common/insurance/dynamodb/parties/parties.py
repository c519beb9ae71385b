"""Parties in their table: the key that seals their personal data, until it is destroyed."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.errors import AlreadyErased, PartyNotFound, StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import party_id_for, quote_id_for
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    ERASED_AT,
    FORMER,
    KEY,
    PARTY,
    former_mark,
    is_former_mark,
)
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import (
    Refusal,
    Write,
    load,
    query,
    remove_path,
    transact,
    update,
)
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


COPIES_AT_ONCE = 40
"""Contracts whose copies of a key are removed in one transaction: two writes each, and some beside them."""


class DynamoDBKeyCopies:
    """The port `KeyCopies` on DynamoDB: the copies of parties' keys that stand with contracts."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._parties_table = tables.parties
        self._quotes_table = tables.quotes

    def contracts(self, party_id: str, *, after: str = "") -> list[str]:
        """The quotes that name the party, in the order of their ids. A new one is listed a moment later."""
        items = query(
            self._client,
            consistent=False,
            TableName=self._quotes_table,
            IndexName=PARTY,
            KeyConditionExpression="party = :party AND id > :after",
            ExpressionAttributeValues={
                ":party": codec.text(party_id),
                ":after": codec.text(after or "!"),
            },
            Limit=COPIES_AT_ONCE,
        )
        return [item["id"]["S"] for item in items]

    def remove_copies(self, party_id: str, erased_at: datetime) -> None:
        quotes = self.contracts(party_id)
        while quotes:
            for write in self.removals(party_id, quotes, erased_at, _HeldByOther):
                with suppress(_HeldByOther):
                    transact(self._client, [write])
            quotes = self.contracts(party_id, after=quotes[-1])

    def removals(
        self, party_id: str, quotes: Sequence[str], erased_at: datetime, refusal: Refusal
    ) -> list[Write]:
        """The writes that remove the party's key from these contracts: from the quote and from the
        contract's keys. They are refused where another party holds the contract by now."""
        at = {ERASED_AT: codec.instant(erased_at)}
        holder = codec.text(party_id)
        held = [quote_id for quote_id in quotes if not is_former_mark(quote_id)]
        return [
            *(
                write
                for mark in filter(is_former_mark, quotes)
                for write in self._former_removals(party_id, mark, refusal)
            ),
            *(
                write
                for quote_id in held
                for write in self._holder_removals(quote_id, at, holder, refusal)
            ),
        ]

    def _former_removals(self, party_id: str, mark: str, refusal: Refusal) -> list[Write]:
        """The same of a contract that the party held before: its present holder's key stays."""
        quote_id = mark.partition("#")[0]
        return [
            remove_path(table, {"id": codec.text(id)}, (FORMER, party_id), refusal)
            for table, id in (
                (self._quotes_table, quote_id),
                (self._parties_table, party_id_for(quote_id)),
            )
        ]

    def _holder_removals(
        self, quote_id: str, at: Item, holder: dict[str, str], refusal: Refusal
    ) -> list[Write]:
        return [
            update(
                self._quotes_table,
                {"id": codec.text(quote_id)},
                at,
                refusal,
                condition=f"{PARTY} = :holder",
                removed=[KEY],
                holder=holder,
            ),
            update(
                self._parties_table,
                {"id": codec.text(party_id_for(quote_id))},
                at,
                refusal,
                condition=f"attribute_not_exists({PARTY}) OR {PARTY} = :holder",
                removed=[KEY],
                holder=holder,
            ),
        ]


class _HeldByOther(Exception):
    """Another party holds the contract by now."""

    def __init__(self, _item: Item | None) -> None:
        super().__init__("held by another party")


class DynamoDBParties:
    """The port `Parties` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._copies = DynamoDBKeyCopies(client, tables)
        self._parties_table = tables.parties
        self._quotes_table = tables.quotes
        self._events_table = tables.events
        self._idempotency = idempotency

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
                self._idempotency.key(command.idempotency),
            ],
        )
        self._idempotency.check(command.idempotency, earlier)
        if quote is None and party is None:
            raise PartyNotFound(party_id)
        if not any(ERASED_AT not in item for item in (quote, party) if item):
            raise AlreadyErased(f"party {party_id}")
        return StreamPosition()

    def erase(self, event: Event, *, party_id: str, command: Command) -> None:
        """Remove the key from the party and from the quote; without a policy it is with the quote only.
        Contracts that name the party carry copies."""

        def erased(item: Item | None) -> Exception:
            """An item that another party holds by now was handed over after the index was read."""
            handed_over = item is not None and PARTY in item
            return StaleRevision(party_id) if handed_over else AlreadyErased(f"party {party_id}")

        def moved(_item: Item | None) -> Exception:
            return StaleRevision(party_id)

        quotes = self._copies.contracts(party_id)
        own: tuple[tuple[str, str], ...] = (
            (self._quotes_table, quote_id_for(party_id)),
            (self._parties_table, party_id),
        )
        if former_mark(party_id, party_id)["id"]["S"] in quotes:
            own = ()  # the contract whose id gives the party is another party's
        transact(
            self._client,
            [
                *self._copies.removals(party_id, quotes, event.processed_at, moved),
                *(self._without_key(table, id, event, erased) for table, id in own),
                aggregates.append(self._events_table, event, taken=erased),
                self._idempotency.keep(command.idempotency),
            ],
        )

    def _without_key(self, table: str, id: str, event: Event, refusal: Refusal) -> Write:
        return update(
            table,
            {"id": codec.text(id)},
            {ERASED_AT: codec.instant(event.processed_at)},
            refusal,
            condition=f"attribute_not_exists({ERASED_AT}) AND attribute_not_exists({PARTY})",
            removed=[KEY],
        )
