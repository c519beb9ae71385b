"""What events say of people: read, erased as it should be, or damaged, which somebody must hear of."""

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from insurance.domain.core.errors import WrittenByNewerRelease
from insurance.domain.core.identity import party_id_for
from insurance.operations.delivery.index_event import index_event, index_quote
from insurance.operations.delivery.ports import IndexPorts, OpenedFacts, StoredFacts
from insurance.products import product

from tests.support.builders import QUOTE_ID
from tests.support.engine import make_tables
from tests.support.stores import Stores, accept, add_quote, erase, issue, on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


PRODUCTS: Any = SimpleNamespace(version=lambda _ref: product("personal_motor"))


class Written:
    """A policy, and its quote as its first event left it."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.client = dynamodb
        self.tables = make_tables(dynamodb)
        self.stores: Stores = on_dynamodb(dynamodb, self.tables)
        quote = add_quote(self.stores)
        assert quote.key is not None
        self.made, self.key = quote.record.made(quote.key), quote.key
        self.quote = StoredFacts.of(self.made)
        issue(self.stores, accept(self.stores, quote))

    def lose_key(self, table: str, id: str) -> None:
        self.client.update_item(
            TableName=self.tables[table],
            Key={"id": {"S": id}},
            UpdateExpression="REMOVE #key",
            ExpressionAttributeNames={"#key": "key"},
        )

    @property
    def ports(self) -> IndexPorts:
        stores = self.stores
        return IndexPorts(
            PRODUCTS, stores.sealed_facts, stores.index_keys, stores.index, stores.payee_accounts
        )

    def index(self, quote: StoredFacts) -> bool:
        return index_quote(quote, self.ports)

    def indexed(self) -> bool:
        """Whether a list finds the quote."""
        rows = self.client.scan(TableName=self.tables["search"])["Items"]
        return any(QUOTE_ID in item["place"]["S"] for item in rows)


@pytest.fixture
def written(dynamodb: "DynamoDBClient") -> Written:
    return Written(dynamodb)


def test_what_was_sealed_is_read(written: Written):
    read = written.stores.sealed_facts.read(written.quote)

    assert read.personal is not None
    assert read.personal["policyholder"]["name"] == "Ada Lovelace"


def test_a_copy_that_is_not_there_is_made_up_for_by_the_partys_own_key(written: Written):
    written.lose_key("quotes", QUOTE_ID)

    assert written.stores.sealed_facts.read(written.quote).personal is not None


def test_what_was_erased_is_not_there_and_that_is_as_it_should_be(written: Written):
    erase(written.stores, party_id_for(QUOTE_ID))

    assert written.stores.sealed_facts.read(written.quote) == OpenedFacts()
    assert written.index(written.quote) is True


def test_a_key_that_was_lost_is_damage(written: Written):
    for table, id in (("quotes", QUOTE_ID), ("parties", party_id_for(QUOTE_ID))):
        written.lose_key(table, id)

    assert written.stores.sealed_facts.read(written.quote) == OpenedFacts(is_damaged=True)
    assert written.index(written.quote) is False


def test_facts_that_were_changed_are_damage_and_the_rest_is_indexed(written: Written):
    sealed = written.quote.sealed
    changed = replace(written.quote, sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))

    assert written.stores.sealed_facts.read(changed) == OpenedFacts(is_damaged=True)
    assert written.index(changed) is False
    assert written.indexed()


def test_an_event_with_a_personal_field_of_a_newer_release_waits_for_that_release(
    written: Written,
):
    """It may be one by which the newer release finds it."""
    personal = written.key.unseal(written.made.sealed, QUOTE_ID) | {"nickname": "Countess"}
    newer = written.made.replace(sealed=written.key.seal(personal, QUOTE_ID))

    with pytest.raises(WrittenByNewerRelease):
        index_event(newer, written.ports)
    assert not written.indexed()

    assert written.index(StoredFacts.of(newer)) is True  # a new quote has no place to wait at
    assert written.indexed()
