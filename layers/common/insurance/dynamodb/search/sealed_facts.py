"""The personal facts of events, opened with the key that is read with the quote or with the party."""

from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag

from insurance.domain.core.errors import AlreadyErased, PartyNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import PartyId, party_id_for, quote_id_for
from insurance.domain.core.sealed_apart import open_apart
from insurance.domain.core.stored import PartyKey
from insurance.dynamodb import codec
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.contract_keys import BOOK, ContractKeys, party_in
from insurance.dynamodb.parties.party_items import party_places, read_party
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load, load_expected
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
        quote_id = quote_id_for(stored.id)
        # Only a quote says itself in which book it is; what follows a policy must not be entered by an old one.
        read = load_expected if stored.id == quote_id else load
        places = [
            (self._tables.quotes, {"id": codec.text(quote_id)}),
            (self._tables.parties, {"id": codec.text(party_id_for(stored.id))}),
        ]
        held = ContractKeys(self._keys, stored.id, *read(self._client, places))
        if not stored.sealed:
            return OpenedFacts(book=held.book)
        party_id = party_in(stored.facts, stored.id)
        key = held.of(party_id)
        try:
            key = key or self._own_key(party_id)
            personal = key.unseal(stored.sealed, stored.id)
            return OpenedFacts(open_apart(personal, stored.id, held.of), held.book)
        except AlreadyErased:
            return OpenedFacts(book=held.book)
        except (InvalidTag, PartyNotFound):
            return OpenedFacts(book=held.book, is_damaged=True)

    def current_book(self, id: str) -> str | None:
        keys_of_contract = {"id": codec.text(party_id_for(id))}
        [item] = load(self._client, [(self._tables.parties, keys_of_contract)])
        return item[BOOK]["S"] if item and BOOK in item else None

    def _own_key(self, party_id: PartyId) -> PartyKey:
        """The key that stands with the party itself, where no copy stands with the contract.

        Raises:
            AlreadyErased: The party was erased.
            PartyNotFound: There is no such party.
        """
        items = load(self._client, party_places(self._tables, party_id))
        key = read_party(self._keys, party_id, items).key
        if key is None:
            raise PartyNotFound(party_id)
        return key

    def event(self, stream: str, sequence: int) -> Event | None:
        key = {"stream": codec.text(stream), "sequence": codec.number(sequence)}
        [item] = load(self._client, [(self._tables.events, key)])
        return read_event(item) if item else None
