"""Scenes of what holds calls back: a stop, and an access policy."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from demo.tour.claims import QUOTED, motor_risk
from demo.tour.visitor import Visitor

type Json = dict[str, Any]

DUTY, GUARD, THIRD = "duty-test", "guard-test", "chief-test"
QUOTES, CHECKS = "/v1/quotes", "/v1/policy-checks"


def stopped_by_one_person_and_let_go_by_two(visitor: Visitor) -> str:
    visitor.now, risk = QUOTED, motor_risk()
    wanted = {"activities": ["quote"], "product": risk["product"], "cause": "rate_error"}
    stop = visitor.post("/v1/stops", wanted, by=DUTY)
    visitor.say("next quote", visitor.refused(QUOTES, risk, "stopped"))
    lift, why = f"/v1/stops/{stop['id']}/lift", {"reason": "rates_mended"}
    visitor.post(lift, why, by=GUARD)
    visitor.say("once more", visitor.refused(lift, why, "same-person", by=GUARD))
    visitor.say("who set it", visitor.refused(lift, why, "same-person", by=DUTY))
    visitor.expect(visitor.post(lift, why, by=THIRD)["status"] == "lifted", "two people lift it")
    visitor.post(QUOTES, risk)
    return f"{stop['id']} held quotes from the next call on, until two people lifted it"


def tried_on_the_calls_of_the_day_before_anybody_approves(visitor: Visitor) -> str:
    path = f"/v1/access-policies/tried_{uuid.uuid4().hex[:8]}"
    rules: list[Json] = [
        {
            "code": "no_motor",
            "reason": "product_not_agreed",
            "operations": ["createQuote"],
            "when": "partner == 'harbour' and given(product) and product == 'personal_motor'",
        },
        {"code": "nobody", "reason": "not_agreed", "when": "partner == 'nobody-yet'"},
    ]
    visitor.now, risk = QUOTED, motor_risk()
    visitor.post(QUOTES, risk)
    visitor.post(f"{path}/draft", {"zone": "Europe/London", "rules": rules}, by=DUTY)
    visitor.now = datetime.now(UTC)  # records of calls are by our own clock
    tried = visitor.post(f"{path}/replay", by=GUARD)
    counts = {rule["rule"]: rule["calls"] for rule in tried["rules"]}
    visitor.expect(tried["is_complete"] and counts["no_motor"] > 0, "the replay sees the quote")
    visitor.expect(counts["nobody"] == 0, "a rule that would have refused nothing says so")
    largest = tried["examples"][0]
    visitor.say("replay", f"{tried['calls']} calls of the day, {tried['refused']} refused")
    visitor.say(
        largest["rule"], f"{largest['calls']} of {largest['partner']}: {largest['operation']}"
    )
    visitor.now = QUOTED
    visitor.post(QUOTES, risk)
    refused = f"{tried['refused']} of {tried['calls']} calls"
    return f"the draft would have refused {refused}, and refuses none"


def narrowed_by_a_policy_that_another_person_approved(visitor: Visitor) -> str:
    code = f"agreed_{uuid.uuid4().hex[:8]}"  # the tour may be played on data of an earlier one
    path = f"/v1/access-policies/{code}"
    rule: Json = {
        "code": "motor_only",
        "reason": "product_not_agreed",
        "operations": ["createQuote"],
        "when": "partner == 'nobody-yet' and given(product) and product != 'personal_motor'",
    }
    visitor.post(f"{path}/draft", {"zone": "Europe/London", "rules": [rule]}, by=DUTY)
    visitor.post(f"{path}/steps", {"step": "submit", "reason": "agreed"}, by=DUTY)
    approve = {"step": "approve", "reason": "read"}
    visitor.say("own draft", visitor.refused(f"{path}/steps", approve, "same-person", by=DUTY))
    visitor.post(f"{path}/steps", approve, by=GUARD)
    call = {
        "kind": "application",
        "principal": "app_test_nobody",
        "partner": "nobody-yet",
        "operation": "createQuote",
    }
    found = visitor.post(CHECKS, call | {"product": "travel"}, by=GUARD)
    visitor.expect(found.get("rule") == "motor_only", "the check names the rule that decides")
    other = visitor.post(CHECKS, call | {"product": "personal_motor"}, by=GUARD)
    visitor.expect(other["decision"] == "not_refused", "what was agreed is not refused")
    visitor.say("checked", f"travel would be refused by {code}/{found['rule']}: {found['reason']}")
    visitor.post(f"{path}/steps", {"step": "withdraw", "reason": "tour_ends"}, by=GUARD)
    return f"{code} was approved by another person, checked and withdrawn"
