"""What waits for a second person stays somebody's work, whatever else is done on the claim meanwhile."""

from typing import Any

from tests.support.claims import (
    AT_FAULT,
    COMPLIANCE,
    HANDLER,
    SUPERVISOR,
    WORK,
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

APPROVE = {"decision": "approve", "reason": "Seen."}
REFUSE = {"decision": "refuse", "reason": "Not so."}


def with_two_payments(platform: Platform) -> tuple[str, list[Any]]:
    """A claim of which loss and bill both wait for a second person."""
    claim = settled(platform, loss(issued(platform), "accidental_damage", "9000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"
    expected = {"cost_type": "expense", "outstanding": money("6000"), "reason": "new_information"}
    platform.post(f"{path}/reserves", expected, by=SUPERVISOR)
    payments = platform.post(f"{path}/payments", bill("6000"), by=HANDLER)["payments"]
    assert [each["status"] for each in payments] == ["awaiting_approval"] * 2
    return path, payments


def test_of_two_payments_that_wait_the_second_is_still_listed_when_the_first_is_approved(
    platform: Platform,
):
    path, payments = with_two_payments(platform)

    one = platform.post(f"{path}/payments/{payments[0]['id']}/approval", APPROVE, by=SUPERVISOR)
    assert one["task"]["code"] == "approve_payment"
    assert [each["id"] for each in platform.get(WORK, by=HANDLER)["items"]] == [one["id"]]

    both = platform.post(f"{path}/payments/{payments[1]['id']}/approval", APPROVE, by=SUPERVISOR)
    assert "task" not in both


def test_a_claim_that_was_referred_is_still_listed_when_its_bill_is_approved(platform: Platform):
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT, payee=None)
    path = f"/v1/claims/{settled(platform, body)['id']}"
    expected = {"cost_type": "expense", "outstanding": money("6000"), "reason": "new_information"}
    platform.post(f"{path}/reserves", expected, by=SUPERVISOR)
    asked = platform.post(f"{path}/payments", bill("6000"), by=HANDLER)
    assert asked["task"]["code"] == "referred"

    approval = f"{path}/payments/{asked['payments'][0]['id']}/approval"
    approved = platform.post(approval, APPROVE, by=SUPERVISOR)

    assert approved["payments"][0]["status"] == "executing"
    assert approved["task"]["code"] == "referred"


def test_a_payee_that_waits_is_decided_on_before_a_screening_is_cleared(platform: Platform):
    listed = {"name": "Drago, Viktor MALENKOV", "iban": "GB33BUKB20201555555555"}
    claim = crash(platform, payee=listed)
    path = f"/v1/claims/{claim['id']}"
    decision = {"decision": "approve", "reason_code": "covered", "reason": "Covered."}
    payment = platform.post(f"{path}/decision", decision, by=HANDLER)["payments"][0]["id"]
    platform.post(f"{path}/payments/{payment}/approval", APPROVE, by=SUPERVISOR)
    other = {"name": "Ada", "iban": "GB33BUKB20201555555555"}
    asked = platform.post(f"{path}/payee", other, by=HANDLER)

    clear = {"decision": "clear", "reason": "Born on another day."}
    screening = f"{path}/payments/{payment}/screening"
    assert platform.refused(screening, clear, by=COMPLIANCE) == "payee-unsettled"
    assert asked["task"]["code"] == "approve_payee"
    left = platform.post(f"{path}/payee/approval", {"decision": "refuse"}, by=SUPERVISOR)
    assert left["task"]["code"] == "clear_screening"
    cleared = platform.post(screening, clear, by=COMPLIANCE)
    assert cleared["payments"][0]["status"] == "executing"


def test_a_payee_change_that_was_taken_back_is_nobodys_work(platform: Platform):
    claim = crash(platform, "1000")
    path = f"/v1/claims/{claim['id']}"
    asked = platform.post(f"{path}/payee", claim["payee"] | {"name": "Other"}, by=HANDLER)
    assert asked["task"]["code"] == "approve_payee"

    back = platform.post(f"{path}/payee", claim["payee"], by=HANDLER)

    assert "task" not in back
    assert "payee_requested" not in back


def test_a_review_that_was_asked_for_is_not_forgotten_when_the_bank_pays(platform: Platform):
    claim = settled(platform, loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/review", {"reason": "The excess was waived."})

    reported(platform, claim["payments"][0]["id"], "paid")

    after = platform.get(path)
    assert (after["status"], after["task"]["code"]) == ("settling", "review_asked")
    assert after["paid"] == money("500")
    closed = platform.post(f"{path}/closure", {"reason": "settled"}, by=HANDLER)
    assert (closed["status"], "task" in closed) == ("closed", False)


def test_the_insureds_share_that_was_refused_can_be_paid_after_all(platform: Platform):
    claim = settled(platform, loss(issued(platform), "accidental_damage", "1500", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"
    reported(platform, claim["payments"][0]["id"], "paid")
    recovery = pursued(platform, claim["id"])
    share = platform.post(f"{recovery}/receipts", {"amount": money("1200")}, by=HANDLER)[
        "payments"
    ][1]
    platform.post(f"{path}/payments/{share['id']}/approval", REFUSE, by=SUPERVISOR)
    again = {"cost_type": "insured_share", "amount": share["amount"], "reason": "It is theirs."}
    more = again | {"amount": {**share["amount"], "amount": share["amount"]["amount"] + 1}}
    elsewhere = again | {"payee": bill("1")["payee"]}

    assert platform.refused(f"{path}/payments", more, by=HANDLER) == "reserve-too-low"
    assert platform.refused(f"{path}/payments", elsewhere, by=HANDLER) == "invalid-fields"
    asked = platform.post(f"{path}/payments", again, by=HANDLER)["payments"][2]
    assert (asked["cost_type"], asked["status"]) == ("insured_share", "awaiting_approval")
    assert platform.refused(f"{path}/payments", again, by=HANDLER) == "reserve-too-low"
    approval = f"{path}/payments/{asked['id']}/approval"
    assert platform.refused(approval, APPROVE, by=HANDLER) == "same-person"
    platform.post(approval, APPROVE, by=SUPERVISOR)
    reported(platform, asked["id"], "paid")
    assert platform.get(path)["payments"][2]["status"] == "paid"


def test_a_bill_is_paid_to_an_account_and_not_into_the_void(platform: Platform):
    path = f"/v1/claims/{crash(platform)['id']}"

    nobody = bill("5") | {"payee": {"name": "Quay Assessors"}}

    assert platform.refused(f"{path}/payments", nobody, by=HANDLER) == "invalid-fields"
    without = {name: bill("5")[name] for name in ("amount", "reason")}
    assert platform.refused(f"{path}/payments", without, by=HANDLER) == "invalid-fields"
