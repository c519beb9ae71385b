"""The copies of a party's key that its contracts carry, and the contracts that the index lists."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.identity import PartyId, QuoteId, party_id_for
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import (
    ERASED_AT,
    ERASING,
    FORMER,
    KEY,
    PARTY,
    is_former_mark,
    marked_contract,
)
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, query, remove_path, transact, update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LISTED_AT_ONCE = 100


class DynamoDBKeyCopies:
    """The port `KeyCopies` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def contracts(
        self, party_id: PartyId, *, after: str = "", limit: int = LISTED_AT_ONCE
    ) -> list[QuoteId]:
        """The quotes that name the party, in the order of their ids. A new one is listed a moment later."""
        items = query(
            self._client,
            consistent=False,
            TableName=self._tables.quotes,
            IndexName=PARTY,
            KeyConditionExpression=f"{PARTY} = :party AND id > :after",
            ExpressionAttributeValues={
                ":party": codec.text(party_id),
                ":after": codec.text(after or "!"),
            },
            Limit=limit,
        )
        return [item["id"]["S"] for item in items]

    def every_contract(self, party_id: PartyId) -> Iterator[QuoteId]:
        """All of `contracts`, page by page."""
        page = self.contracts(party_id)
        while page:
            yield from page
            page = self.contracts(party_id, after=page[-1])

    def remove_copies(self, party_id: PartyId, erased_at: datetime) -> None:
        for quote_id in self.every_contract(party_id):
            for write in self.removals(party_id, [quote_id], erased_at, _HeldByOther):
                with suppress(_HeldByOther):
                    transact(self._client, [write])

    def removals(
        self, party_id: PartyId, quotes: Sequence[QuoteId], erased_at: datetime, refusal: Refusal
    ) -> list[Write]:
        """Two writes a contract, which remove the party's key from its quote and from its keys. They are
        refused where another party holds the contract by now."""
        writes = []
        for listed in quotes:
            if is_former_mark(listed):
                writes += self._former_removals(party_id, marked_contract(listed), refusal)
            else:
                writes += self._holder_removals(party_id, listed, erased_at, refusal)
        return writes

    def _former_removals(
        self, party_id: PartyId, quote_id: QuoteId, refusal: Refusal
    ) -> list[Write]:
        """The same of a contract that the party held before: its present holder's key stays."""
        return [
            remove_path(table, {"id": codec.text(id)}, (FORMER, party_id), refusal)
            for table, id in (
                (self._tables.quotes, quote_id),
                (self._tables.parties, party_id_for(quote_id)),
            )
        ]

    def _holder_removals(
        self, party_id: PartyId, quote_id: QuoteId, erased_at: datetime, refusal: Refusal
    ) -> list[Write]:
        at, holder = {ERASED_AT: codec.instant(erased_at)}, codec.text(party_id)
        on_quote = update(
            self._tables.quotes,
            {"id": codec.text(quote_id)},
            at,
            refusal,
            condition=f"{PARTY} = :holder",
            removed=[KEY, ERASING],
            holder=holder,
        )
        on_keys = update(
            self._tables.parties,
            {"id": codec.text(party_id_for(quote_id))},
            at | {PARTY: holder},
            refusal,
            condition=f"attribute_not_exists({PARTY}) OR {PARTY} = :holder",
            removed=[KEY, ERASING],
            holder=holder,
        )
        return [on_quote, on_keys]


class _HeldByOther(Exception):
    """Another party holds the contract by now."""

    def __init__(self, _item: Item | None) -> None:
        super().__init__("held by another party")
