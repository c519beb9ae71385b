"""A year of policies on the local engine: everything happens, and the books are exact.

`make test` plays 300 policies, in which each kind of life occurs many times; `make check` plays 1,000,
`make long` 10,000.
"""

import os

import pytest

from tests.long.year import play

POLICIES = int(os.environ.get("YEAR_POLICIES", "300"))

pytestmark = pytest.mark.xdist_group("year")

WHAT_HAPPENS = {
    "billing.instalment_due",
    "billing.payment_received",
    "policy.cancelled",
    "policy.endorsed",
    "policy.lapsed",
    "policy.notice_cured",
    "policy.notice_dispatched",
    "policy.notice_given",
    "policy.renewal_invited",
    "premium.earned",
}


def test_a_year_of_policies_leaves_the_ledger_exact():
    played = play(POLICIES)

    assert [each.code for each in played.health.invariants if not each.holds] == []
    assert played.happened.keys() >= WHAT_HAPPENS
    assert played.happened["policy.issued"] > POLICIES
    assert played.happened["premium.earned"] > POLICIES
