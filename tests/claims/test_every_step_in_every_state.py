"""Every command meets every state of a claim through the API: done as the table says, or refused."""

from itertools import product
from typing import Any

import pytest
from insurance.domain.claim import Handling, Step
from insurance.domain.claim.lifecycle import NEXT

from tests.claims.office import Office, opened_in_memory
from tests.claims.policies import bill, issued, loss, money, notified
from tests.claims.test_decisions import AT_FAULT, DENIAL, HANDLER, reported

PARTNER = "harbour-test"
APPROVAL = {"decision": "approve", "reason_code": "as_reported", "reason": "It is covered."}
REASON = {"reason": "Because."}

COMMANDS: dict[str, tuple[Step, str, dict[str, Any], str]] = {
    "facts": (Step.COMPLETE, "facts", {}, PARTNER),
    "payee": (
        Step.CHANGE_PAYEE,
        "payee",
        {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        PARTNER,
    ),
    "settlement": (Step.APPROVE, "settlement", {}, PARTNER),
    "approval": (Step.APPROVE, "decision", APPROVAL, HANDLER),
    "denial": (Step.DENY, "decision", DENIAL, HANDLER),
    "reserve": (
        Step.RESERVE,
        "reserves",
        {"cost_type": "expense", "outstanding": money("5"), "reason": "legal_advice"},
        HANDLER,
    ),
    "expense": (Step.PAY, "payments", bill("5"), HANDLER),
    "hold": (Step.HOLD, "hold", REASON, HANDLER),
    "closure": (Step.FINISH, "closure", {"reason": "settled"}, HANDLER),
    "withdrawal": (Step.WITHDRAW, "closure", {"reason": "withdrawn"}, HANDLER),
    "reopening": (Step.REOPEN, "reopening", REASON, HANDLER),
    "assignment": (Step.ASSIGN, "assignment", {"handler": "staff-hana"}, HANDLER),
    "evidence": (
        Step.TAKE_EVIDENCE,
        "evidence",
        {"code": "other", "media_type": "image/png", "size_bytes": 9, "sha256": "0" * 64},
        PARTNER,
    ),
    "note": (Step.NOTE, "notes", {"text": "Called back."}, HANDLER),
    "follow-up": (
        Step.FOLLOW_UP,
        "diary",
        {"on": "2027-03-01T09:00:00Z", "about": "Ask again."},
        HANDLER,
    ),
}
REFUSED_BESIDE = {"reserve-too-low", "claim-still-open"}
"""What may stand in the way of a step that the state allows."""


def claim_in(office: Office, state: Handling) -> str:
    """The path of a claim of 1,000 that has come so far."""
    facts = {"driver_age": 35} if state is Handling.VERIFYING else AT_FAULT
    payee = None if state is Handling.ASSESSING else {"name": "A", "iban": "GB33BUKB20201555555555"}
    body = loss(issued(office), "accidental_damage", "1000", facts=facts, payee=payee)
    path = f"/v1/claims/{notified(office, body)['id']}"
    if state is not Handling.NOTIFIED:
        payments = office.post(f"{path}/settlement")["payments"]
        if state in {Handling.CLOSED, Handling.REOPENED}:
            reported(office, payments[0]["id"], "paid")
        if state is Handling.REOPENED:
            office.post(f"{path}/reopening", REASON, by=HANDLER)
        if state is Handling.VERIFYING:
            office.post(f"{path}/facts", {"facts": {"fault": True}})
    assert office.get(path)["status"] == state
    return path


@pytest.mark.parametrize(("state", "command"), list(product(Handling, COMMANDS)))
def test_a_command_does_what_the_table_says_or_is_refused_as_wrong_state(state, command):
    step, ending, body, by = COMMANDS[command]
    with opened_in_memory() as (office, _):
        path = claim_in(office, state)
        if command == "payee" and state not in {Handling.ASSESSING, Handling.CLOSED}:
            body = body | {"name": "A"}

        answered = office.call("POST", f"{path}/{ending}", body, by=by)

    if (state, step) not in NEXT:
        assert (answered.status, answered.body["code"]) == (409, "wrong-state")
        assert state in answered.body["detail"]
    elif answered.status >= 400:
        assert answered.body["code"] in REFUSED_BESIDE
