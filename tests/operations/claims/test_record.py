"""What a claim does to the record: the next term's price, through the API from notice to renewal."""

from datetime import UTC, datetime
from typing import Any

from tests.support.claims import (
    AT_FAULT,
    HANDLER,
    SUPERVISOR,
    issued,
    loss,
    money,
    reported,
    settled,
)
from tests.support.platform import Platform

type Json = dict[str, Any]

BEFORE_THE_END = datetime(2027, 11, 10, 9, tzinfo=UTC)


def renewed(platform: Platform, policy_id: str) -> tuple[int, int]:
    """What the next term would cost, and on how many years without a claim."""
    platform.now = BEFORE_THE_END
    offer = platform.post(f"/v1/policies/{policy_id}/renewals", {})
    return offer["premium"]["total"]["amount"], offer["answers"]["no_claims_years"]


def claimed(platform: Platform, policy_id: str, amount: str = "1000") -> Json:
    claim = settled(platform, loss(policy_id, "accidental_damage", amount, facts=AT_FAULT))
    for payment in claim["payments"]:
        reported(platform, payment["id"], "paid")
    return claim


def test_a_paid_claim_at_fault_costs_years_and_money_at_renewal(platform: Platform):
    clean, faulty = issued(platform), issued(platform)
    claimed(platform, faulty)

    price, years = renewed(platform, clean)
    dearer, fewer = renewed(platform, faulty)

    assert years == 6
    assert fewer < years
    assert dearer > price


def test_a_claim_of_which_nothing_is_payable_costs_nothing(platform: Platform):
    clean, small = issued(platform), issued(platform)
    claimed(platform, small, "100")

    assert renewed(platform, small) == renewed(platform, clean)


def test_a_payment_that_came_back_and_was_not_paid_again_costs_nothing(platform: Platform):
    clean, returned = issued(platform), issued(platform)
    claim = claimed(platform, returned)
    payments = platform.get(f"/v1/claims/{claim['id']}")["payments"]
    reported(platform, payments[0]["id"], "returned")
    platform.post(f"/v1/claims/{claim['id']}/closure", {"reason": "withdrawn"}, by=HANDLER)

    assert renewed(platform, returned) == renewed(platform, clean)


def test_goodwill_costs_nothing(platform: Platform):
    clean, kind = issued(platform), issued(platform)
    body = loss(kind, "accidental_damage", "1000", occurred_at="2026-11-30T08:00:00Z")
    claim = settled(platform, body | {"facts": AT_FAULT})
    path = f"/v1/claims/{claim['id']}"
    asked = {
        "decision": "goodwill",
        "amount": money("300"),
        "reason_code": "kind",
        "reason": "Kind.",
    }
    paying = platform.post(f"{path}/decision", asked, by=HANDLER)
    [payment] = paying["payments"]
    word = {"decision": "approve", "reason": "Agreed."}
    platform.post(f"{path}/payments/{payment['id']}/approval", word, by=SUPERVISOR)
    reported(platform, payment["id"], "paid")

    assert renewed(platform, kind) == renewed(platform, clean)
