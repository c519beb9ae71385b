"""Contracts that name one party share its key and its erasure, in memory and on a real engine alike."""

import pytest
from insurance.domain.core.errors import AlreadyErased, StaleRevision
from insurance.domain.core.identity import policy_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.dynamodb.parties.erasure_fence import WRITES_AT_ONCE

from tests.support.builders import LATER, make_claim, make_command, make_quote
from tests.support.engine import make_tables
from tests.support.stores import Stores, accept, add_quote, erase, issue, notify, on_dynamodb

SECOND = "quo_test_" + "2" * 16
THIRD = "quo_test_" + "3" * 16


@pytest.fixture
def first(stores: Stores) -> Stored[Policy]:
    return issue(stores, accept(stores, add_quote(stores)))


def second_policy(stores: Stores, first: Stored[Policy]) -> Stored[Policy]:
    quote = add_quote(stores, make_quote(id=SECOND), of=first)
    return issue(stores, accept(stores, quote, key="accept-2"), key="issue-2")


def test_two_policies_of_one_party_share_its_key(stores, first):
    second_policy(stores, first)

    read = stores.policies.get(policy_id_for(SECOND))

    assert read.record.party == first.record.party
    assert read.record.policyholder == first.record.policyholder
    assert read.key.wrapped == stores.policies.get(first.record.id).key.wrapped


def test_an_erasure_closes_every_contract_of_the_party(stores, first):
    second = second_policy(stores, first)
    claim = make_claim(second.record, party_id=second.record.party)
    notify(stores, claim)

    erase(stores, first.record.party)

    for policy in (first, second):
        assert stores.policies.get(policy.record.id).record.policyholder is None
        assert stores.quotes.get(policy.record.quote_id).record.answers is None
    assert stores.claims.get(claim.id).record.facts is None


def test_a_quote_cannot_be_made_for_a_party_that_was_erased_meanwhile(stores, first):
    erase(stores, first.record.party)

    with pytest.raises(AlreadyErased):
        add_quote(stores, make_quote(id=SECOND), of=first)


def test_a_policy_cannot_be_issued_to_a_party_that_was_erased_meanwhile(stores, first):
    quote = accept(stores, add_quote(stores, make_quote(id=SECOND), of=first), key="accept-2")
    erase(stores, first.record.party)

    with pytest.raises(StaleRevision):
        issue(stores, quote, key="issue-2")
    assert stores.policies.load_quote(SECOND, make_command("issue-2")).quote.key is None


def test_what_does_not_fit_into_the_erasure_is_removed_by_its_delivery(dynamodb):
    tables = make_tables(dynamodb)
    stores = on_dynamodb(dynamodb, tables)
    policy = issue(stores, accept(stores, add_quote(stores)))
    party_id = policy.record.party
    for number in range(WRITES_AT_ONCE // 2):
        add_quote(stores, make_quote(id=f"quo_test_{number:016d}"), of=policy)

    event = erase(stores, party_id)
    assert len(with_key(dynamodb, tables)) == 2
    for _repeated in range(2):
        stores.key_copies.remove_copies(party_id, event.processed_at)

    assert with_key(dynamodb, tables) == []


def with_key(dynamodb, tables) -> list[str]:
    """Every item that still carries a copy of some party's key."""
    pages = [dynamodb.scan(TableName=tables[name])["Items"] for name in ("quotes", "parties")]
    return [item["id"]["S"] for items in pages for item in items if "key" in item]


def test_a_contract_of_another_holder_keeps_its_key(dynamodb):
    tables = make_tables(dynamodb)
    stores = on_dynamodb(dynamodb, tables)
    policy = issue(stores, accept(stores, add_quote(stores)))
    other = add_quote(stores, make_quote(id=THIRD))

    erase(stores, policy.record.party)
    stores.key_copies.remove_copies(policy.record.party, LATER)

    assert with_key(dynamodb, tables) == [other.record.id]
