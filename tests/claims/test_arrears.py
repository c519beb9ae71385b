"""What is overdue is kept back from what a claim pays the policyholder: as an HTTP caller sees it."""

from typing import Any

import pytest
from insurance import wiring

from tests.claims.office import Office
from tests.claims.policies import AFTER_THE_LOSS, issued, loss, money
from tests.claims.test_payment_files import at_the_bank, reported

type Json = dict[str, Any]

AT_FAULT = {"driver_age": 35, "fault": True}
ADA = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555", "is_policyholder": True}
FINANCE, BANK, HANDLER = "finance-test", "bank-test", "handler-test"
OVERDUE = money("169.26")
"""The whole premium: it was due on the first day, and nobody paid."""


def body_of(policy: str, claimed: str = "1000", **changes: Any) -> Json:
    told = {"facts": AT_FAULT, "payee": ADA, **changes}
    return loss(policy, "accidental_damage", claimed, **told)


def noticed_and_settled(office: Office, body: Json, **arguments: Any) -> Json:
    office.now = max(office.now, AFTER_THE_LOSS)
    return office.post("/v1/claims", {**body, "settle": True}, **arguments)


def account(office: Office, claim: Json) -> Json:
    return office.get(f"/v1/policies/{claim['policy_id']}/billing")


def paid_in(office: Office, policy: str, major: str, reference: str = "REF-1") -> Json:
    told = {
        "policy_id": policy,
        "reference": reference,
        "amount": money(major),
        "received_on": office.now.date().isoformat(),
    }
    return office.post("/v1/payments-received", told, by=BANK)


def report(claim: Json, outcome: str) -> Json:
    return {
        "instruction_id": claim["payments"][0]["id"],
        "outcome": outcome,
        "bank_reference": "B-1",
        "executed_at": "2027-01-17T09:00:00Z",
    }


def test_one_call_notices_settles_and_keeps_back_what_is_overdue(office: Office):
    claim = noticed_and_settled(office, body_of(issued(office)))

    [payment] = claim["payments"]
    assert payment["status"] == "executing"
    assert [payment[name] for name in ("amount", "kept_back", "net")] == [
        money("500"),
        OVERDUE,
        money("330.74"),
    ]
    step = claim["steps"][-1]
    assert (step["code"], step["after"]) == ("arrears_offset", money("330.74"))
    billing = account(office, claim)
    assert (billing["overdue"], billing["status"]) == (money("0"), "paid")
    [kept_back] = billing["payments"]
    assert (kept_back["reference"], kept_back["from_claim"]) == (payment["id"], True)


def test_the_bank_is_sent_what_is_left_and_its_report_pays_the_claim_whole(office: Office):
    claim = noticed_and_settled(office, body_of(issued(office)))
    office.deliver()

    [file] = office.post("/v1/payment-files", {"currency": "GBP"}, by=FINANCE)["items"]
    [ordered] = at_the_bank(office)
    assert [each.amount for each in ordered.transfers] == ["330.74"]
    assert file["total"] == money("330.74")
    reported(office, file["id"], "ACSC")

    paid = office.get(f"/v1/claims/{claim['id']}")
    assert (paid["status"], paid["paid"]) == ("closed", money("500"))


def test_what_the_bank_rejects_is_undone_on_the_account(office: Office):
    claim = noticed_and_settled(office, body_of(issued(office)))
    office.deliver()
    [file] = office.post("/v1/payment-files", {"currency": "GBP"}, by=FINANCE)["items"]

    reported(office, file["id"], "RJCT")

    billing = account(office, claim)
    assert billing["overdue"] == OVERDUE
    assert billing["payments"][0]["taken_back_at"] is not None
    failed = office.get(f"/v1/claims/{claim['id']}")
    assert failed["payments"][0]["status"] == "failed"
    assert [step for step in failed["steps"] if step["code"] == "arrears_offset"] == []


def test_a_claim_that_is_owed_to_us_whole_never_goes_to_the_bank(office: Office):
    claim = noticed_and_settled(office, body_of(issued(office), "600"))
    office.deliver()

    assert (claim["status"], claim["paid"]) == ("closed", money("100"))
    assert claim["payments"][0]["net"] == money("0")
    assert office.post("/v1/payment-files", {"currency": "GBP"}, by=FINANCE) == {"items": []}
    assert account(office, claim)["overdue"] == money("69.26")
    assert office.refused("/v1/bank-reports", report(claim, "returned"), by=BANK) == "wrong-state"


@pytest.mark.parametrize(
    "changes", [{"payee": ADA | {"is_policyholder": False}}, {"loss_payee": "A lender"}]
)
def test_what_goes_to_somebody_else_goes_whole(office: Office, changes: Json):
    claim = noticed_and_settled(office, body_of(issued(office), **changes))

    assert "kept_back" not in claim["payments"][0]
    assert account(office, claim)["overdue"] == OVERDUE


def test_a_settlement_after_the_notice_and_an_approval_keep_back_too(office: Office):
    first, policy = issued(office), issued(office)
    office.now = AFTER_THE_LOSS
    small = office.post("/v1/claims", body_of(first))
    settled = office.post(f"/v1/claims/{small['id']}/settlement")
    assert settled["payments"][0]["net"] == money("330.74")

    large = noticed_and_settled(office, body_of(policy, "6000"))
    assert (large["payments"][0]["status"], account(office, large)["overdue"]) == (
        "awaiting_approval",
        OVERDUE,
    )
    paid_in(office, policy, "69.26")
    path = f"/v1/claims/{large['id']}/payments/{large['payments'][0]['id']}/approval"
    approved = office.post(path, {"decision": "approve", "reason": "Seen."}, by=HANDLER)
    assert approved["payments"][0]["kept_back"] == money("100")
    assert account(office, large)["overdue"] == money("0")


def test_a_repeated_call_keeps_back_once(office: Office):
    body = body_of(issued(office))
    first = noticed_and_settled(office, body, key="once")

    again = noticed_and_settled(office, body, key="once")

    assert again == first
    assert len(account(office, first)["payments"]) == 1


def test_a_coverage_check_says_what_would_be_kept_back(office: Office):
    policy = issued(office)
    office.now = AFTER_THE_LOSS
    asked = body_of(policy)
    told = {name: asked[name] for name in ("policy_id", "cover", "occurred_at", "claimed", "facts")}

    checked = office.post("/v1/coverage-checks", told)

    assert (checked["outcome"], checked["payable"], checked["kept_back"]) == (
        "pass",
        money("500"),
        OVERDUE,
    )
    assert checked["steps"][-1]["after"] == money("330.74")
    assert "premium_overdue" in {rule["code"] for rule in checked["rules"]}


def test_another_word_on_who_the_payee_is_needs_a_second_person(office: Office):
    stranger = ADA | {"is_policyholder": False}
    claim = office.post("/v1/claims", body_of(issued(office), payee=stranger))

    proposed = office.post(f"/v1/claims/{claim['id']}/payee", ADA)

    assert proposed["payee"]["is_policyholder"] is False
    assert proposed["payee_asked_for"]["is_policyholder"] is True


def test_after_an_erasure_a_payment_that_fails_is_undone_all_the_same(office: Office):
    claim = noticed_and_settled(office, body_of(issued(office)))
    erase(office, claim["policy_id"])

    office.post("/v1/bank-reports", report(claim, "failed"), by=BANK)

    assert account(office, claim)["overdue"] == OVERDUE


def erase(office: Office, policy_id: str) -> None:
    party = policy_id.replace("pol_", "pty_")
    wiring.dynamodb().update_item(
        TableName=office.tables["parties"],
        Key={"id": {"S": party}},
        UpdateExpression="REMOVE #key",
        ExpressionAttributeNames={"#key": "key"},
    )
