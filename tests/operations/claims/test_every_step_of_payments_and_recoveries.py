"""Every step meets every state of a payment, of a recovery and of a claim on hold, through the API."""

from itertools import product
from typing import Any

import pytest
from insurance.domain.bank.kept_report import KEPT
from insurance.domain.bank.payment_status import NEXT, PaymentStatus, PaymentStep
from insurance.domain.claim import ClaimStep, Handling
from insurance.domain.claim import lifecycle as claims
from insurance.domain.claim.recovery import NEXT as RECOVERY_NEXT
from insurance.domain.claim.recovery import RecoveryStatus, RecoveryStep

from tests.support.calls import Answer
from tests.support.claim_states import COMMANDS, REASON, REFUSED_BESIDE, claim_in
from tests.support.claims import AT_FAULT, COMPLIANCE, DENIAL, HANDLER, SUPERVISOR, crash, money
from tests.support.platform import Platform, platform_in_memory

type Json = dict[str, Any]

BANK = "bank-test"
LISTED = {"name": "Drago, Viktor MALENKOV", "iban": "GB33BUKB20201555555555"}
GOODWILL = {
    "decision": "goodwill",
    "amount": money("100"),
    "reason_code": "service",
    "reason": "For the wait.",
}


def said(decision: str) -> Json:
    return {"decision": decision, "reason": "Seen."}


DESK_STEPS: dict[PaymentStep, tuple[str, Json, str]] = {
    PaymentStep.APPROVE: ("approval", said("approve"), SUPERVISOR),
    PaymentStep.REFUSE: ("approval", said("refuse"), SUPERVISOR),
    PaymentStep.CANCEL: ("cancellation", REASON, HANDLER),
    PaymentStep.CLEAR: ("screening", said("clear"), COMPLIANCE),
}
REPORTS = {
    PaymentStep.REPORT_PAID: "paid",
    PaymentStep.REPORT_FAILED: "failed",
    PaymentStep.REPORT_RETURNED: "returned",
    PaymentStep.REPORT_REVERSED: "reversed",
}
TRIED = [*DESK_STEPS, *REPORTS]
"""SUSPECT is no call of its own: it is what an approval comes to where the payee is on the list; and
KEEP_BACK is what a payment comes to that is overdue premium to the last penny."""
REACHED: dict[PaymentStatus, tuple[PaymentStep, ...]] = {
    PaymentStatus.AWAITING_APPROVAL: (),
    PaymentStatus.SCREENING: (PaymentStep.APPROVE,),
    PaymentStatus.EXECUTING: (PaymentStep.APPROVE,),
    PaymentStatus.CANCELLED: (PaymentStep.REFUSE,),
    PaymentStatus.PAID: (PaymentStep.APPROVE, PaymentStep.REPORT_PAID),
    PaymentStatus.FAILED: (PaymentStep.APPROVE, PaymentStep.REPORT_FAILED),
    PaymentStatus.RETURNED: (
        PaymentStep.APPROVE,
        PaymentStep.REPORT_PAID,
        PaymentStep.REPORT_RETURNED,
    ),
    PaymentStatus.REVERSED: (
        PaymentStep.APPROVE,
        PaymentStep.REPORT_PAID,
        PaymentStep.REPORT_REVERSED,
    ),
}


def take(platform: Platform, path: str, payment: str, step: PaymentStep) -> Answer:
    if step in REPORTS:
        body = {
            "instruction_id": payment,
            "outcome": REPORTS[step],
            "bank_reference": "B-1",
            "executed_at": "2027-01-17T09:00:00Z",
        }
        return platform.call("POST", "/v1/bank-reports", body, by=BANK)
    ending, body, by = DESK_STEPS[step]
    return platform.call("POST", f"{path}/payments/{payment}/{ending}", body, by=by)


@pytest.mark.parametrize(("status", "step"), list(product(PaymentStatus, TRIED)))
def test_a_payment_takes_the_steps_of_its_table_and_refuses_the_others(status, step):
    """Goodwill needs a second person whatever its amount: so every state is reached."""
    with platform_in_memory() as (platform, _):
        payee: Json = {"payee": LISTED} if status is PaymentStatus.SCREENING else {}
        path = f"/v1/claims/{crash(platform, **payee)['id']}"
        payment = platform.post(f"{path}/decision", GOODWILL, by=HANDLER)["payments"][0]["id"]
        for before in REACHED[status]:
            assert take(platform, path, payment, before).status == 200
        assert platform.get(path)["payments"][0]["status"] == status

        answered = take(platform, path, payment, step)
        now = platform.get(path)["payments"][0]["status"]

    if (status, step) in NEXT:
        assert (answered.status, now) == (200, NEXT[status, step]), answered.body
    elif (status, step) in KEPT:
        assert (answered.status, now) == (200, status), answered.body
        assert answered.body["kept"] == 1
    else:
        assert (answered.status, answered.body["code"], now) == (409, "wrong-state", status)


def test_every_state_of_a_payment_is_reached_and_every_step_tried():
    assert set(REACHED) == set(PaymentStatus)
    by_itself = {
        PaymentStep.SCREEN,
        PaymentStep.SET_OFF,
        PaymentStep.RECALL,
    }  # nobody can ask for these
    assert {*TRIED, *by_itself} == set(PaymentStep)


RECOVERY_STEPS: dict[RecoveryStep, tuple[str, Json]] = {
    RecoveryStep.PURSUE: ("pursuit", {}),
    RecoveryStep.RECEIVE_PART: ("receipts", {"amount": money("10")}),
    RecoveryStep.RECEIVE_REST: ("receipts", {"amount": money("100")}),
    RecoveryStep.ABANDON: ("abandonment", {"reason_code": "not_economic"}),
}
RECOVERY_REACHED: dict[RecoveryStatus, tuple[RecoveryStep, ...]] = {
    RecoveryStatus.IDENTIFIED: (),
    RecoveryStatus.PURSUED: (RecoveryStep.PURSUE,),
    RecoveryStatus.PART_RECOVERED: (RecoveryStep.PURSUE, RecoveryStep.RECEIVE_PART),
    RecoveryStatus.RECOVERED: (RecoveryStep.PURSUE, RecoveryStep.RECEIVE_REST),
    RecoveryStatus.ABANDONED: (RecoveryStep.ABANDON,),
}


@pytest.mark.parametrize(("status", "step"), list(product(RecoveryStatus, RecoveryStep)))
def test_a_recovery_takes_the_steps_of_its_table_and_refuses_the_others(status, step):
    with platform_in_memory() as (platform, _):
        claim = claim_in(platform, Handling.CLOSED)
        path = f"{claim}/recoveries"
        wreck = {"kind": "salvage", "against": "Scrap Metals", "expected": money("100")}
        platform.post(path, wreck, by=HANDLER)
        for before in RECOVERY_REACHED[status]:
            ending, body = RECOVERY_STEPS[before]
            platform.post(f"{path}/1/{ending}", body, by=HANDLER)
        assert platform.get(claim)["recoveries"][0]["status"] == status
        ending, body = RECOVERY_STEPS[step]

        answered = platform.call("POST", f"{path}/1/{ending}", body, by=HANDLER)
        now = platform.get(claim)["recoveries"][0]["status"]

    if (status, step) in RECOVERY_NEXT:
        assert (answered.status, now) == (200, RECOVERY_NEXT[status, step]), answered.body
    else:
        assert (answered.status, answered.body["code"], now) == (409, "wrong-state", status)


@pytest.mark.parametrize(("state", "command"), list(product(claims.OPEN, COMMANDS)))
def test_on_hold_what_decides_pays_or_closes_is_refused_as_on_hold(state, command):
    step, ending, body, by = COMMANDS[command]
    with platform_in_memory() as (platform, _):
        path = claim_in(platform, state)
        platform.post(f"{path}/hold", REASON, by=HANDLER)
        if command == "payee" and state is not Handling.ASSESSING:
            body = body | {"name": "A"}

        answered = platform.call("POST", f"{path}/{ending}", body, by=by)

    if step is ClaimStep.HOLD or (state, step) not in claims.NEXT:
        expected = {"wrong-state"}
        if step in claims.NOT_ON_HOLD:
            expected |= {"claim-on-hold"}  # both are so
        assert (answered.status, answered.body["code"] in expected) == (409, True), answered.body
    elif step in claims.NOT_ON_HOLD:
        assert (answered.status, answered.body["code"]) == (409, "claim-on-hold")
    elif answered.status >= 400:
        assert answered.body["code"] in REFUSED_BESIDE


UNPROPOSED: dict[str, tuple[str, Json, str]] = {
    "confirmation": ("decision/confirmation", said("confirm"), SUPERVISOR),
    "payee approval": ("payee/approval", {"decision": "approve"}, SUPERVISOR),
    "release": ("release", {}, HANDLER),
}


@pytest.mark.parametrize(("state", "what"), list(product(Handling, UNPROPOSED)))
def test_in_no_state_is_there_a_second_word_on_what_nobody_has_asked(state, what):
    ending, body, by = UNPROPOSED[what]
    with platform_in_memory() as (platform, _):
        answered = platform.call("POST", f"{claim_in(platform, state)}/{ending}", body, by=by)

    assert (answered.status, answered.body["code"]) == (409, "wrong-state")


WHILE_PROPOSED: dict[str, tuple[str, Json, str, str]] = {
    "settlement": ("settlement", {}, "harbour-test", "wrong-state"),
    "another decision": ("decision", GOODWILL, HANDLER, "wrong-state"),
    "withdrawal": ("closure", {"reason": "withdrawn"}, HANDLER, "claim-still-open"),
    "closure": ("closure", {"reason": "settled"}, HANDLER, "wrong-state"),
    "reopening": ("reopening", REASON, HANDLER, "wrong-state"),
    "own confirmation": ("decision/confirmation", said("confirm"), HANDLER, "same-person"),
}


@pytest.mark.parametrize("what", WHILE_PROPOSED)
def test_while_a_denial_waits_for_a_second_person_nothing_else_is_decided(what):
    ending, body, by, code = WHILE_PROPOSED[what]
    with platform_in_memory() as (platform, _):
        path = f"/v1/claims/{crash(platform, '9000', facts=AT_FAULT)['id']}"
        proposed = platform.post(f"{path}/decision", DENIAL, by=HANDLER)
        assert (proposed["decision"], proposed["task"]["code"]) == ("pending", "confirm_decision")

        answered = platform.call("POST", f"{path}/{ending}", body, by=by)

    assert answered.body["code"] == code, answered.body
