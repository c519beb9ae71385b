"""Running totals over claims: what passes one waits for a person, with the reason in words."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from insurance.domain.core import house_authority
from insurance.domain.core.house_authority import RunningTotal

from tests.support.claims import (
    AT_FAULT,
    HANDLER,
    SUPERVISOR,
    bill,
    issued,
    loss,
    money,
    settled,
)
from tests.support.platform import Platform

type Json = dict[str, Any]

STRANGER = {"name": "Mallory Quick", "iban": "DE89370400440532013000"}
DECISION = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
APPROVE = {"decision": "approve", "reason": "Seen."}
FIRST_LOSS = datetime(2027, 1, 2, 8, tzinfo=UTC)


def limited(total: RunningTotal, limit: int) -> Any:
    """The house's totals with another limit."""
    limits = {**house_authority.TOTAL_LIMITS, total: limit}
    return patch.object(house_authority, "TOTAL_LIMITS", limits)


def claims_on(
    platform: Platform, policy_id: str, how_many: int, claimed: str = "4750", **changes: Any
) -> Iterator[Json]:
    """Claims every other day, each settled; every one pays 500 less than is claimed."""
    for number in range(how_many):
        at = FIRST_LOSS + timedelta(days=2 * number)
        platform.now = max(platform.now, at + timedelta(days=1))
        body = loss(policy_id, "accidental_damage", claimed, facts=AT_FAULT, **changes)
        yield settled(platform, body | {"occurred_at": at.isoformat()})


def paid(claims: list[Json]) -> int:
    """In all, in minor units, without a person."""
    payments = [payment for claim in claims for payment in claim["payments"]]
    return sum(each["amount"]["amount"] for each in payments if each["status"] == "executing")


def waits(claim: Json) -> str:
    """Why the claim's payment waits for a second person."""
    assert claim["payments"][-1]["status"] == "awaiting_approval"
    assert claim["task"]["code"] == "approve_payment"
    reason: str = claim["task"]["reason"]
    return reason


def test_eleven_claims_in_three_weeks_are_not_paid_straight_through(platform: Platform):
    claims = list(claims_on(platform, issued(platform), 11))

    assert paid(claims) == 2 * 4_250_00
    said = "would bring the claims on the policy to 12750.00 GBP: more than 12000.00 GBP needs a person."
    assert {waits(claim) for claim in claims[2:]} == {f"4250.00 GBP {said}"}


def test_in_one_call_it_is_the_same(platform: Platform):
    policy_id = issued(platform)
    claims = list(claims_on(platform, policy_id, 2))
    body = loss(policy_id, "windscreen", "1075", occurred_at="2027-02-01T08:00:00Z")
    platform.now = platform.now.replace(month=2, day=2)
    [fits] = [platform.post("/v1/claims", body | {"settle": True})]
    body = loss(policy_id, "accidental_damage", "3000.01", facts=AT_FAULT)
    last = body | {"occurred_at": "2027-02-01T20:00:00Z", "settle": True}

    passes = platform.post("/v1/claims", last)

    assert paid([*claims, fits]) == 2 * 4_250_00 + 1_000_00
    assert "the claims on the policy" in waits(passes)


def test_a_handler_alone_does_not_pass_the_total_either(platform: Platform):
    policy_id = issued(platform)
    list(claims_on(platform, policy_id, 2))
    body = loss(policy_id, "accidental_damage", "4750", facts=AT_FAULT)
    claim = platform.post("/v1/claims", body)

    decided = platform.post(f"/v1/claims/{claim['id']}/decision", DECISION, by=HANDLER)

    assert "the claims on the policy to 12750.00 GBP" in waits(decided)
    at = f"/v1/claims/{claim['id']}/payments/{decided['payments'][0]['id']}/approval"
    assert platform.post(at, APPROVE, by=SUPERVISOR)["payments"][0]["status"] == "executing"


def test_what_came_back_counts_still(platform: Platform):
    policy_id = issued(platform)
    claims = list(claims_on(platform, policy_id, 2))
    for claim in claims:
        failed = {
            "instruction_id": claim["payments"][0]["id"],
            "outcome": "failed",
            "bank_reference": "B-1",
            "executed_at": "2027-01-16T10:00:00Z",
        }
        platform.post("/v1/bank-reports", failed, by="bank-test")

    *_, last = claims_on(platform, policy_id, 3, "4760")

    assert "the claims on the policy" in waits(last)


def test_one_account_is_paid_so_much_in_a_month_whosever_claims_they_are(platform: Platform):
    policies = [issued(platform) for _ in range(4)]
    platform.deliver()

    claims = [
        claim
        for policy_id in policies[:3]
        for claim in claims_on(platform, policy_id, 1, payee=STRANGER)
    ]

    assert paid(claims[:2]) == 2 * 4_250_00
    assert "the payee's account is paid in a month to 12750.00 GBP" in waits(claims[2])
    platform.now = platform.now.replace(month=2, day=3)
    [next_month] = claims_on(platform, policies[3], 1, payee=STRANGER)
    assert paid([next_month]) == 4_250_00


def test_a_partners_claims_pay_so_much_to_others_in_a_day(platform: Platform):
    one, other, own = (issued(platform) for _ in range(3))
    strangers = [
        STRANGER | {"iban": iban}
        for iban in ("DE89370400440532013000", "FR1420041010050500013M02606")
    ]
    with limited(RunningTotal.PARTNER_DAY, 8_000):
        [first] = claims_on(platform, one, 1, payee=strangers[0])
        [second] = claims_on(platform, other, 1, payee=strangers[1])
        [to_holder] = claims_on(platform, own, 1)

    assert paid([first, to_holder]) == 2 * 4_250_00
    assert "to others than policyholders in a day" in waits(second)


def test_one_person_lets_so_much_go_alone_in_a_day(platform: Platform):
    policies = [issued(platform) for _ in range(3)]
    referred = []
    for policy_id in policies:
        body = loss(policy_id, "accidental_damage", "4750", facts=AT_FAULT)
        platform.now = datetime(2027, 1, 16, 9, 30, tzinfo=platform.now.tzinfo)
        referred.append(platform.post("/v1/claims", body)["id"])
    with limited(RunningTotal.HANDLER_DAY, 8_500):
        decided = [
            platform.post(f"/v1/claims/{claim_id}/decision", DECISION, by=HANDLER)
            for claim_id in referred
        ]

    assert [claim["payments"][0]["status"] for claim in decided] == [
        "executing",
        "executing",
        "awaiting_approval",
    ]
    assert "one person lets go alone in a day" in waits(decided[2])


def test_bills_count_to_the_day_of_who_pays_them(platform: Platform):
    [claim] = claims_on(platform, issued(platform), 1)
    path = f"/v1/claims/{claim['id']}"
    expected = {"cost_type": "expense", "outstanding": money("4000"), "reason": "new_information"}
    platform.post(f"{path}/reserves", expected, by=HANDLER)
    first = platform.post(f"{path}/payments", bill("10"), by=HANDLER)["payments"][-1]["id"]
    platform.post(f"{path}/payments/{first}/approval", APPROVE, by=SUPERVISOR)
    with limited(RunningTotal.HANDLER_DAY, 100):
        fits = platform.post(f"{path}/payments", bill("100"), by=HANDLER)
        passes = platform.post(f"{path}/payments", bill("0.01"), by=HANDLER)

    assert fits["payments"][-1]["status"] == "executing"
    assert "one person lets go alone in a day" in waits(passes)


@pytest.mark.parametrize(("times", "answer"), [(1, "no-authority"), (5, "")])
def test_who_approves_has_a_day_of_five_times_their_limit(
    platform: Platform, times: int, answer: str, monkeypatch: pytest.MonkeyPatch
):
    """A supervisor's limit for one claim of motor is 100,000."""
    monkeypatch.setattr("insurance.domain.claim.totals.APPROVALS_A_DAY", times)
    waiting = []
    for policy_id in [issued(platform) for _ in range(2)]:
        body = loss(policy_id, "third_party_liability", "60000", facts={"fault": True})
        platform.now = datetime(2027, 1, 16, 9, 30, tzinfo=platform.now.tzinfo)
        claim = platform.post("/v1/claims", body)
        at = f"/v1/claims/{claim['id']}"
        decided = platform.post(f"{at}/decision", DECISION, by=HANDLER)
        waiting.append(f"{at}/payments/{decided['payments'][0]['id']}/approval")
    platform.post(waiting[0], APPROVE, by=SUPERVISOR)

    second = platform.call("POST", waiting[1], APPROVE, by=SUPERVISOR)

    assert second.body.get("code", "") == answer
    if answer:
        assert "in one day" in second.body["detail"]
        assert (
            platform.call(
                "POST", waiting[1], APPROVE | {"decision": "refuse"}, by=SUPERVISOR
            ).status
            == 200
        )
