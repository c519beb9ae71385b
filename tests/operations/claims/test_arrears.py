"""What is overdue is set off against what a claim pays the policyholder: as an HTTP caller sees it."""

from typing import Any

import pytest
from insurance import wiring

from tests.support.bank import at_the_bank, reported
from tests.support.claims import AFTER_THE_LOSS, issued, loss, money
from tests.support.platform import Platform

type Json = dict[str, Any]

AT_FAULT = {"driver_age": 35, "fault": True}
ADA = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555", "is_policyholder": True}
FINANCE, BANK, HANDLER = "finance-test", "bank-test", "handler-test"
OVERDUE = money("169.26")
"""The whole premium: it was due on the first day, and nobody paid."""


def body_of(policy: str, claimed: str = "1000", **changes: Any) -> Json:
    told = {"facts": AT_FAULT, "payee": ADA, **changes}
    return loss(policy, "accidental_damage", claimed, **told)


def noticed_and_settled(platform: Platform, body: Json, **arguments: Any) -> Json:
    platform.now = max(platform.now, AFTER_THE_LOSS)
    return platform.post("/v1/claims", {**body, "settle": True}, **arguments)


def account(platform: Platform, claim: Json) -> Json:
    return platform.get(f"/v1/policies/{claim['policy_id']}/billing")


def paid_in(platform: Platform, policy: str, major: str, reference: str = "REF-1") -> Json:
    told = {
        "policy_id": policy,
        "reference": reference,
        "amount": money(major),
        "received_on": platform.now.date().isoformat(),
    }
    return platform.post("/v1/payments", told, by=BANK)


def report(claim: Json, outcome: str) -> Json:
    return {
        "instruction_id": claim["payments"][0]["id"],
        "outcome": outcome,
        "bank_reference": "B-1",
        "executed_at": "2027-01-17T09:00:00Z",
    }


def test_one_call_notices_settles_and_sets_off_what_is_overdue(platform: Platform):
    claim = noticed_and_settled(platform, body_of(issued(platform)))

    [payment] = claim["payments"]
    assert payment["status"] == "executing"
    assert [payment[name] for name in ("amount", "premium_set_off", "net")] == [
        money("500"),
        OVERDUE,
        money("330.74"),
    ]
    step = claim["steps"][-1]
    assert (step["code"], step["after"]) == ("premium_set_off", money("330.74"))
    billing = account(platform, claim)
    assert (billing["overdue"], billing["status"]) == (money("0"), "paid")
    [set_off_entry] = billing["payments"]
    assert (set_off_entry["reference"], set_off_entry["from_claim"]) == (payment["id"], True)


def test_the_bank_is_sent_what_is_left_and_its_report_pays_the_claim_whole(platform: Platform):
    claim = noticed_and_settled(platform, body_of(issued(platform)))
    platform.deliver()

    [file] = platform.post("/v1/payment-files", {"currency": "GBP"}, by=FINANCE)["files"]
    [ordered] = at_the_bank(platform)
    assert [each.amount for each in ordered.transfers] == ["330.74"]
    assert file["total"] == money("330.74")
    reported(platform, file["id"], "ACSC")

    paid = platform.get(f"/v1/claims/{claim['id']}")
    assert (paid["status"], paid["paid"]) == ("closed", money("500"))


def test_what_the_bank_rejects_is_undone_on_the_account(platform: Platform):
    claim = noticed_and_settled(platform, body_of(issued(platform)))
    platform.deliver()
    [file] = platform.post("/v1/payment-files", {"currency": "GBP"}, by=FINANCE)["files"]

    reported(platform, file["id"], "RJCT")

    billing = account(platform, claim)
    assert billing["overdue"] == OVERDUE
    assert billing["payments"][0]["taken_back_at"] is not None
    failed = platform.get(f"/v1/claims/{claim['id']}")
    assert failed["payments"][0]["status"] == "failed"
    assert [step for step in failed["steps"] if step["code"] == "premium_set_off"] == []


def test_a_claim_that_is_owed_to_us_whole_never_goes_to_the_bank(platform: Platform):
    claim = noticed_and_settled(platform, body_of(issued(platform), "600"))
    platform.deliver()

    assert (claim["status"], claim["paid"]) == ("closed", money("100"))
    assert claim["payments"][0]["net"] == money("0")
    assert platform.post("/v1/payment-files", {"currency": "GBP"}, by=FINANCE) == {"files": []}
    assert account(platform, claim)["overdue"] == money("69.26")
    assert platform.refused("/v1/bank-reports", report(claim, "returned"), by=BANK) == "wrong-state"


@pytest.mark.parametrize(
    "changes",
    [
        {"payee": ADA | {"is_policyholder": False}},
        {"payee": ADA | {"name": "A lender"}, "loss_payee": "A lender"},
    ],
)
def test_what_goes_to_somebody_else_goes_whole(platform: Platform, changes: Json):
    claim = noticed_and_settled(platform, body_of(issued(platform), **changes))

    assert "premium_set_off" not in claim["payments"][0]
    assert account(platform, claim)["overdue"] == OVERDUE


def test_a_settlement_after_the_notice_and_an_approval_set_off_too(platform: Platform):
    first, policy = issued(platform), issued(platform)
    platform.now = AFTER_THE_LOSS
    small = platform.post("/v1/claims", body_of(first))
    settled = platform.post(f"/v1/claims/{small['id']}/settlement")
    assert settled["payments"][0]["net"] == money("330.74")

    large = noticed_and_settled(platform, body_of(policy, "6000"))
    assert (large["payments"][0]["status"], account(platform, large)["overdue"]) == (
        "awaiting_approval",
        OVERDUE,
    )
    paid_in(platform, policy, "69.26")
    path = f"/v1/claims/{large['id']}/payments/{large['payments'][0]['id']}/approval"
    approved = platform.post(path, {"decision": "approve", "reason": "Seen."}, by=HANDLER)
    assert approved["payments"][0]["premium_set_off"] == money("100")
    assert account(platform, large)["overdue"] == money("0")


def test_a_repeated_call_sets_off_once(platform: Platform):
    body = body_of(issued(platform))
    first = noticed_and_settled(platform, body, key="once")

    again = noticed_and_settled(platform, body, key="once")

    assert again == first
    assert len(account(platform, first)["payments"]) == 1


def test_a_coverage_check_says_what_would_be_set_off_entry(platform: Platform):
    policy = issued(platform)
    platform.now = AFTER_THE_LOSS
    asked = body_of(policy)
    told = {name: asked[name] for name in ("policy_id", "cover", "occurred_at", "claimed", "facts")}

    checked = platform.post("/v1/coverage-checks", told)

    assert (checked["outcome"], checked["payable"], checked["premium_set_off"]) == (
        "pass",
        money("500"),
        OVERDUE,
    )
    assert checked["steps"][-1]["after"] == money("330.74")
    assert "premium_overdue" in {rule["code"] for rule in checked["rules"]}


def test_another_word_on_who_the_payee_is_needs_a_second_person(platform: Platform):
    stranger = ADA | {"is_policyholder": False}
    claim = platform.post("/v1/claims", body_of(issued(platform), payee=stranger))

    proposed = platform.post(f"/v1/claims/{claim['id']}/payee", ADA)

    assert proposed["payee"]["is_policyholder"] is False
    assert proposed["payee_requested"]["is_policyholder"] is True


def test_after_an_erasure_a_payment_that_fails_is_undone_all_the_same(platform: Platform):
    claim = noticed_and_settled(platform, body_of(issued(platform)))
    erase(platform, claim["policy_id"])

    platform.post("/v1/bank-reports", report(claim, "failed"), by=BANK)

    assert account(platform, claim)["overdue"] == OVERDUE


def erase(platform: Platform, policy_id: str) -> None:
    party = policy_id.replace("pol_", "pty_")
    wiring.dynamodb().update_item(
        TableName=platform.tables["parties"],
        Key={"id": {"S": party}},
        UpdateExpression="REMOVE #key",
        ExpressionAttributeNames={"#key": "key"},
    )
