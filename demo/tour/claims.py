"""Scenes from the life of claims: denied, referred, opened again, recovered."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from itertools import count
from typing import Any

from demo.samples import british_iban
from demo.tour.visitor import BANK_SECONDS, HANDLER, SUPERVISOR, Visitor, shown

type Json = dict[str, Any]

GBP = "GBP"
QUOTED = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOTIFIED = datetime(2027, 1, 16, 9, 30, tzinfo=UTC)
MOTOR: Json = {
    "registration": "AB12CDE",
    "vehicle_value": {"amount": 1_200_000, "currency": GBP},
    "annual_mileage": 8000,
    "no_claims_years": 5,
    "voluntary_excess": {"amount": 25_000, "currency": GBP},
    "drivers": [{"age": 35, "licence_years": 15, "convictions": 0}],
}


def denied_with_reasons(visitor: Visitor) -> str:
    claim_id = notified(visitor, 150_000, occurred_at="2026-11-30T22:00:00Z")
    referred = visitor.post(f"/v1/claims/{claim_id}/settlement")
    visitor.say("settlement", f"{referred['status']}: {referred['task']['reason']}")
    denial = {
        "decision": "deny",
        "reason_code": "before_inception",
        "reason": "The loss happened on the evening before the policy began.",
    }
    denied = visitor.post(f"/v1/claims/{claim_id}/decision", denial, by=HANDLER)
    [decision] = denied["decisions"]
    visitor.say("handler", f"{denied['decision']}, {decision['reason_code']}: {decision['reason']}")
    visitor.say("rules", ", ".join(decision["rules"]))
    visitor.say("appeal", decision["appeal"])
    visitor.expect(denied["status"] == "closed", "a denied claim is closed")
    visitor.expect(denied["reserve"]["amount"] == 0, "and its reserve released")
    return f"claim denied, {decision['reason_code']}, with the way to appeal"


def referred_and_paid_after_a_second_person_agreed(visitor: Visitor) -> str:
    claim_id = notified(visitor, 900_000, payee=None)
    path = f"/v1/claims/{claim_id}"
    referred = visitor.post(f"{path}/settlement")
    visitor.say("settlement", f"{referred['status']}: {referred['task']['reason']}")
    visitor.post(f"{path}/facts", {"payee": _payee()})
    approve = {
        "decision": "approve",
        "reason_code": "as_reported",
        "reason": "Estimate and photographs agree.",
    }
    approved = visitor.post(f"{path}/decision", approve, by=HANDLER)
    [payment] = approved["payments"]
    visitor.say("handler", f"approved; {payment['id']} is {payment['status']}")
    approval = f"{path}/payments/{payment['id']}/approval"
    agreed = {"decision": "approve", "reason": "Within the estimate."}
    visitor.say("handler", visitor.refused(approval, agreed, "same-person", by=HANDLER))
    visitor.post(approval, agreed, by=SUPERVISOR)
    visitor.say("supervisor", "approved")
    claim = visitor.paid(claim_id, payment["id"])
    visitor.say("bank", f"{shown(payment['amount'])} paid; the claim is {claim['status']}")
    return f"claim referred, {shown(claim['paid'])} paid after a second person agreed"


def opened_again_and_topped_up(visitor: Visitor) -> str:
    claim_id = _settled(visitor, 100_000)
    path = f"/v1/claims/{claim_id}"
    reason = {
        "reason": "A second workshop found the axle bent.",
        "reserve": {"amount": 30_000, "currency": GBP},
    }
    reopened = visitor.post(f"{path}/reopening", reason, by=HANDLER)
    visitor.say("handler", f"{reopened['status']}, {shown(reopened['reserve'])} reserved")
    in_all = {"amount": 70_000, "currency": GBP}
    goodwill = {
        "decision": "goodwill",
        "amount": in_all,
        "reason_code": "hidden_damage",
        "reason": "It could not be seen when the claim was made.",
    }
    decided = visitor.post(f"{path}/decision", goodwill, by=HANDLER)
    payment = decided["payments"][-1]
    agreed = {"decision": "approve", "reason": "The second report is sound."}
    visitor.post(f"{path}/payments/{payment['id']}/approval", agreed, by=SUPERVISOR)
    claim = visitor.paid(claim_id, payment["id"])
    visitor.say("bank", f"another {shown(payment['amount'])}; the claim is {claim['status']}")
    visitor.expect(claim["paid"] == in_all, "only the difference was paid")
    return f"claim opened again, {shown(claim['paid'])} paid in all"


def recovered_and_shared(visitor: Visitor) -> str:
    claim_id = _settled(visitor, 150_000, facts={"driver_age": 35, "fault": False})
    path = f"/v1/claims/{claim_id}/recoveries"
    owed = {"amount": 120_000, "currency": GBP}
    expected = {
        "kind": "subrogation",
        "against": "The other driver's insurer",
        "expected": owed,
    }
    visitor.post(path, expected, by=HANDLER)
    visitor.post(f"{path}/1/pursuit", by=HANDLER)
    visitor.say("handler", f"{shown(owed)} asked of: {expected['against']}")
    claim = visitor.post(f"{path}/1/receipts", {"amount": owed}, by=HANDLER)
    [recovery] = claim["recoveries"]
    share = claim["payments"][-1]
    visitor.say("handler", f"{recovery['status']}: {shown(recovery['kept'])} kept")
    agreed = {"decision": "approve", "reason": "Shared as the loss was borne."}
    visitor.post(f"/v1/claims/{claim_id}/payments/{share['id']}/approval", agreed, by=SUPERVISOR)
    visitor.paid(claim_id, share["id"])
    visitor.say("bank", f"{shown(share['amount'])} of the excess paid to the insured")
    return f"{shown(recovery['received'])} recovered, {shown(share['amount'])} of it the insured's"


def paid_by_a_file_for_the_bank(visitor: Visitor) -> str:
    with visitor.bank_by_file():
        first, second = (notified(visitor, amount, settle=True) for amount in (120_000, 180_000))
        references = {
            each: visitor.get(f"/v1/claims/{each}")["payments"][0]["instruction_id"]
            for each in (first, second)
        }
        files = _sent(visitor, set(references.values()))
    refusing = {references[second].replace("_", "-"): "AC04"}
    for file in files:
        count, total = len(file["payments"]), shown(file["total"])
        visitor.say("finance", f"{file['name']}: payments: {count}, {total}")
        report = visitor.bank_answers(file, refusing=refusing)
        taken = visitor.post("/v1/bank-status-reports", {"document": report}, by="bank-test")
        for each in taken["payments"]:
            reason = f", {each['reason']}" if "reason" in each else ""
            visitor.say("bank", f"{each['payment_id']}: {each['code']}{reason}, {each['outcome']}")
    paid, failed = (visitor.get(f"/v1/claims/{each}") for each in (first, second))
    visitor.expect(paid["status"] == "closed", "what the bank paid is paid")
    visitor.expect(failed["task"]["code"] == "payment_failed", "what it refused is a person's task")
    return f"{shown(paid['paid'])} paid by pain.001; the pain.002 refused the other (AC04)"


def _sent(visitor: Visitor, payments: set[str]) -> list[Json]:
    """The files that hold these payments, once the stream of events has brought them."""
    files: list[Json] = []
    deadline = time.monotonic() + BANK_SECONDS
    while True:
        files += visitor.post("/v1/payment-files", {"currency": GBP}, by=FINANCE)["files"]
        if payments <= {each["id"] for file in files for each in file["payments"]}:
            return files
        if time.monotonic() > deadline:
            visitor.fail(f"the payments have not come to the queue in {BANK_SECONDS:.0f} s")
        time.sleep(0.2)


FINANCE = "finance-test"
_accounts = count(10_000_000)


def _payee() -> Json:
    """Somebody with an account of their own: what is paid to one account for many claims waits."""
    return {"name": "Ada Merton", "iban": british_iban(next(_accounts))}


def motor_risk() -> Json:
    """What a quote asks for."""
    return {
        "product": "personal_motor",
        "start": "2026-12-01",
        "policyholder": {"name": "Ada Merton"},
        "answers": MOTOR,
    }


def motor_policy(visitor: Visitor, **changes: Any) -> Json:
    """A motor policy, issued in November."""
    visitor.now = QUOTED
    quote = visitor.post("/v1/quotes", motor_risk() | changes)
    visitor.post(f"/v1/quotes/{quote['id']}/acceptance")
    return visitor.post("/v1/policies", {"quote_id": quote["id"]})


def notified(visitor: Visitor, amount: int, **changes: Any) -> str:
    """A claim on a motor policy of its own; its id."""
    policy = motor_policy(visitor, covers=[])
    visitor.now = NOTIFIED
    notice = {
        "policy_id": policy["id"],
        "cover": "accidental_damage",
        "occurred_at": "2027-01-15T08:20:00Z",
        "claimed": {"amount": amount, "currency": GBP},
        "facts": {"driver_age": 35, "fault": True},
        "claimant": {"name": "Ada Merton"},
        "payee": _payee(),
        **changes,
    }
    claim = visitor.post("/v1/claims", notice)
    visitor.say("partner", f"{claim['id']}: {shown(claim['claimed'])} claimed")
    claim_id: str = claim["id"]
    return claim_id


def _settled(visitor: Visitor, amount: int, **changes: Any) -> str:
    """A claim that was paid straight through and is closed; its id."""
    claim_id = notified(visitor, amount, **changes)
    [payment] = visitor.post(f"/v1/claims/{claim_id}/settlement")["payments"]
    claim = visitor.paid(claim_id, payment["id"])
    visitor.say("bank", f"{shown(payment['amount'])} paid; the claim is {claim['status']}")
    return claim_id
