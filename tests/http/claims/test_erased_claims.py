"""What was owed when a person was erased is still brought to its end, without a word about them."""

from typing import Any

from tests.support.calls import BANK, LOSS_CLOCK, Answer, staff
from tests.support.personal_data import erase
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, posted, streams

type Json = dict[str, Any]

SUPERVISOR = staff("staff-sue", "supervisor", "claims:approve")


def awaiting_approval(handlers: Platform) -> tuple[Json, str]:
    claim = handlers.settled(claimed={"amount": 900_000, "currency": "GBP"})
    [payment] = claim["payments"]
    assert payment["status"] == "awaiting_approval"
    return claim, f"/v1/claims/{claim['id']}/payments/{payment['id']}/approval"


def decide(handlers: Platform, path: str, decision: str) -> Answer:
    body = {"decision": decision, "reason": "seen"}
    return handlers.call("POST", path, body, by=SUPERVISOR, clock=LOSS_CLOCK)


def test_a_payment_under_way_is_posted_though_its_payee_was_erased(handlers: Platform):
    claim = handlers.settled()
    [payment] = claim["payments"]
    erase(handlers, claim["policy_id"])

    report = {
        "instruction_id": payment["instruction_id"],
        "outcome": "paid",
        "bank_reference": "BK-1",
        "executed_at": "2027-01-11T10:00:00Z",
    }
    reported = handlers.call("POST", "/v1/bank-reports", report, by=BANK, clock=LOSS_CLOCK)

    assert reported.status == 200, reported.text
    closed = handlers.call("GET", f"/v1/claims/{claim['id']}").body
    assert (closed["status"], closed["closed_as"]) == ("closed", "settled")
    assert "payee" not in closed
    moved = posted(streams(handlers.backend)[claim["id"]])
    assert moved["cash"] == -payment["amount"]["amount"]
    assert sum(moved.values()) == 0
    assert_chains_hold(handlers.backend)


def test_a_payment_to_somebody_erased_is_refused_and_never_approved(handlers: Platform):
    claim, path = awaiting_approval(handlers)
    erase(handlers, claim["policy_id"])

    assert decide(handlers, path, "approve").code == "already-erased"
    refused = decide(handlers, path, "refuse")

    assert refused.status == 200, refused.text
    assert refused.body["payments"][0]["status"] == "cancelled"
    assert_chains_hold(handlers.backend)
