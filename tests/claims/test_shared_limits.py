"""Limits and deductibles that the claims of a policy share: taken, given back, never exceeded."""

import pytest

from tests.claims.office import Office
from tests.claims.policies import issued, loss, money, notified, settled
from tests.claims.products import shared_limits
from tests.claims.test_decisions import DENIAL, HANDLER, SUPERVISOR, reported


@pytest.fixture
def policy(office: Office) -> str:
    office.offering(shared_limits())
    return issued(office, "shared_limits", {})


def at(day: int) -> str:
    """Days apart, so that losses are not taken for one told twice."""
    return f"2026-12-{2 * day:02d}T08:20:00Z"


def paid(claim) -> int:
    return sum(int(payment["amount"]["amount"]) for payment in claim["payments"]) // 100


def test_claims_are_paid_until_the_limit_of_the_term_is_used_up(office, policy):
    claims = [
        settled(office, loss(policy, "breakdown", "400", occurred_at=at(day)))
        for day in range(1, 5)
    ]

    assert [paid(claim) for claim in claims] == [400, 400, 200, 0]
    assert claims[3]["closed_as"] == "nothing_payable"


def test_a_coverage_check_knows_what_is_left(office, policy):
    settled(office, loss(policy, "breakdown", "400", occurred_at=at(1)))

    asked = {
        "policy_id": policy,
        "cover": "breakdown",
        "occurred_at": at(2),
        "claimed": money("900"),
    }
    check = office.post("/v1/coverage-checks", asked)

    assert check["payable"] == money("600")
    assert check["steps"][0]["figure"] == "600.00 GBP left of 1000.00 GBP"


def test_a_deductible_of_the_term_is_borne_once(office, policy):
    claims = [
        settled(office, loss(policy, "dental", "200", occurred_at=at(day))) for day in range(1, 4)
    ]

    assert [paid(claim) for claim in claims] == [0, 100, 200]


def test_a_reinstated_limit_pays_again_up_to_its_count(office, policy):
    claims = [
        settled(office, loss(policy, "cyber", "500", occurred_at=at(day))) for day in range(1, 4)
    ]

    assert [paid(claim) for claim in claims] == [500, 500, 0]


def test_a_payment_that_waits_reserves_its_share_and_a_refusal_gives_it_back(office, policy):
    large = settled(office, loss(policy, "breakdown", "900", occurred_at=at(1)))
    [payment] = large["payments"]
    small = settled(office, loss(policy, "breakdown", "400", occurred_at=at(2)))
    assert (payment["status"], paid(small)) == ("awaiting_approval", 100)

    approval = f"/v1/claims/{large['id']}/payments/{payment['id']}/approval"
    no = {"decision": "refuse", "reason": "No repair was made."}
    office.post(approval, no, by=SUPERVISOR)

    third = settled(office, loss(policy, "breakdown", "500", occurred_at=at(3)))
    assert paid(third) == 500


def test_a_failed_payment_gives_back_its_share_and_takes_it_again(office, policy):
    claim = settled(office, loss(policy, "breakdown", "600", occurred_at=at(1)))
    reported(office, claim["payments"][0]["id"], "failed")

    again = office.post(f"/v1/claims/{claim['id']}/settlement")
    other = settled(office, loss(policy, "breakdown", "600", occurred_at=at(2)))

    assert [payment["status"] for payment in again["payments"]] == ["failed", "executing"]
    assert paid(other) == 400


def test_goodwill_takes_nothing_of_a_limit(office, policy):
    settled(office, loss(policy, "breakdown", "600", occurred_at=at(1)))
    settled(office, loss(policy, "breakdown", "400", occurred_at=at(2)))
    late = notified(office, loss(policy, "breakdown", "200", occurred_at=at(3)))

    goodwill = {
        "decision": "goodwill",
        "amount": money("150"),
        "reason_code": "kindness",
        "reason": "The limit had gone the day before.",
    }
    decided = office.post(f"/v1/claims/{late['id']}/decision", goodwill, by=HANDLER)

    assert paid(decided) == 150


def test_a_denial_after_a_refused_payment_leaves_the_limit_whole(office, policy):
    claim = settled(office, loss(policy, "breakdown", "600", occurred_at=at(1)))
    reported(office, claim["payments"][0]["id"], "failed")
    office.post(f"/v1/claims/{claim['id']}/decision", DENIAL, by=HANDLER)

    other = notified(office, loss(policy, "breakdown", "1000", occurred_at=at(2)))

    assert paid(office.post(f"/v1/claims/{other['id']}/settlement")) == 1000
