"""Limits and deductibles that the claims of a policy share: taken, given back, never exceeded."""

import pytest

from tests.support.claims import (
    DENIAL,
    HANDLER,
    SUPERVISOR,
    issued,
    loss,
    money,
    notified,
    reported,
    settled,
)
from tests.support.platform import Platform
from tests.support.products import shared_limits


@pytest.fixture
def policy(platform: Platform) -> str:
    platform.offering(shared_limits())
    return issued(platform, "shared_limits", {})


def at(day: int) -> str:
    """Days apart, so that losses are not taken for one told twice."""
    return f"2026-12-{2 * day:02d}T08:20:00Z"


def paid(claim) -> int:
    return sum(int(payment["amount"]["amount"]) for payment in claim["payments"]) // 100


def test_claims_are_paid_until_the_limit_of_the_term_is_used_up(platform, policy):
    claims = [
        settled(platform, loss(policy, "breakdown", "400", occurred_at=at(day)))
        for day in range(1, 5)
    ]

    assert [paid(claim) for claim in claims] == [400, 400, 200, 0]
    assert claims[3]["closed_as"] == "nothing_payable"


def test_a_coverage_check_knows_what_is_left(platform, policy):
    settled(platform, loss(policy, "breakdown", "400", occurred_at=at(1)))

    asked = {
        "policy_id": policy,
        "cover": "breakdown",
        "occurred_at": at(2),
        "claimed": money("900"),
    }
    check = platform.post("/v1/coverage-checks", asked)

    assert check["payable"] == money("600")
    assert check["steps"][0]["figure"] == "600.00 GBP left of 1000.00 GBP"


def test_a_deductible_of_the_term_is_borne_once(platform, policy):
    claims = [
        settled(platform, loss(policy, "dental", "200", occurred_at=at(day))) for day in range(1, 4)
    ]

    assert [paid(claim) for claim in claims] == [0, 100, 200]


def test_a_reinstated_limit_pays_again_up_to_its_count(platform, policy):
    claims = [
        settled(platform, loss(policy, "cyber", "500", occurred_at=at(day))) for day in range(1, 4)
    ]

    assert [paid(claim) for claim in claims] == [500, 500, 0]


def test_a_payment_that_waits_reserves_its_share_and_a_refusal_gives_it_back(platform, policy):
    large = settled(platform, loss(policy, "breakdown", "900", occurred_at=at(1)))
    [payment] = large["payments"]
    small = settled(platform, loss(policy, "breakdown", "400", occurred_at=at(2)))
    assert (payment["status"], paid(small)) == ("awaiting_approval", 100)

    approval = f"/v1/claims/{large['id']}/payments/{payment['id']}/approval"
    no = {"decision": "refuse", "reason": "No repair was made."}
    platform.post(approval, no, by=SUPERVISOR)

    third = settled(platform, loss(policy, "breakdown", "500", occurred_at=at(3)))
    assert paid(third) == 500


def test_a_failed_payment_gives_back_its_share_and_takes_it_again(platform, policy):
    claim = settled(platform, loss(policy, "breakdown", "600", occurred_at=at(1)))
    reported(platform, claim["payments"][0]["id"], "failed")

    again = platform.post(f"/v1/claims/{claim['id']}/settlement")
    other = settled(platform, loss(policy, "breakdown", "600", occurred_at=at(2)))

    assert [payment["status"] for payment in again["payments"]] == ["failed", "executing"]
    assert paid(other) == 400


def test_goodwill_takes_nothing_of_a_limit(platform, policy):
    settled(platform, loss(policy, "breakdown", "600", occurred_at=at(1)))
    settled(platform, loss(policy, "breakdown", "400", occurred_at=at(2)))
    late = notified(platform, loss(policy, "breakdown", "200", occurred_at=at(3)))

    goodwill = {
        "decision": "goodwill",
        "amount": money("150"),
        "reason_code": "kindness",
        "reason": "The limit had gone the day before.",
    }
    decided = platform.post(f"/v1/claims/{late['id']}/decision", goodwill, by=HANDLER)

    assert paid(decided) == 150


def test_a_denial_after_a_refused_payment_leaves_the_limit_whole(platform, policy):
    claim = settled(platform, loss(policy, "breakdown", "600", occurred_at=at(1)))
    reported(platform, claim["payments"][0]["id"], "failed")
    platform.post(f"/v1/claims/{claim['id']}/decision", DENIAL, by=HANDLER)

    other = notified(platform, loss(policy, "breakdown", "1000", occurred_at=at(2)))

    assert paid(platform.post(f"/v1/claims/{other['id']}/settlement")) == 1000
