"""What the holders of contracts demand, beside the contracts' keys: where a command reads it for nothing."""

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from insurance.domain.core.identity import PartyId, PolicyId, party_id_for
from insurance.domain.party.demands import Demands
from insurance.domain.party.record import Party
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import DEMANDS, KEY, PARTY, is_former_mark
from insurance.dynamodb.parties.key_copies import DynamoDBKeyCopies
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load, transact, update

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBContractDemands:
    """The port `ContractDemands` on DynamoDB."""

    def __init__(
        self, client: "DynamoDBClient", tables: Tables, *, key_copies: DynamoDBKeyCopies
    ) -> None:
        self._client = client
        self._table = tables.parties
        self._key_copies = key_copies

    def mark_all(self, party_id: PartyId) -> None:
        party = self._standing(party_id)
        if party is None:
            return
        for held_by in party.ids:
            self._set(held_by, held_by, party.demands)
            for quote_id in self._key_copies.every_contract(held_by):
                if not is_former_mark(quote_id):
                    self._set(party_id_for(quote_id), held_by, party.demands)

    def mark(self, policy_id: PolicyId, party_id: PartyId) -> None:
        party = self._standing(party_id)
        if party is not None:
            self._set(party_id_for(policy_id), party_id, party.demands)

    def _standing(self, party_id: PartyId) -> Party | None:
        """The party, or the one that stands for it, without personal data; None: it has no record."""
        party = self._party(party_id)
        into = party.merged_into if party else None
        return self._party(into) if into else party

    def _party(self, party_id: PartyId) -> Party | None:
        [item] = load(self._client, [(self._table, {"id": codec.text(party_id)})])
        if item is None or "body" not in item or KEY not in item:
            return None
        return aggregates.open_fields(Party, item)

    def _set(self, contract: str, holder: PartyId, demands: Demands) -> None:
        """Write them beside the keys of the contract that the id gives, if the party still holds it."""
        named = f"{PARTY} = :holder"
        condition = named if contract != holder else f"(attribute_not_exists({PARTY}) OR {named})"
        columns: Item = {DEMANDS: {"SS": sorted(demands)}} if demands else {}
        removed: Sequence[str] = () if demands else (DEMANDS,)
        write = update(
            self._table,
            {"id": codec.text(contract)},
            columns,
            _HeldByOther,
            condition=f"attribute_exists(id) AND {condition}",
            removed=removed,
            holder=codec.text(holder),
        )
        with suppress(_HeldByOther):
            transact(self._client, [write])


class _HeldByOther(Exception):
    """The contract has another holder by now, or there is no policy yet."""

    def __init__(self, _item: Item | None) -> None:
        super().__init__("held by another party")
