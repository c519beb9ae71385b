"""The fence around a party that is being erased: no command opens its key, until it is gone or kept.

An erasure must look at every contract of a party, and a transaction holds a hundred checks. Where there
are more, the party and its contracts are marked first. From then on every command that reads one of them
is refused as if the erasure were done, so what is checked after that stays as it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import batched
from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.identity import PartyId, QuoteId, party_id_for, policy_id_for
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.dynamodb import codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import ERASING
from insurance.dynamodb.kinds import ERASED_FOR
from insurance.dynamodb.parties.party_contracts import UnchangedContracts
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Refusal, Write, load, mark, transact, unmark

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WRITES_AT_ONCE = 100
"""What DynamoDB takes in one transaction."""


class ErasureFence:
    """Puts the fence, checks behind it, and takes it away again. Each is safe to repeat."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables
        self._unchanged = UnchangedContracts(client, tables)

    def checks(
        self, contracts: Sequence[ContractRecords], party_ids: Sequence[PartyId]
    ) -> list[Write]:
        """The checks that these contracts stand as they were read, for the erasure of these parties."""
        return [
            check
            for contract in contracts
            for check in self._unchanged.checks(contract, party_ids, _moved_on(party_ids[0]))
        ]

    def put(self, party_ids: Sequence[PartyId], contracts: Sequence[ContractRecords]) -> None:
        """Put the fence around the parties first, so that no contract comes, and then around those of
        the contracts that they hold.

        Raises:
            StaleRevision: One of the contracts has another holder by now, or another erasure is at it.
        """
        for party_id in party_ids:
            key: Item = {"id": codec.text(party_id)}
            with suppress(_NotThere):  # a quote stands alone: no contract can name its party
                transact(self._client, [self._marked(self._tables.parties, key, party_id)])
        writes = [
            self._marked(table, key, contract.quote.record.party)
            for contract in contracts
            if contract.quote.record.party in party_ids
            for table, key in self._marked_items(contract)
        ]
        for some in batched(_once(writes), WRITES_AT_ONCE, strict=False):
            transact(self._client, some)

    def check(self, contracts: Sequence[ContractRecords], party_ids: Sequence[PartyId]) -> None:
        """Check that these contracts stand as they were read.

        Raises:
            StaleRevision: One of them has changed since.
        """
        for some in batched(self.checks(contracts, party_ids), WRITES_AT_ONCE, strict=False):
            transact(self._client, some)

    def take_away(self, party_ids: Sequence[PartyId], quotes: Iterator[QuoteId]) -> None:
        """Let commands at the contracts of these parties again; the parties come last. It does nothing
        where no fence stands."""
        own: list[tuple[str, Item]] = [
            (self._tables.parties, {"id": codec.text(party_id)}) for party_id in party_ids
        ]
        if not any(item and ERASING in item for item in load(self._client, own)):
            return
        contracts = list[tuple[str, Item]]()
        for quote_id in quotes:
            self._release(quote_id, party_ids)
            contracts += [*self._items(quote_id), *self._lists(quote_id)]
        for table, key in [*contracts, *own]:
            for party_id in party_ids:
                with suppress(_NotMarked):
                    value = codec.text(party_id)
                    transact(self._client, [unmark(table, key, ERASING, value, _NotMarked)])

    def _release(self, quote_id: QuoteId, party_ids: Sequence[PartyId]) -> None:
        """Let commands write again what of a contract was checked for the erasure of these parties."""
        places = [*self._unchanged.places(quote_id), *self._lists(quote_id)]
        for (table, key), item in zip(places, load(self._client, places), strict=True):
            for party_id in (
                {*item[ERASED_FOR]["SS"]} & {*party_ids} if item and ERASED_FOR in item else ()
            ):
                with suppress(_NotMarked):
                    transact(self._client, [_released(table, key, party_id)])

    def _marked(self, table: str, key: Item, party_id: PartyId) -> Write:
        def refused(item: Item | None) -> Exception:
            return StaleRevision(party_id) if item else _NotThere()

        return mark(table, key, ERASING, codec.text(party_id), refused)

    def _marked_items(self, contract: ContractRecords) -> list[tuple[str, Item]]:
        """Where the keys of a contract stand; beside the parties from its issue on, which the mark of the
        quote keeps from happening."""
        on_quote, on_keys = self._items(contract.quote.record.id)
        return [on_quote, on_keys] if contract.policy else [on_quote]

    def _items(self, quote_id: QuoteId) -> list[tuple[str, Item]]:
        """Where the keys of a contract stand."""
        return [
            (self._tables.quotes, {"id": codec.text(quote_id)}),
            (self._tables.parties, {"id": codec.text(party_id_for(quote_id))}),
        ]

    def _lists(self, quote_id: QuoteId) -> list[tuple[str, Item]]:
        """Where the claims and the complaints of a contract are listed."""
        return [
            (self._tables.claims, {"id": codec.text(policy_id_for(quote_id))}),
            (self._tables.complaints, {"id": codec.text(quote_id)}),
        ]


def _once(writes: Sequence[Write]) -> list[Write]:
    """A transaction writes an item once."""
    return list(
        {
            (write.request["TableName"], write.request["Key"]["id"]["S"]): write for write in writes
        }.values()
    )


def _moved_on(stream: str) -> Refusal:
    """The party, or one of its contracts, has changed since it was read."""
    return lambda _item: StaleRevision(stream)


def _released(table: str, key: Item, party_id: PartyId) -> Write:
    """The Update that takes a party out of those for whose erasure an aggregate was checked."""
    request = {
        "TableName": table,
        "Key": key,
        "UpdateExpression": "DELETE #parties :parties",
        "ConditionExpression": "contains(#parties, :party)",
        "ExpressionAttributeNames": {"#parties": ERASED_FOR},
        "ExpressionAttributeValues": {":parties": {"SS": [party_id]}, ":party": {"S": party_id}},
    }
    return Write("Update", request, _NotMarked)


class _NotThere(Exception):
    """There is no item to be marked."""


class _NotMarked(Exception):
    """No fence of this party stands there."""

    def __init__(self, _item: Item | None) -> None:
        super().__init__("not marked")
