"""Parties that a new contract may name: read only."""

from typing import TYPE_CHECKING

from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.domain.core.identity import PartyId
    from insurance.domain.core.stored import Stored
    from insurance.domain.party.record import Party
    from insurance.operations.parties.ports import Keys


class DynamoDBNamedParties:
    """The port `NamedParties` on DynamoDB: one read."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, keys: "Keys") -> None:
        self._client = client
        self._tables = tables
        self._keys = keys

    def get(self, party_id: "PartyId") -> "Stored[Party]":
        from insurance.dynamodb.parties.party_items import party_places, read_party  # noqa: PLC0415 - most name none

        return read_party(
            self._keys, party_id, load(self._client, party_places(self._tables, party_id))
        )
