"""Payments, refunds and suspense that are refused, each with its code."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from insurance.domain.billing import account
from insurance.domain.core.identity import (
    Mode,
    payment_id_for,
    redress_id_for,
    suspense_id_for,
)

from tests.support.calls import BANK as BANK_CLIENT
from tests.support.calls import staff
from tests.support.claims import AT_FAULT, issued, loss, money, notified
from tests.support.complaints import opened
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]

NOBODYS = "pol_test_0000000000000000"
BANK, FIONA, FRANK, SUPERVISOR = "bank-test", "finance-test", "controller-test", "supervisor-test"
PAYEE = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}
APPROVE = {"decision": "approve", "reason": "Checked."}
RETURN = {"decision": "approve", "reason_code": "checked"}
CLEAR = {"decision": "clear", "reason": "Another person."}
LISTED = PAYEE | {"name": "Drago, Viktor MALENKOV"}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with platform_in_memory() as (opened, _):
        opened.policy_id = issued(opened)
        opened.now = datetime(2026, 12, 20, 9, tzinfo=UTC)
        yield opened


@pytest.fixture
def path(platform: Platform) -> str:
    return f"/v1/policies/{platform.policy_id}"


def payment(platform: Platform, amount: Json, reference: str, policy_id: str = "") -> Json:
    return {
        "policy_id": policy_id or platform.policy_id,
        "reference": reference,
        "amount": amount,
        "received_on": "2026-12-20",
        "payer": PAYEE,
    }


def paid(platform: Platform, amount: str, reference: str = "REF-1", policy_id: str = "") -> Json:
    body = payment(platform, money(amount), reference, policy_id)
    return platform.post("/v1/payments", body, by=BANK)


def refund(amount: Json, payee: Json = PAYEE) -> Json:
    return {"amount": amount, "payee": payee, "reason": "Paid twice."}


def asked(platform: Platform, path: str, amount: str = "10", payee: Json = PAYEE) -> str:
    """The path of a refund that the partner asked for."""
    found = platform.post(f"{path}/refunds", refund(money(amount), payee))
    return f"{path}/refunds/{found['refunds'][-1]['id']}"


def in_suspense(platform: Platform, reference: str = "REF-9") -> str:
    """The path of a payment for nobody."""
    paid(platform, "50", reference, NOBODYS)
    return f"/v1/suspense/{suspense_id_for(Mode.TEST, reference)}"


def test_a_plan_is_chosen_before_the_first_payment(platform: Platform, path: str):
    platform.post(f"{path}/billing/plan", {"plan": "monthly"})
    paid(platform, "15.47")

    code = platform.refused(f"{path}/billing/plan", {"plan": "monthly"})

    assert code == "plan-already-chosen"


def test_a_payment_is_of_the_policys_currency_and_says_the_same_each_time(platform: Platform):
    paid(platform, "31")
    euros = payment(platform, money("10", "EUR"), "REF-2")
    other = payment(platform, money("32"), "REF-1")

    assert platform.refused("/v1/payments", euros, by=BANK) == "currency-mismatch"
    assert platform.refused("/v1/payments", other, by=BANK) == "payment-differs"


def test_an_account_holds_so_many_payments(platform: Platform, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(account, "PAYMENTS_MAX", 3)
    for number in range(3):
        paid(platform, "1", f"REF-{number}")
    one_more = payment(platform, money("1"), "REF-3")
    suspended = in_suspense(platform, "REF-NOBODY")

    assert platform.refused("/v1/payments", one_more, by=BANK) == "too-many-changes"
    to_it = {"policy_id": platform.policy_id}
    assert platform.refused(f"{suspended}/allocation", to_it, by=FIONA) == "too-many-changes"


def test_a_refund_is_of_what_was_paid_and_is_not_owed(
    platform: Platform, path: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(account, "REFUNDS_MAX", 3)
    paid(platform, "300")

    euros, too_much = refund(money("10", "EUR")), refund(money("290"))

    assert platform.refused(f"{path}/refunds", euros) == "currency-mismatch"
    assert platform.refused(f"{path}/refunds", too_much) == "refund-too-large"
    for _ in range(3):
        asked(platform, path, "1")
    assert platform.refused(f"{path}/refunds", refund(money("1"))) == "too-many-changes"


def test_a_refund_is_decided_once(platform: Platform, path: str):
    paid(platform, "300")
    made = asked(platform, path)
    platform.post(f"{made}/approval", APPROVE, by=FIONA)

    assert platform.refused(f"{made}/approval", APPROVE, by=FRANK) == "wrong-state"
    assert platform.refused(f"{made}/screening", CLEAR, by=SUPERVISOR) == "wrong-state"


def test_a_refund_that_is_owed_again_is_neither_approved_nor_cleared(platform: Platform, path: str):
    paid(platform, "169.26")
    platform.post(f"{path}/cancellations", {})
    plain, listed = asked(platform, path, "20"), asked(platform, path, "20", LISTED)
    platform.post(f"{listed}/approval", APPROVE, by=FIONA)
    platform.post(f"{path}/reinstatements", {"no_known_loss": True})

    assert platform.refused(f"{plain}/approval", APPROVE, by=FIONA) == "refund-too-large"
    assert platform.refused(f"{listed}/screening", CLEAR, by=SUPERVISOR) == "refund-too-large"


def test_refunds_above_the_limits_of_a_role_are_not_approved_in_parts_either(
    platform: Platform, path: str
):
    paid(platform, "300000")
    first, second = asked(platform, path, "99999"), asked(platform, path, "1.01")
    platform.post(f"{first}/approval", APPROVE, by=FIONA)

    assert platform.refused(f"{second}/approval", APPROVE, by=FIONA) == "no-authority"
    refused = platform.post(f"{second}/approval", APPROVE | {"decision": "refuse"}, by=FIONA)
    assert refused["refunds"][1]["status"] == "cancelled"


def test_a_refund_to_somebody_else_than_holds_the_policy_waits_for_a_third_person(
    platform: Platform, path: str
):
    paid(platform, "300")
    stranger = PAYEE | {"name": "Mallory Quick"}
    made = asked(platform, path, payee=stranger)

    seen = platform.get(f"{path}/billing", by=FIONA)
    approved = platform.post(f"{made}/approval", APPROVE, by=FIONA)

    assert seen["refunds"][0]["payee"]["name"] == "Mallory Quick"
    assert seen["refunds"][0]["payee"]["account_ending"] == stranger["iban"][-4:]
    assert "iban" not in str(seen)
    assert seen["refunds"][0]["referred_because"].startswith("The payee is not who holds")
    assert seen["refunded"]["amount"] == 0
    assert "Quick" not in str(platform.get(f"{path}/billing"))
    assert approved["refunds"][0]["status"] == "screening"
    assert approved["refunded"] == money("10")
    cleared = platform.post(f"{made}/screening", CLEAR, by=SUPERVISOR)
    assert cleared["refunds"][0]["status"] == "executing"
    again = asked(platform, path, "1", payee=stranger)
    assert platform.post(f"{again}/approval", APPROVE, by=FIONA)["refunds"][1]["status"] == (
        "executing"
    )


def test_a_return_above_the_limits_of_a_role_is_not_approved(platform: Platform):
    paid(platform, "250000.01", "REF-BIG", NOBODYS)
    big = f"/v1/suspense/{suspense_id_for(Mode.TEST, 'REF-BIG')}"
    platform.post(f"{big}/return", {"reason_code": "payer_unknown"}, by=FIONA)

    assert platform.refused(f"{big}/return/approval", RETURN, by=FRANK) == "no-authority"


def test_the_person_who_asks_for_a_refund_neither_approves_nor_clears_it(handlers: Platform):
    fiona = partial(staff, "staff-fiona", "finance supervisor")
    policy = handlers.issued()["id"]
    paid_in = {
        "policy_id": policy,
        "reference": "REF-1",
        "amount": money("300"),
        "received_on": "2026-11-20",
    }
    assert handlers.call("POST", "/v1/payments", paid_in, by=BANK_CLIENT).status == 200
    path, asking = f"/v1/policies/{policy}/refunds", fiona("policies:write")
    made = handlers.call("POST", path, refund(money("10"), LISTED), by=asking)
    one = f"{path}/{made.body['refunds'][0]['id']}"

    own = handlers.call("POST", f"{one}/approval", APPROVE, by=fiona("refunds:approve"))
    frank = staff("staff-frank", "finance", "refunds:approve")
    assert handlers.call("POST", f"{one}/approval", APPROVE, by=frank).status == 200
    cleared = handlers.call("POST", f"{one}/screening", CLEAR, by=fiona("refunds:approve"))

    assert (own.code, cleared.code) == ("same-person", "same-person")


def test_a_payment_in_suspense_goes_to_a_policy_that_there_is(platform: Platform):
    suspended = in_suspense(platform)

    code = platform.refused(f"{suspended}/allocation", {"policy_id": NOBODYS}, by=FIONA)

    assert code == "policy-not-found"


def test_a_payment_of_another_currency_stays_in_suspense(platform: Platform):
    euros = payment(platform, money("50", "EUR"), "REF-9", NOBODYS)
    platform.post("/v1/payments", euros, by=BANK)
    suspended = suspense_id_for(Mode.TEST, "REF-9")
    to_it = {"policy_id": platform.policy_id}

    code = platform.refused(f"/v1/suspense/{suspended}/allocation", to_it, by=FIONA)

    assert code == "currency-mismatch"


def test_a_payment_in_suspense_goes_back_once_and_by_two_persons(platform: Platform):
    suspended = in_suspense(platform)
    assert platform.refused(f"{suspended}/return/approval", RETURN, by=FRANK) == "refund-not-found"

    platform.post(f"{suspended}/return", {"reason_code": "payer_unknown"}, by=FIONA)
    assert platform.refused(f"{suspended}/return/approval", RETURN, by=FIONA) == "same-person"
    again = {"reason_code": "payer_unknown"}
    assert platform.refused(f"{suspended}/return", again, by=FIONA) == "wrong-state"
    platform.post(f"{suspended}/return/approval", RETURN, by=FRANK)

    assert platform.refused(f"{suspended}/return/approval", RETURN, by=FRANK) == "wrong-state"
    to_it = {"policy_id": platform.policy_id}
    assert platform.refused(f"{suspended}/allocation", to_it, by=FIONA) == "wrong-state"


@pytest.mark.parametrize(
    ("instruction", "code"),
    [
        ("rfd_test_{}_7", "refund-not-found"),
        ("rfd_test_0000000000000000_1", "policy-not-found"),
        ("ret_test_{}_7", "suspense-not-found"),
        ("rdr_test_{}000000_7", "complaint-not-found"),
        ("pay_test_{}000000_7", "claim-not-found"),
    ],
)
def test_the_bank_reports_what_it_was_told_to_pay(platform: Platform, instruction: str, code: str):
    body = {
        "instruction_id": instruction.format(platform.policy_id.rpartition("_")[2]),
        "outcome": "paid",
        "bank_reference": "FP-1",
        "executed_at": "2026-12-20T09:00:00Z",
    }

    assert platform.refused("/v1/bank-reports", body, by=BANK) == code


def test_the_bank_reports_on_payments_that_there_are(platform: Platform):
    """A claim or a complaint that exists has no ninth payment, and says so."""
    claim = notified(
        platform, loss(platform.policy_id, "accidental_damage", "3000", facts=AT_FAULT)
    )
    complaint = opened(platform, platform.policy_id).rpartition("/")[2]
    report = {
        "outcome": "paid",
        "bank_reference": "FP-1",
        "executed_at": "2027-01-16T10:00:00Z",
    }
    for instruction, code in (
        (payment_id_for(claim["id"], 9), "payment-not-found"),
        (redress_id_for(complaint, 9), "redress-not-found"),
    ):
        body = report | {"instruction_id": instruction}
        assert platform.refused("/v1/bank-reports", body, by=BANK) == code
