"""What people do with a claim, through the API: decide, reserve, hold, close and open it again."""

from typing import Any

import pytest

from tests.claims.office import Office
from tests.claims.policies import bill, issued, loss, money, notified, settled
from tests.claims.products import published_claims

HANDLER, SUPERVISOR = "handler-test", "supervisor-test"
AT_FAULT = {"driver_age": 35, "fault": True}
DENIAL = {
    "decision": "deny",
    "reason_code": "not_our_driver",
    "reason": "The driver at the wheel is not named on the policy.",
}


def crash(office: Office, claimed: str = "3000", **changes: Any):
    body = loss(issued(office), "accidental_damage", claimed, facts=AT_FAULT)
    return notified(office, body | changes)


def test_a_notice_sets_the_products_first_reserve(office):
    claim = crash(office)

    assert claim["reserve"] == money("2500")
    assert [line["reason"] for line in claim["reserves"]] == ["initial"]


def test_an_incomplete_notice_is_completed_later_and_then_settled(office):
    claim = crash(office, facts={"driver_age": 35})
    path = f"/v1/claims/{claim['id']}"
    assert claim["missing"] == ["fault"]
    assert office.post(f"{path}/settlement")["status"] == "verifying"

    completed = office.post(f"{path}/facts", {"facts": {"fault": False}})

    assert completed["missing"] == []
    assert "task" not in completed
    assert office.post(f"{path}/settlement")["payments"][0]["amount"] == money("2500")


def test_a_named_payee_is_not_replaced_by_the_way(office):
    claim = crash(office)

    other = {"payee": {"name": "Somebody Else", "iban": "GB29NWBK60161331926819"}}

    assert office.refused(f"/v1/claims/{claim['id']}/facts", other) == "payee-already-named"


def test_a_claim_is_denied_with_reason_wording_and_the_way_to_appeal(office):
    late = "2027-12-15T08:20:00Z"
    claim = crash(office, "1000", occurred_at=late)
    path = f"/v1/claims/{claim['id']}"
    referred = office.post(f"{path}/settlement")
    assert referred["status"] == "assessing"

    denied = office.post(f"{path}/decision", DENIAL, by=HANDLER)

    [decision] = denied["decisions"]
    assert (denied["status"], denied["decision"]) == ("closed", "denied")
    assert denied["reserve"]["amount"] == 0
    assert decision["reason_code"] == "not_our_driver"
    assert "within_period" in decision["rules"]
    assert "Ombudsman" in decision["appeal"]
    assert decision["automated"] is False


def test_a_large_denial_waits_for_a_second_person(office):
    claim = crash(office, "9000")
    path = f"/v1/claims/{claim['id']}"

    proposed = office.post(f"{path}/decision", DENIAL, by=HANDLER)
    assert (proposed["decision"], proposed["task"]["code"]) == ("pending", "confirm_decision")
    word = {"decision": "confirm", "reason": "The policy names one driver."}
    assert office.refused(f"{path}/decision/confirmation", word, by=HANDLER) == "same-person"
    denied = office.post(f"{path}/decision/confirmation", word, by=SUPERVISOR)

    assert (denied["status"], denied["decision"]) == ("closed", "denied")


def test_a_second_person_may_refuse_a_denial(office):
    claim = crash(office, "9000")
    path = f"/v1/claims/{claim['id']}"
    office.post(f"{path}/decision", DENIAL, by=HANDLER)

    word = {"decision": "refuse", "reason": "The driver was named in June."}
    refused = office.post(f"{path}/decision/confirmation", word, by=SUPERVISOR)

    assert (refused["status"], refused["decision"]) == ("assessing", "pending")
    assert refused["task"]["code"] == "decision_refused"


def test_a_referred_claim_is_approved_and_paid_after_a_second_person_agreed(office):
    claim = crash(office, "9000", payee=None)
    path = f"/v1/claims/{claim['id']}"
    assert office.post(f"{path}/settlement")["task"]["code"] == "referred"
    payee = {"payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}}
    office.post(f"{path}/facts", payee)

    asked = {"decision": "approve", "reason_code": "as_reported", "reason": "Photographs agree."}
    approved = office.post(f"{path}/decision", asked, by=HANDLER)
    [payment] = approved["payments"]
    assert (payment["status"], payment["amount"]) == ("awaiting_approval", money("8500"))
    approval = f"{path}/payments/{payment['id']}/approval"
    agreed = {"decision": "approve", "reason": "Within the estimate."}
    assert office.refused(approval, agreed, by=HANDLER) == "same-person"
    paying = office.post(approval, agreed, by=SUPERVISOR)

    assert paying["payments"][0]["status"] == "executing"
    paid = reported(office, payment["id"], "paid")
    assert paid["status"] == "paid"
    closed = office.get(path)
    assert (closed["status"], closed["closed_as"]) == ("closed", "settled")
    assert closed["reserve"]["amount"] == 0


def reported(office: Office, instruction: str, outcome: str):
    body = {
        "instruction_id": instruction,
        "outcome": outcome,
        "bank_reference": "FP-1",
        "executed_at": "2027-01-16T10:00:00Z",
    }
    return office.post("/v1/bank-reports", body, by="bank-test")


def test_a_part_approval_pays_less_and_says_why(office):
    claim = crash(office, "1500")

    part = {
        "decision": "part_approve",
        "amount": money("600"),
        "reason_code": "betterment",
        "reason": "The bumper was damaged before.",
    }
    decided = office.post(f"/v1/claims/{claim['id']}/decision", part, by=HANDLER)

    assert decided["payments"][0]["amount"] == money("600")
    assert decided["decision"] == "part_approved"
    assert "Ombudsman" in decided["decisions"][0]["appeal"]


def test_what_the_rules_fail_cannot_be_approved_but_paid_as_goodwill(office):
    claim = crash(office, occurred_at="2027-12-15T08:20:00Z")
    path = f"/v1/claims/{claim['id']}/decision"

    asked = {"decision": "approve", "reason_code": "as_reported", "reason": "A good customer."}
    assert office.refused(path, asked, by=HANDLER) == "decision-not-possible"
    paid = office.post(path, asked | {"decision": "goodwill", "amount": money("100")}, by=HANDLER)

    assert paid["decision"] == "goodwill"
    assert paid["payments"][0]["status"] == "awaiting_approval"


def test_without_a_profile_nobody_decides(office):
    claim = crash(office)
    path = f"/v1/claims/{claim['id']}"

    assert office.refused(f"{path}/decision", DENIAL, by="underwriter-test") == "missing-scope"
    assert office.refused(f"{path}/decision", DENIAL) == "missing-scope"


def test_on_hold_nothing_is_settled_until_it_is_released(office):
    claim = crash(office)
    path = f"/v1/claims/{claim['id']}"

    held = office.post(f"{path}/hold", {"reason": "The police ask us to wait."}, by=HANDLER)

    assert held["on_hold"] == "The police ask us to wait."
    assert office.refused(f"{path}/settlement") == "claim-on-hold"
    assert office.refused(f"{path}/decision", DENIAL, by=HANDLER) == "claim-on-hold"
    assert office.refused(f"{path}/hold", {"reason": "Again."}, by=HANDLER) == "wrong-state"
    office.post(f"{path}/release", by=HANDLER)
    assert office.refused(f"{path}/release", by=HANDLER) == "wrong-state"
    assert office.post(f"{path}/settlement")["status"] == "settling"


def test_reserves_move_with_reason_and_authority(office):
    claim = crash(office)
    path = f"/v1/claims/{claim['id']}/reserves"
    body = {"cost_type": "indemnity", "reason": "revised_estimate"}

    raised = office.post(path, body | {"outstanding": money("4000")}, by=HANDLER)

    assert raised["reserve"] == money("4000")
    assert raised["reserves"][-1]["reason"] == "revised_estimate"
    much = body | {"outstanding": money("20000000")}
    assert office.refused(path, much, by=HANDLER) == "no-authority"


def test_expenses_are_paid_out_of_their_own_reserve(office):
    claim = crash(office)
    path = f"/v1/claims/{claim['id']}"
    invoice = bill("240")

    assert office.refused(f"{path}/payments", invoice, by=HANDLER) == "reserve-too-low"
    expected = {"cost_type": "expense", "outstanding": money("400"), "reason": "new_information"}
    office.post(f"{path}/reserves", expected, by=HANDLER)
    paying = office.post(f"{path}/payments", invoice, by=HANDLER)

    assert [payment["cost_type"] for payment in paying["payments"]] == ["expense"]
    reported(office, paying["payments"][0]["id"], "paid")
    left = {line["cost_type"]: line["outstanding"] for line in office.get(path)["reserves"]}
    assert left == {"indemnity": money("2500"), "expense": money("160")}


def test_a_returned_payment_reopens_the_claim_and_is_owed_again(office):
    claim = settled(office, loss(issued(office), "windscreen", "400"))
    path = f"/v1/claims/{claim['id']}"
    [payment] = claim["payments"]
    reported(office, payment["id"], "paid")
    assert office.get(path)["status"] == "closed"

    reported(office, payment["id"], "returned")

    reopened = office.get(path)
    assert (reopened["status"], reopened["task"]["code"]) == ("reopened", "payment_returned")
    assert reopened["reserve"] == money("325")
    assert reopened["paid"]["amount"] == 0
    again = office.post(f"{path}/settlement")
    assert [each["status"] for each in again["payments"]] == ["returned", "executing"]


def test_a_closed_claim_is_opened_again_and_only_the_difference_is_paid(office):
    claim = settled(office, loss(issued(office), "accidental_damage", "1000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"
    reported(office, claim["payments"][0]["id"], "paid")
    assert office.refused(f"{path}/settlement") == "wrong-state"

    reason = {"reason": "A second workshop found more."}
    reopened = office.post(f"{path}/reopening", reason | {"reserve": money("300")}, by=HANDLER)
    assert (reopened["status"], reopened["decision"]) == ("reopened", "pending")
    goodwill = {
        "decision": "goodwill",
        "amount": money("700"),
        "reason_code": "more_found",
        "reason": "Hidden damage to the axle.",
    }
    decided = office.post(f"{path}/decision", goodwill, by=HANDLER)

    assert [each["amount"] for each in decided["payments"]] == [money("500"), money("200")]
    assert office.refused(f"{path}/reopening", reason, by=HANDLER) == "wrong-state"


def test_a_withdrawn_claim_closes_and_leaves_nothing(office):
    claim = crash(office)

    path = f"/v1/claims/{claim['id']}/closure"
    assert office.refused(path, {"reason": "settled"}, by=HANDLER) == "wrong-state"
    closed = office.post(path, {"reason": "withdrawn"}, by=HANDLER)

    assert (closed["status"], closed["closed_as"]) == ("closed", "withdrawn")
    assert closed["reserve"]["amount"] == 0


def test_a_claim_does_not_close_over_an_open_payment(office):
    claim = settled(office, loss(issued(office), "accidental_damage", "9000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"

    refused = office.refused(f"{path}/closure", {"reason": "settled"}, by=HANDLER)

    assert refused == "claim-still-open"
    payment = f"{path}/payments/{claim['payments'][0]['id']}/cancellation"
    office.post(payment, {"reason": "Asked for twice."}, by=HANDLER)
    assert office.get(path)["status"] == "assessing"


def test_a_repeated_decision_is_answered_as_at_first(office):
    claim = crash(office, "1000")
    path = f"/v1/claims/{claim['id']}/decision"

    first = office.call("POST", path, DENIAL, by=HANDLER, key="denial-1")
    again = office.call("POST", path, DENIAL, by=HANDLER, key="denial-1")

    assert again.body == first.body
    assert office.refused(path, DENIAL, by=HANDLER) == "wrong-state"


def test_what_was_held_back_is_paid_once_the_loss_was_made_good(office):
    office.offering(published_claims())
    body = loss(issued(office, "published_claims", {}), "roof", money("800", "USD"))
    claim = settled(office, body | {"facts": {"age_years": 5}})
    path = f"/v1/claims/{claim['id']}"
    assert (claim["payable"], claim["recoverable"]) == (money("600", "USD"), money("200", "USD"))
    reported(office, claim["payments"][0]["id"], "paid")
    office.post(f"{path}/reopening", {"reason": "The roof is done."}, by=HANDLER)

    asked = {"decision": "approve", "reason_code": "repaired", "reason": "The invoice is here."}
    decided = office.post(f"{path}/decision", asked | {"made_good": True}, by=HANDLER)

    assert [each["amount"] for each in decided["payments"]] == [
        money("600", "USD"),
        money("200", "USD"),
    ]


@pytest.mark.parametrize(
    ("claimed", "payable", "recoverable"),
    [("800", "500", "100"), ("1000", "600", None), ("120", "0", "20")],
    ids=["above the limit in part", "above the limit", "below the excess"],
)
def test_what_is_held_back_is_within_limit_and_excess(office, claimed, payable, recoverable):
    office.offering(published_claims())
    body = loss(issued(office, "published_claims", {}), "garage_roof", money(claimed, "USD"))

    claim = settled(office, body | {"facts": {"age_years": 5}})

    assert claim["payable"] == money(payable, "USD")
    assert claim.get("recoverable") == (recoverable and money(recoverable, "USD"))


def test_what_is_beyond_a_persons_authority_waits_for_another(office):
    rows = [
        {"role": "claims_handler", "limit": 300},
        {"role": "supervisor"},
    ]
    office.offering(published_claims(authority=rows, straight_through_limit=1000))
    body = loss(issued(office, "published_claims", {}), "roof", money("800", "USD"))
    claim = notified(office, body | {"facts": {"age_years": 0}})
    path = f"/v1/claims/{claim['id']}"
    expense = {"cost_type": "expense", "outstanding": money("400", "USD"), "reason": "legal_advice"}
    office.post(f"{path}/reserves", expense, by=SUPERVISOR)
    invoice = bill("350") | {"amount": money("350", "USD")}
    office.post(f"{path}/payments", invoice, by=HANDLER)

    asked = {"decision": "approve", "reason_code": "as_reported", "reason": "Photographs agree."}
    decided = office.post(f"{path}/decision", asked, by=HANDLER)

    assert [each["status"] for each in decided["payments"]] == ["awaiting_approval"] * 2
    for payment in decided["payments"]:
        approval = {"decision": "approve", "reason": "Agreed."}
        office.post(f"{path}/payments/{payment['id']}/approval", approval, by=SUPERVISOR)
    paying = office.get(path)["payments"]
    assert [each["status"] for each in paying] == ["executing"] * 2


def test_while_a_denial_waits_to_be_confirmed_nothing_is_settled(office):
    claim = crash(office, "5200", facts=AT_FAULT)
    path = f"/v1/claims/{claim['id']}"
    assert claim["reserve"] == money("4700")  # within what is paid straight through
    office.post(f"{path}/decision", DENIAL, by=HANDLER)

    assert office.refused(f"{path}/settlement") == "wrong-state"


def test_nothing_more_is_owed_where_nothing_was_held_back(office):
    path = f"/v1/claims/{crash(office)['id']}/decision"
    asked = {"decision": "approve", "reason_code": "repaired", "reason": "The invoice is here."}

    assert office.refused(path, asked | {"made_good": True}, by=HANDLER) == "decision-not-possible"
