"""The personal facts of events, opened with the key that is read with the quote or with the party."""

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag

from insurance.domain.core.event import Event
from insurance.domain.core.identity import party_id_for, quote_id_for
from insurance.dynamodb import codec
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.contract_keys import ContractKeys, party_in
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load
from insurance.operations.delivery.ports import OpenedFacts, StoredFacts
from insurance.operations.parties.ports import Keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBSealedFacts:
    """The port `SealedFacts` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables, *, keys: Keys) -> None:
        self._client = client
        self._tables = tables
        self._keys = keys

    def read(self, stored: StoredFacts) -> OpenedFacts:
        places = [
            (self._tables.quotes, {"id": codec.text(quote_id_for(stored.id))}),
            (self._tables.parties, {"id": codec.text(party_id_for(stored.id))}),
        ]
        held = ContractKeys(self._keys, stored.id, *load(self._client, places))
        key = held.of(party_in(stored.facts, stored.id))
        if key is None or not stored.sealed:
            return OpenedFacts(book=held.book)
        try:
            return OpenedFacts(key.unseal(stored.sealed, stored.id), held.book)
        except InvalidTag:
            return OpenedFacts(book=held.book)

    def event(self, stream: str, sequence: int) -> Event | None:
        key = {"stream": codec.text(stream), "sequence": codec.number(sequence)}
        [item] = load(self._client, [(self._tables.events, key)])
        return read_event(item) if item else None
