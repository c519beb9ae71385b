"""Scenes from the life of a policy: changed, changed late, ended, brought back, paid, accounted for."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from demo.tour.claims import GBP, MOTOR, motor_policy
from demo.tour.visitor import Visitor, shown

type Json = dict[str, Any]

IN_FEBRUARY = datetime(2027, 2, 1, 9, tzinfo=UTC)
TEENAGER: Json = {"age": 19, "licence_years": 1, "convictions": 0}
BANK, FINANCE, UNDERWRITER = "bank-test", "finance-test", "underwriter-test"
TRIES = 360


def changed_and_changed_again_with_effect_before(visitor: Visitor) -> str:
    path = issued(visitor)
    younger = {"effective_on": "2027-06-01", "answers": {"drivers": [*MOTOR["drivers"], TEENAGER]}}
    preview = visitor.post(f"{path}/endorsements/preview", younger)
    visitor.say("preview", f"a driver of 19 from June: {shown(preview['difference'])}")
    _show(visitor, preview["transaction"])
    made = visitor.post(f"{path}/endorsements", younger)
    visitor.expect(made["difference"] == preview["difference"], "the command costs what was shown")
    late = visitor.post(
        f"{path}/endorsements",
        {"effective_on": "2027-03-01", "answers": {"annual_mileage": 20_000}},
    )
    visitor.say("late change", "20,000 miles a year from March, before the driver of June:")
    _show(visitor, late["transaction"])
    for again in late["reapplied"]:
        visitor.say("made again", f"transaction {again['reapplies']}, as {again['number']}:")
        _show(visitor, again)
    visitor.say("difference", shown(late["difference"]))
    query = "as_at=2027-07-01T00:00:00Z&since_as_at=2027-01-01T00:00:00Z"
    for said in visitor.get(f"{path}/comparison?{query}")["differences"]:
        visitor.say("since", f"{said['pointer']}: {said.get('before')} → {said.get('after')}")
    return f"changed twice, {shown(late['charged_after'])} for the year"


def cancelled_and_brought_back(visitor: Visitor) -> str:
    path = issued(visitor)
    ended = visitor.post(f"{path}/cancellations", {"effective_on": "2027-06-01"})
    visitor.say("cancelled", f"from June: {shown(ended['difference'])}")
    _show(visitor, ended["transaction"])
    visitor.say("status", ", ".join(_standing(ended)))
    restored = visitor.post(f"{path}/reinstatements", {"no_known_loss": True})
    visitor.say(
        "brought back", f"{shown(restored['difference'])}; {', '.join(_standing(restored))}"
    )
    visitor.expect(
        restored["charged_after"] == ended["charged_before"], "nothing is lost on the way"
    )
    return "cancelled and brought back, to the penny"


def renewed_without_a_gap(visitor: Visitor) -> str:
    path = issued(visitor)
    before = visitor.get(path)
    visitor.now = datetime(2027, 11, 15, 9, tzinfo=UTC)
    offer = visitor.post(f"{path}/renewals")
    years = offer["answers"]["no_claims_years"]
    total = shown(offer["premium"]["total"])
    visitor.say("offered", f"{offer['id']}: {total}, {years} years without a claim")
    visitor.post(f"/v1/quotes/{offer['id']}/acceptance")
    after = visitor.post("/v1/policies", {"quote_id": offer["id"]})
    visitor.say("renewed", f"{after['id']} renews {after['renews']}")
    visitor.expect(after["period"]["start"] == before["period"]["end"], "no gap between the terms")
    return f"renewed from {after['period']['start']}, {shown(after['premium']['total'])}"


def paid_by_instalments_and_accounted_for(visitor: Visitor) -> str:
    path = issued(visitor)
    plan = visitor.post(f"{path}/billing/plan", {"plan": "monthly"})
    first, second = plan["invoices"][:2]
    visitor.say("plan", f"12 months, {shown(first['amount'])} and then {shown(second['amount'])}")
    payment = {
        "policy_id": path.rpartition("/")[2],
        "reference": "STATEMENT-17-04",
        "amount": {"amount": 20_000, "currency": GBP},
        "received_on": "2027-01-31",
    }
    taken = visitor.post("/v1/payments", payment, by=BANK)
    visitor.say("bank", f"200.00 GBP came in, {shown(taken['to_suspense'])} of it not owed")
    again = visitor.post("/v1/payments", payment, by=BANK)
    visitor.expect(again["posted_before"], "one reference is posted once")
    visitor.post(f"{path}/cancellations", {"effective_on": "2027-06-01"})
    ledger = visitor.get(f"{path}/ledger?as_at=2027-06-01T00:00:00Z")
    visitor.say("earned", f"{shown(ledger['earned'])} by June, {shown(ledger['unearned'])} not yet")
    for check in ledger["checks"]:
        holds = "agrees" if check["holds"] else "DIFFERS"
        visitor.say(holds, f"{check['code'].replace('_', ' ')}: {shown(check['posted'])}")
    visitor.expect(ledger["healthy"], "the policy's ledger agrees")
    health = visitor.get(f"/v1/ledger/{GBP}/health", by=FINANCE)
    visitor.expect(all(each["holds"] for each in health["invariants"]), "the general ledger agrees")
    return "paid by instalments; every figure agrees with a source that knows no postings"


def in_arrears_given_notice_cured_and_lapsed(visitor: Visitor) -> str:
    cured, lapsed = issued(visitor), issued(visitor)
    visitor.now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    for path in (cured, lapsed):
        visitor.post(f"{path}/billing/plan", {"plan": "monthly"})
    for path, reference in ((cured, "STATEMENT-18-01"), (lapsed, "STATEMENT-18-02")):
        paid = {
            "policy_id": path.rpartition("/")[2],
            "reference": reference,
            "amount": visitor.get(f"{path}/billing")["invoices"][0]["amount"],
            "received_on": "2026-12-01",
        }
        visitor.post("/v1/payments", paid, by=BANK)
    late = ("on_risk", ["delinquent"])
    _turn(visitor, datetime(2027, 1, 2, 9, tzinfo=UTC), until={cured: late, lapsed: late})
    for path in (cured, lapsed):
        notice = visitor.get(f"{path}/notices")["items"][0]
        visitor.say("notice", f"{shown(notice['arrears'])} due by {notice['due_by']}")
        proof = {
            "channel": "registered_post",
            "reference": "RR123456789GB",
            "dispatched_at": visitor.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        sent = visitor.post(f"{path}/notices/1/dispatch", proof, by=UNDERWRITER)
        visitor.say("proven", f"sent; it takes effect at {sent['notice']['effective_at']}")
    visitor.now = datetime(2027, 1, 5, 9, tzinfo=UTC)
    owed = visitor.get(f"{cured}/billing")["overdue"]
    payment = {
        "policy_id": cured.rpartition("/")[2],
        "reference": "STATEMENT-18-03",
        "amount": owed,
        "received_on": "2027-01-05",
    }
    visitor.post("/v1/payments", payment, by=BANK)
    visitor.say("paid", f"{shown(owed)} on one of them, four days before")
    in_the_end: dict[str, tuple[str, list[str]]] = {cured: ("on_risk", []), lapsed: ("lapsed", [])}
    _turn(visitor, datetime(2027, 1, 11, 9, tzinfo=UTC), until=in_the_end)
    visitor.say("status", "on_risk, for a payment in time stops the lapse; the other lapsed")
    [end] = visitor.get(f"{lapsed}/transactions")["items"][1:]
    _show(visitor, end)
    for path in (cured, lapsed):
        ledger = visitor.get(f"{path}/ledger?as_at=2027-01-11T00:00:00Z")
        visitor.expect(ledger["healthy"], "the policy's ledger agrees")
    return "one cured, one lapsed when its notice was over; the ledger agrees"


def _turn(visitor: Visitor, to: datetime, *, until: dict[str, tuple[str, list[str]]]) -> None:
    """The clock goes on, and what falls due is done; what a command caused may take a moment."""
    for _ in range(TRIES):
        visitor.now = to
        ran = visitor.post("/v1/scheduler/runs")
        policies = {path: visitor.get(path) for path in until}
        if all(
            (found["status"], found["flags"]) == until[path] for path, found in policies.items()
        ):
            visitor.say("scheduler", f"{ran['jobs']} jobs by {ran['as_at']}")
            return
        time.sleep(0.5)
    visitor.fail(f"not all are {until} by {to}")


def _standing(change: Json) -> list[str]:
    """The policy's status and flags after a change."""
    return [change["policy_status"], *change["policy_flags"]]


def issued(visitor: Visitor) -> str:
    """A motor policy issued in November; then it is February."""
    policy = motor_policy(visitor)
    visitor.say("issued", f"{policy['id']}, {shown(policy['premium']['total'])}")
    visitor.now = IN_FEBRUARY
    return f"/v1/policies/{policy['id']}"


def _show(visitor: Visitor, transaction: Json) -> None:
    for line in transaction["computation"]["lines"]:
        visitor.say("", f"{line['name']}: {line['working']}")
    for note in transaction["computation"]["notes"]:
        visitor.say("", note)
