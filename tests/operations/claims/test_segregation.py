"""Nobody moves money alone: who files, names the payee, bills, approves and clears are different people."""

from typing import Any

import pytest

from tests.support.claims import (
    AFTER_THE_LOSS,
    AT_FAULT,
    HANDLER,
    SUPERVISOR,
    bill,
    crash,
    issued,
    loss,
    money,
    pursued,
    reported,
    settled,
)
from tests.support.platform import Platform

type Json = dict[str, Any]

APPROVE = {"decision": "approve", "reason": "Seen."}
DECISION = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
OWN = {"name": "Hannah Handler", "iban": "GB33BUKB20201555555555"}


def filed_by(platform: Platform, person: str, **changes: object) -> Json:
    """A claim whose notice this person took."""
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)
    platform.now = AFTER_THE_LOSS
    return platform.post("/v1/claims", body | changes, by=person)


def waiting(claim: Json) -> str:
    """The path of the one payment, which waits for approval."""
    [payment] = claim["payments"]
    assert payment["status"] == "awaiting_approval"
    return f"/v1/claims/{claim['id']}/payments/{payment['id']}"


def test_who_took_the_notice_and_named_the_payee_does_not_pay_the_claim_alone(platform: Platform):
    claim = filed_by(platform, HANDLER, payee=OWN)

    paying = platform.post(f"/v1/claims/{claim['id']}/settlement", by=HANDLER)

    assert paying["task"]["code"] == "approve_payment"
    assert "took the notice or named the payee" in paying["task"]["reason"]
    at = waiting(paying)
    assert platform.refused(f"{at}/approval", APPROVE, by=HANDLER) == "same-person"
    seen = platform.get(f"/v1/claims/{claim['id']}", by=SUPERVISOR)
    assert seen["payee"] == {
        "name": "Hannah Handler",
        "is_policyholder": False,
        "account_ending": "5555",
    }
    assert seen["payee_named_by"] == seen["notice_taken_by"]
    assert "iban" not in str(seen)
    assert "payee_named_by" not in platform.get(f"/v1/claims/{claim['id']}")
    approved = platform.post(f"{at}/approval", APPROVE, by=SUPERVISOR)
    assert approved["payments"][0]["status"] == "executing"


def test_a_decision_by_who_took_the_notice_waits_for_another_person(platform: Platform):
    claim = filed_by(platform, HANDLER)

    paying = platform.post(f"/v1/claims/{claim['id']}/decision", DECISION, by=HANDLER)

    waiting(paying)


def test_who_named_the_first_payee_approves_no_payment_to_it(platform: Platform):
    claim = crash(platform, "9000", payee=None)
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/payee", OWN, by=SUPERVISOR)

    at = waiting(platform.post(f"{path}/decision", DECISION, by=HANDLER))

    refusal = platform.call("POST", f"{at}/approval", APPROVE, by=SUPERVISOR)
    assert (refusal.status, refusal.body["code"]) == (409, "same-person")
    assert "name the payee and approve the payment" in refusal.body["detail"]


def test_who_took_the_notice_approves_no_payment_on_it(platform: Platform):
    claim = filed_by(platform, HANDLER, claimed=money("9000"))

    at = waiting(platform.post(f"/v1/claims/{claim['id']}/decision", DECISION, by=SUPERVISOR))

    assert platform.refused(f"{at}/approval", APPROVE, by=HANDLER) == "same-person"


def test_a_payee_that_was_proposed_counts_as_named_by_who_proposed_it(platform: Platform):
    claim = crash(platform, "9000")
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/payee", OWN | {"name": "Other"}, by=HANDLER)
    platform.post(f"{path}/payee/approval", {"decision": "approve"}, by=SUPERVISOR)
    at = waiting(platform.post(f"{path}/decision", DECISION, by=SUPERVISOR))
    platform.now = platform.now.replace(year=platform.now.year + 1)

    assert platform.refused(f"{at}/approval", APPROVE, by=HANDLER) == "same-person"


def test_the_first_bill_of_a_sender_is_approved_by_another_person_and_the_next_is_paid(
    platform: Platform,
):
    claim = crash(platform)
    path = f"/v1/claims/{claim['id']}"
    expected = {"cost_type": "expense", "outstanding": money("900"), "reason": "new_information"}
    platform.post(f"{path}/reserves", expected, by=HANDLER)

    at = waiting(platform.post(f"{path}/payments", bill("240"), by=HANDLER))
    assert platform.refused(f"{at}/approval", APPROVE, by=HANDLER) == "same-person"
    platform.post(f"{at}/approval", APPROVE, by=SUPERVISOR)
    known = platform.post(f"{path}/payments", bill("60"), by=HANDLER)
    other = bill("50") | {"payee": OWN}
    unknown = platform.post(f"{path}/payments", other, by=HANDLER)

    assert known["payments"][1]["status"] == "executing"
    assert unknown["payments"][2]["status"] == "awaiting_approval"


@pytest.fixture
def recovery(platform: Platform) -> str:
    """The path of a recovery of 1.00 that is pursued."""
    claim = settled(platform, loss(issued(platform), "windscreen", "400"))
    reported(platform, claim["payments"][0]["id"], "paid")
    path = f"/v1/claims/{claim['id']}/recoveries"
    body = {"kind": "subrogation", "against": "Another insurer", "expected": money("1.00")}
    platform.post(path, body, by=HANDLER)
    platform.post(f"{path}/1/pursuit", by=HANDLER)
    return f"{path}/1"


@pytest.mark.parametrize(
    ("amount", "by", "answer"),
    [
        ("1001.00", HANDLER, 200),
        ("1001.01", HANDLER, 403),
        ("1001.01", SUPERVISOR, 200),
        ("9999999.99", SUPERVISOR, 403),
    ],
)
def test_more_than_a_recovery_was_expected_to_bring_needs_authority(
    platform: Platform, recovery: str, amount: str, by: str, answer: int
):
    receipt = {"amount": money(amount)}

    answered = platform.call("POST", f"{recovery}/receipts", receipt, by=by)

    assert answered.status == answer
    if answer == 403:
        assert answered.body["code"] == "no-authority"


@pytest.mark.parametrize(
    ("expected", "by", "answer"),
    [
        ("10000.00", HANDLER, 200),
        ("10000.01", HANDLER, 403),
        ("10000.01", SUPERVISOR, 200),
        ("250000.00", SUPERVISOR, 200),
        ("250000.01", SUPERVISOR, 403),
    ],
)
def test_giving_up_what_a_recovery_was_expected_to_bring_needs_authority(
    platform: Platform, expected: str, by: str, answer: int
):
    claim = settled(platform, loss(issued(platform), "windscreen", "400"))
    reported(platform, claim["payments"][0]["id"], "paid")
    path = pursued(platform, claim["id"], expected)

    answered = platform.call("POST", f"{path}/abandonment", {"reason_code": "not_economic"}, by=by)

    assert answered.status == answer
    if answer == 403:
        assert answered.body["code"] == "no-authority"
