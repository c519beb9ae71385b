"""What people do with a claim, through the API: decide, reserve, hold, close and open it again."""

import pytest

from tests.support.claims import (
    AT_FAULT,
    DENIAL,
    HANDLER,
    SUPERVISOR,
    bill,
    crash,
    issued,
    loss,
    money,
    notified,
    reported,
    settled,
)
from tests.support.products import published_claims


def test_a_notice_sets_the_products_first_reserve(platform):
    claim = crash(platform)

    assert claim["reserve"] == money("2500")
    assert [line["reason"] for line in claim["reserves"]] == ["initial"]


def test_an_incomplete_notice_is_completed_later_and_then_settled(platform):
    claim = crash(platform, facts={"driver_age": 35})
    path = f"/v1/claims/{claim['id']}"
    assert claim["missing"] == ["fault"]
    assert platform.post(f"{path}/settlement")["status"] == "verifying"

    completed = platform.post(f"{path}/facts", {"facts": {"fault": False}})

    assert completed["missing"] == []
    assert "task" not in completed
    assert platform.post(f"{path}/settlement")["payments"][0]["amount"] == money("2500")


def test_a_named_payee_is_not_replaced_by_the_way(platform):
    claim = crash(platform)

    other = {"payee": {"name": "Somebody Else", "iban": "GB29NWBK60161331926819"}}

    assert platform.refused(f"/v1/claims/{claim['id']}/facts", other) == "payee-already-named"


def test_a_claim_is_denied_with_reason_wording_and_the_way_to_appeal(platform):
    late = "2027-12-15T08:20:00Z"
    claim = crash(platform, "1000", occurred_at=late)
    path = f"/v1/claims/{claim['id']}"
    referred = platform.post(f"{path}/settlement")
    assert referred["status"] == "assessing"

    denied = platform.post(f"{path}/decision", DENIAL, by=HANDLER)

    [decision] = denied["decisions"]
    assert (denied["status"], denied["decision"]) == ("closed", "denied")
    assert denied["reserve"]["amount"] == 0
    assert decision["reason_code"] == "not_our_driver"
    assert "within_period" in decision["rules"]
    assert "Ombudsman" in decision["appeal"]
    assert decision["automated"] is False


def test_a_large_denial_waits_for_a_second_person(platform):
    claim = crash(platform, "9000")
    path = f"/v1/claims/{claim['id']}"

    proposed = platform.post(f"{path}/decision", DENIAL, by=HANDLER)
    assert (proposed["decision"], proposed["task"]["code"]) == ("pending", "confirm_decision")
    word = {"decision": "confirm", "reason": "The policy names one driver."}
    assert platform.refused(f"{path}/decision/confirmation", word, by=HANDLER) == "same-person"
    denied = platform.post(f"{path}/decision/confirmation", word, by=SUPERVISOR)

    assert (denied["status"], denied["decision"]) == ("closed", "denied")


def test_a_second_person_may_refuse_a_denial(platform):
    claim = crash(platform, "9000")
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/decision", DENIAL, by=HANDLER)

    word = {"decision": "refuse", "reason": "The driver was named in June."}
    refused = platform.post(f"{path}/decision/confirmation", word, by=SUPERVISOR)

    assert (refused["status"], refused["decision"]) == ("assessing", "pending")
    assert refused["task"]["code"] == "decision_refused"


def test_a_referred_claim_is_approved_and_paid_after_a_second_person_agreed(platform):
    claim = crash(platform, "9000", payee=None)
    path = f"/v1/claims/{claim['id']}"
    assert platform.post(f"{path}/settlement")["task"]["code"] == "referred"
    payee = {"payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}}
    platform.post(f"{path}/facts", payee)

    asked = {"decision": "approve", "reason_code": "as_reported", "reason": "Photographs agree."}
    approved = platform.post(f"{path}/decision", asked, by=HANDLER)
    [payment] = approved["payments"]
    assert (payment["status"], payment["amount"]) == ("awaiting_approval", money("8500"))
    approval = f"{path}/payments/{payment['id']}/approval"
    agreed = {"decision": "approve", "reason": "Within the estimate."}
    assert platform.refused(approval, agreed, by=HANDLER) == "same-person"
    paying = platform.post(approval, agreed, by=SUPERVISOR)

    assert paying["payments"][0]["status"] == "executing"
    paid = reported(platform, payment["id"], "paid")
    assert paid["status"] == "paid"
    closed = platform.get(path)
    assert (closed["status"], closed["closed_as"]) == ("closed", "settled")
    assert closed["reserve"]["amount"] == 0


def test_a_part_approval_pays_less_and_says_why(platform):
    claim = crash(platform, "1500")

    part = {
        "decision": "part_approve",
        "amount": money("600"),
        "reason_code": "betterment",
        "reason": "The bumper was damaged before.",
    }
    decided = platform.post(f"/v1/claims/{claim['id']}/decision", part, by=HANDLER)

    assert decided["payments"][0]["amount"] == money("600")
    assert decided["decision"] == "part_approved"
    assert "Ombudsman" in decided["decisions"][0]["appeal"]


def test_what_the_rules_fail_cannot_be_approved_but_paid_as_goodwill(platform):
    claim = crash(platform, occurred_at="2027-12-15T08:20:00Z")
    path = f"/v1/claims/{claim['id']}/decision"

    asked = {"decision": "approve", "reason_code": "as_reported", "reason": "A good customer."}
    assert platform.refused(path, asked, by=HANDLER) == "decision-not-possible"
    paid = platform.post(path, asked | {"decision": "goodwill", "amount": money("100")}, by=HANDLER)

    assert paid["decision"] == "goodwill"
    assert paid["payments"][0]["status"] == "awaiting_approval"


def test_without_a_profile_nobody_decides(platform):
    claim = crash(platform)
    path = f"/v1/claims/{claim['id']}"

    assert platform.refused(f"{path}/decision", DENIAL, by="underwriter-test") == "missing-scope"
    assert platform.refused(f"{path}/decision", DENIAL) == "missing-scope"


def test_on_hold_nothing_is_settled_until_it_is_released(platform):
    claim = crash(platform)
    path = f"/v1/claims/{claim['id']}"

    held = platform.post(f"{path}/hold", {"reason": "The police ask us to wait."}, by=HANDLER)

    assert held["on_hold"] == "The police ask us to wait."
    assert platform.refused(f"{path}/settlement") == "claim-on-hold"
    assert platform.refused(f"{path}/decision", DENIAL, by=HANDLER) == "claim-on-hold"
    assert platform.refused(f"{path}/hold", {"reason": "Again."}, by=HANDLER) == "wrong-state"
    platform.post(f"{path}/release", by=HANDLER)
    assert platform.refused(f"{path}/release", by=HANDLER) == "wrong-state"
    assert platform.post(f"{path}/settlement")["status"] == "settling"


def test_reserves_move_with_reason_and_authority(platform):
    claim = crash(platform)
    path = f"/v1/claims/{claim['id']}/reserves"
    body = {"cost_type": "indemnity", "reason": "revised_estimate"}

    raised = platform.post(path, body | {"outstanding": money("4000")}, by=HANDLER)

    assert raised["reserve"] == money("4000")
    assert raised["reserves"][-1]["reason"] == "revised_estimate"
    much = body | {"outstanding": money("20000000")}
    assert platform.refused(path, much, by=HANDLER) == "no-authority"


def test_expenses_are_paid_out_of_their_own_reserve(platform):
    claim = crash(platform)
    path = f"/v1/claims/{claim['id']}"
    invoice = bill("240")

    assert platform.refused(f"{path}/payments", invoice, by=HANDLER) == "reserve-too-low"
    expected = {"cost_type": "expense", "outstanding": money("400"), "reason": "new_information"}
    platform.post(f"{path}/reserves", expected, by=HANDLER)
    entered = platform.post(f"{path}/payments", invoice, by=HANDLER)
    [payment] = entered["payments"]
    assert (payment["cost_type"], payment["status"]) == ("expense", "awaiting_approval")

    platform.post(
        f"{path}/payments/{payment['id']}/approval",
        {"decision": "approve", "reason": "Seen."},
        by=SUPERVISOR,
    )
    reported(platform, payment["id"], "paid")
    left = {line["cost_type"]: line["outstanding"] for line in platform.get(path)["reserves"]}
    assert left == {"indemnity": money("2500"), "expense": money("160")}


def test_a_returned_payment_reopens_the_claim_and_is_owed_again(platform):
    claim = settled(platform, loss(issued(platform), "windscreen", "400"))
    path = f"/v1/claims/{claim['id']}"
    [payment] = claim["payments"]
    reported(platform, payment["id"], "paid")
    assert platform.get(path)["status"] == "closed"

    reported(platform, payment["id"], "returned")

    reopened = platform.get(path)
    assert (reopened["status"], reopened["task"]["code"]) == ("reopened", "payment_returned")
    assert reopened["reserve"] == money("325")
    assert reopened["paid"]["amount"] == 0


def test_what_came_back_is_paid_again_by_a_person_alone(platform):
    claim = settled(platform, loss(issued(platform), "windscreen", "400"))
    path = f"/v1/claims/{claim['id']}"
    reported(platform, claim["payments"][0]["id"], "paid")
    reported(platform, claim["payments"][0]["id"], "returned")

    waiting = platform.post(f"{path}/settlement")

    assert [each["status"] for each in waiting["payments"]] == ["returned"]
    [rule] = [each for each in waiting["rules"] if each["code"] == "payment_came_back"]
    assert (rule["outcome"], rule["facts"]["payments"]) == ("refer", [claim["payments"][0]["id"]])
    asked = {"decision": "approve", "reason_code": "as_reported", "reason": "A new account."}
    paying = platform.post(f"{path}/decision", asked, by=HANDLER)
    assert [each["status"] for each in paying["payments"]] == ["returned", "executing"]


def test_a_closed_claim_is_opened_again_and_only_the_difference_is_paid(platform):
    claim = settled(platform, loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"
    reported(platform, claim["payments"][0]["id"], "paid")
    assert platform.refused(f"{path}/settlement") == "wrong-state"

    reason = {"reason": "A second workshop found more."}
    reopened = platform.post(f"{path}/reopening", reason | {"reserve": money("300")}, by=HANDLER)
    assert (reopened["status"], reopened["decision"]) == ("reopened", "pending")
    goodwill = {
        "decision": "goodwill",
        "amount": money("700"),
        "reason_code": "more_found",
        "reason": "Hidden damage to the axle.",
    }
    decided = platform.post(f"{path}/decision", goodwill, by=HANDLER)

    assert [each["amount"] for each in decided["payments"]] == [money("500"), money("200")]
    assert platform.refused(f"{path}/reopening", reason, by=HANDLER) == "wrong-state"


def test_a_withdrawn_claim_closes_and_leaves_nothing(platform):
    claim = crash(platform)

    path = f"/v1/claims/{claim['id']}/closure"
    assert platform.refused(path, {"reason": "settled"}, by=HANDLER) == "wrong-state"
    closed = platform.post(path, {"reason": "withdrawn"}, by=HANDLER)

    assert (closed["status"], closed["closed_as"]) == ("closed", "withdrawn")
    assert closed["reserve"]["amount"] == 0


def test_a_claim_does_not_close_over_an_open_payment(platform):
    claim = settled(platform, loss(issued(platform), "accidental_damage", "9000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"

    refused = platform.refused(f"{path}/closure", {"reason": "settled"}, by=HANDLER)

    assert refused == "claim-still-open"
    payment = f"{path}/payments/{claim['payments'][0]['id']}/cancellation"
    platform.post(payment, {"reason": "Asked for twice."}, by=HANDLER)
    assert platform.get(path)["status"] == "assessing"


def test_a_repeated_decision_is_answered_as_at_first(platform):
    claim = crash(platform, "1000")
    path = f"/v1/claims/{claim['id']}/decision"

    first = platform.call("POST", path, DENIAL, by=HANDLER, key="denial-1")
    again = platform.call("POST", path, DENIAL, by=HANDLER, key="denial-1")

    assert again.body == first.body
    assert platform.refused(path, DENIAL, by=HANDLER) == "wrong-state"


def test_what_was_held_back_is_paid_once_the_loss_was_made_good(platform):
    platform.offering(published_claims())
    body = loss(issued(platform, "published_claims", {}), "roof", money("800", "USD"))
    claim = settled(platform, body | {"facts": {"age_years": 5}})
    path = f"/v1/claims/{claim['id']}"
    assert (claim["payable"], claim["recoverable"]) == (money("600", "USD"), money("200", "USD"))
    reported(platform, claim["payments"][0]["id"], "paid")
    platform.post(f"{path}/reopening", {"reason": "The roof is done."}, by=HANDLER)

    asked = {"decision": "approve", "reason_code": "repaired", "reason": "The invoice is here."}
    decided = platform.post(f"{path}/decision", asked | {"made_good": True}, by=HANDLER)

    assert [each["amount"] for each in decided["payments"]] == [
        money("600", "USD"),
        money("200", "USD"),
    ]


@pytest.mark.parametrize(
    ("claimed", "payable", "recoverable"),
    [("800", "500", "100"), ("1000", "600", None), ("120", "0", "20")],
    ids=["above the limit in part", "above the limit", "below the excess"],
)
def test_what_is_held_back_is_within_limit_and_excess(platform, claimed, payable, recoverable):
    platform.offering(published_claims())
    body = loss(issued(platform, "published_claims", {}), "garage_roof", money(claimed, "USD"))

    claim = settled(platform, body | {"facts": {"age_years": 5}})

    assert claim["payable"] == money(payable, "USD")
    assert claim.get("recoverable") == (recoverable and money(recoverable, "USD"))


def test_what_is_beyond_a_persons_authority_waits_for_another(platform):
    rows = [
        {"role": "claims_handler", "limit": 300},
        {"role": "supervisor"},
    ]
    platform.offering(published_claims(authority=rows, straight_through_limit=1000))
    body = loss(issued(platform, "published_claims", {}), "roof", money("800", "USD"))
    claim = notified(platform, body | {"facts": {"age_years": 0}})
    path = f"/v1/claims/{claim['id']}"
    expense = {"cost_type": "expense", "outstanding": money("400", "USD"), "reason": "legal_advice"}
    platform.post(f"{path}/reserves", expense, by=SUPERVISOR)
    invoice = bill("350") | {"amount": money("350", "USD")}
    platform.post(f"{path}/payments", invoice, by=HANDLER)

    asked = {"decision": "approve", "reason_code": "as_reported", "reason": "Photographs agree."}
    decided = platform.post(f"{path}/decision", asked, by=HANDLER)

    assert [each["status"] for each in decided["payments"]] == ["awaiting_approval"] * 2
    for payment in decided["payments"]:
        approval = {"decision": "approve", "reason": "Agreed."}
        platform.post(f"{path}/payments/{payment['id']}/approval", approval, by=SUPERVISOR)
    paying = platform.get(path)["payments"]
    assert [each["status"] for each in paying] == ["executing"] * 2


def test_while_a_denial_waits_to_be_confirmed_nothing_is_settled(platform):
    claim = crash(platform, "5200", facts=AT_FAULT)
    path = f"/v1/claims/{claim['id']}"
    assert claim["reserve"] == money("4700")  # within what is paid straight through
    platform.post(f"{path}/decision", DENIAL, by=HANDLER)

    assert platform.refused(f"{path}/settlement") == "wrong-state"


def test_nothing_more_is_owed_where_nothing_was_held_back(platform):
    path = f"/v1/claims/{crash(platform)['id']}/decision"
    asked = {"decision": "approve", "reason_code": "repaired", "reason": "The invoice is here."}

    assert (
        platform.refused(path, asked | {"made_good": True}, by=HANDLER) == "decision-not-possible"
    )
