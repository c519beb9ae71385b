"""A claim in each of its states, and the commands that each state refuses."""

from typing import Any

from insurance.domain.claim import ClaimStep, Handling

from tests.support.claims import (
    AT_FAULT,
    DENIAL,
    HANDLER,
    bill,
    issued,
    loss,
    money,
    notified,
    reported,
)
from tests.support.platform import Platform

PARTNER = "harbour-test"


APPROVAL = {"decision": "approve", "reason_code": "as_reported", "reason": "It is covered."}


REASON = {"reason": "Because."}


COMMANDS: dict[str, tuple[ClaimStep, str, dict[str, Any], str]] = {
    "facts": (ClaimStep.COMPLETE, "facts", {}, PARTNER),
    "payee": (
        ClaimStep.CHANGE_PAYEE,
        "payee",
        {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        PARTNER,
    ),
    "settlement": (ClaimStep.APPROVE, "settlement", {}, PARTNER),
    "approval": (ClaimStep.APPROVE, "decision", APPROVAL, HANDLER),
    "denial": (ClaimStep.DENY, "decision", DENIAL, HANDLER),
    "reserve": (
        ClaimStep.RESERVE,
        "reserves",
        {"cost_type": "expense", "outstanding": money("5"), "reason": "legal_advice"},
        HANDLER,
    ),
    "expense": (ClaimStep.PAY, "payments", bill("5"), HANDLER),
    "hold": (ClaimStep.HOLD, "hold", REASON, HANDLER),
    "closure": (ClaimStep.FINISH, "closure", {"reason": "settled"}, HANDLER),
    "withdrawal": (ClaimStep.WITHDRAW, "closure", {"reason": "withdrawn"}, HANDLER),
    "reopening": (ClaimStep.REOPEN, "reopening", REASON, HANDLER),
    "assignment": (ClaimStep.ASSIGN, "assignment", {"handler": "staff-hana"}, HANDLER),
    "evidence": (
        ClaimStep.TAKE_EVIDENCE,
        "evidence",
        {"code": "other", "media_type": "image/png", "size_bytes": 9, "sha256": "0" * 64},
        PARTNER,
    ),
    "note": (ClaimStep.NOTE, "notes", {"text": "Called back."}, HANDLER),
    "diary entry": (
        ClaimStep.CHANGE_DIARY,
        "diary-entries",
        {"on": "2027-03-01T09:00:00Z", "about": "Ask again."},
        HANDLER,
    ),
}


REFUSED_BESIDE = {"reserve-too-low", "claim-still-open"}
"""What may stand in the way of a step that the state allows."""


def claim_in(platform: Platform, state: Handling) -> str:
    """The path of a claim of 1,000 that has come so far."""
    facts = {"driver_age": 35} if state is Handling.VERIFYING else AT_FAULT
    payee = None if state is Handling.ASSESSING else {"name": "A", "iban": "GB33BUKB20201555555555"}
    body = loss(issued(platform), "accidental_damage", "1000", facts=facts, payee=payee)
    path = f"/v1/claims/{notified(platform, body)['id']}"
    if state is not Handling.NOTIFIED:
        payments = platform.post(f"{path}/settlement")["payments"]
        if state in {Handling.CLOSED, Handling.REOPENED}:
            reported(platform, payments[0]["id"], "paid")
        if state is Handling.REOPENED:
            platform.post(f"{path}/reopening", REASON, by=HANDLER)
        if state is Handling.VERIFYING:
            platform.post(f"{path}/facts", {"facts": {"fault": True}})
    assert platform.get(path)["status"] == state
    return path
