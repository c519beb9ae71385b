"""What a renewal stands on, in memory and on a real engine alike."""

import pytest
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.identity import policy_id_for

from tests.support.builders import QUOTE_ID, make_claim
from tests.support.stores import accept, add_quote, issue, notify

POLICY_ID = policy_id_for(QUOTE_ID)


def test_a_policy_without_claims_is_alone(stores):
    kept = issue(stores, accept(stores, add_quote(stores)))

    policy, claims, *_ = stores.renewals.expiring(POLICY_ID)

    assert policy.record == kept.record
    assert list(claims) == []


def test_its_claims_come_with_the_policy(stores):
    issue(stores, accept(stores, add_quote(stores)))
    kept = notify(stores, make_claim())

    _, claims, *_ = stores.renewals.expiring(POLICY_ID)

    assert list(claims) == [kept.record]


def test_a_policy_that_nobody_issued_is_not_found(stores):
    with pytest.raises(PolicyNotFound):
        stores.renewals.expiring(POLICY_ID)
