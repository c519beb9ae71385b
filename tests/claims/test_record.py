"""What a claim does to the record: the next term's price, through the API from notice to renewal."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.claims.office import Office, _app
from tests.claims.policies import issued, loss, money, settled
from tests.claims.test_decisions import AT_FAULT, HANDLER, SUPERVISOR, reported

type Json = dict[str, Any]

BEFORE_THE_END = datetime(2027, 11, 10, 9, tzinfo=UTC)


@pytest.fixture
def house(office: Office) -> Office:
    """The office, and whoever renews."""
    office.apps.append(_app("policy_servicing"))
    return office


def renewed(house: Office, policy_id: str) -> tuple[int, int]:
    """What the next term would cost, and on how many years without a claim."""
    house.now = BEFORE_THE_END
    offer = house.post(f"/v1/policies/{policy_id}/renewals", {})
    return offer["premium"]["total"]["amount"], offer["answers"]["no_claims_years"]


def claimed(house: Office, policy_id: str, amount: str = "1000") -> Json:
    claim = settled(house, loss(policy_id, "accidental_damage", amount, facts=AT_FAULT))
    for payment in claim["payments"]:
        reported(house, payment["id"], "paid")
    return claim


def test_a_paid_claim_at_fault_costs_years_and_money_at_renewal(house: Office):
    clean, faulty = issued(house), issued(house)
    claimed(house, faulty)

    price, years = renewed(house, clean)
    dearer, fewer = renewed(house, faulty)

    assert years == 6
    assert fewer < years
    assert dearer > price


def test_a_claim_of_which_nothing_is_payable_costs_nothing(house: Office):
    clean, small = issued(house), issued(house)
    claimed(house, small, "100")

    assert renewed(house, small) == renewed(house, clean)


def test_a_payment_that_came_back_and_was_not_paid_again_costs_nothing(house: Office):
    clean, returned = issued(house), issued(house)
    claim = claimed(house, returned)
    payments = house.get(f"/v1/claims/{claim['id']}")["payments"]
    reported(house, payments[0]["id"], "returned")
    house.post(f"/v1/claims/{claim['id']}/closure", {"reason": "withdrawn"}, by=HANDLER)

    assert renewed(house, returned) == renewed(house, clean)


def test_goodwill_costs_nothing(house: Office):
    clean, kind = issued(house), issued(house)
    body = loss(kind, "accidental_damage", "1000", occurred_at="2026-11-30T08:00:00Z")
    claim = settled(house, body | {"facts": AT_FAULT})
    path = f"/v1/claims/{claim['id']}"
    asked = {
        "decision": "goodwill",
        "amount": money("300"),
        "reason_code": "kind",
        "reason": "Kind.",
    }
    paying = house.post(f"{path}/decision", asked, by=HANDLER)
    [payment] = paying["payments"]
    word = {"decision": "approve", "reason": "Agreed."}
    house.post(f"{path}/payments/{payment['id']}/approval", word, by=SUPERVISOR)
    reported(house, payment["id"], "paid")

    assert renewed(house, kind) == renewed(house, clean)
