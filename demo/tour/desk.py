"""Scenes from the desk: a complaint put right, and the work lists that people begin their day with."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from demo.tour.claims import GBP, notified
from demo.tour.visitor import BANK_SECONDS, HANDLER, SUPERVISOR, Visitor, shown

type Json = dict[str, Any]

COMPLAINTS, UNDERWRITER = "complaints-test", "underwriter-test"


def complained_about_and_put_right(visitor: Visitor) -> str:
    claim_id = notified(visitor, 100_000)
    words = {
        "about": claim_id,
        "category": "delay",
        "complainant": "Ada Merton",
        "text": "I was promised a call within two days and heard nothing for three weeks.",
        "channel": "policyholder",
    }
    complaint = visitor.post("/v1/complaints", words)
    path = f"/v1/complaints/{complaint['id']}"
    for deadline in complaint["deadlines"]:
        visitor.say("deadline", f"{deadline['code'].replace('_', ' ')} by {deadline['due_at']}")
    visitor.post(f"{path}/acknowledgement", by=COMPLAINTS)
    visitor.post(f"{path}/investigation", by=COMPLAINTS)
    redress = {
        "amount": {"amount": 7_500, "currency": GBP},
        "reason": "Three weeks of silence.",
        "name": "Ada Merton",
        "iban": "GB33BUKB20201555555555",
    }
    [offered] = visitor.post(f"{path}/redress", redress, by=COMPLAINTS)["redress"]
    agreed = {"decision": "approve", "reason": "As we do for such delays."}
    visitor.post(f"{path}/redress/{offered['id']}/approval", agreed, by=SUPERVISOR)
    visitor.say("supervisor", f"{shown(offered['amount'])} of redress approved")
    answer = {
        "text": "We are sorry: your call was lost when a handler left.",
        "outcome": "upheld",
        "root_cause": "process",
    }
    answered = visitor.post(f"{path}/final-response", answer, by=COMPLAINTS)
    visitor.say("answer", f"{answered['outcome']}; after us: {answered['response']['ombudsman']}")
    _wait_until_paid(visitor, path)
    closed = visitor.post(f"{path}/closure", {"reason": "accepted"}, by=COMPLAINTS)
    month = complaint["received_at"][:7]
    register = visitor.get(f"/v1/complaint-register/export?month={month}", by=COMPLAINTS)["csv"]
    visitor.expect(complaint["id"] in register, "the register has it")
    return f"complaint {closed['status']}, {shown(offered['amount'])} paid and posted"


def work_listed_by_role(visitor: Visitor) -> str:
    claim_id = notified(visitor, 100_000, facts={})
    visitor.post(f"/v1/claims/{claim_id}/settlement")
    diary = {
        "on": (visitor.now + timedelta(days=3)).isoformat(),
        "about": "Ask the workshop for its estimate.",
    }
    visitor.post(f"/v1/claims/{claim_id}/diary-entries", diary, by=HANDLER)
    visitor.post(f"/v1/claims/{claim_id}/notes", {"text": "Called; will send it."}, by=HANDLER)
    visitor.now += timedelta(days=4)
    lines: list[Json] = []
    for role, by in (("claims_handler", HANDLER), ("complaints_handler", COMPLAINTS)):
        found = visitor.get(f"/v1/work-items?role={role}&limit=50", by=by)["items"]
        for line in found:
            late = ", LATE" if line["late"] else ""
            visitor.say(role, f"{line['id']} {line['code']}, {line['age_days']} days{late}")
        lines += found
    visitor.expect(claim_id in {line["id"] for line in lines}, "the claim waits in the list")
    return f"{len(lines)} things wait, the longest first"


def _wait_until_paid(visitor: Visitor, path: str) -> None:
    deadline = time.monotonic() + BANK_SECONDS
    while visitor.get(path)["redress"][0]["status"] != "paid":
        if time.monotonic() > deadline:
            visitor.fail(f"the bank has not reported redress in {BANK_SECONDS:.0f} s")
        time.sleep(0.1)
    visitor.say("bank", "paid")
