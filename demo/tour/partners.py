"""Scenes of partners: one comes in with its application, calls, and is stopped; one reads what it called."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta

import httpx

from demo.tour.visitor import Visitor

COUNTED_SECONDS = 60.0
"""The access log is delivered every second or so; a machine may be busy."""
SHOWN = 5
ASKS, APPROVES = "onboarding-test", "approver-test"


def brought_in_by_two_people_and_stopped(visitor: Visitor) -> str:
    code = f"oak-{uuid.uuid4().hex[:8]}"  # the tour may be played on data of an earlier one
    visitor.post("/v1/partners", {"code": code, "name": "Oak Insurance Brokers"}, by=ASKS)
    asked = {
        "code": f"{code}-app",
        "name": "Oak web",
        "team": "Oak digital",
        "plan": "bronze",
        "products": ["quoting"],
        "scopes": ["products:read", "quotes:read", "quotes:write"],
        "reason": "new_partner",
    }
    id = visitor.post(f"/v1/partners/{code}/applications", asked, by=ASKS)["id"]
    path, yes = f"/v1/applications/{id}", {"decision": "approve", "reason": "known_to_us"}
    visitor.say("own request", visitor.refused(f"{path}/decision", yes, "same-person", by=ASKS))
    visitor.post(f"{path}/decision", yes, by=APPROVES)
    made = visitor.post(f"{path}/provisioning", by=ASKS)
    visitor.say("credentials", f"{made['client_id']}, its secret is shown this once")
    credentials = (made["client_id"], made["client_secret"])
    first = visitor.status_as(credentials, "/v1/products")
    visitor.expect(first == httpx.codes.OK, "its first call is answered")
    second = visitor.post(f"{path}/secrets", by=ASKS)["client_secret"]
    newer = (made["client_id"], second)
    both = [visitor.status_as(each, "/v1/products") for each in (credentials, newer)]
    visitor.expect(both == [httpx.codes.OK, httpx.codes.OK], "two secrets live at once")
    visitor.post(f"{path}/secrets/withdrawal", {"secret": "older"}, by=ASKS)
    visitor.expect(not visitor.signs_in(credentials), "the older secret has ended")
    visitor.post(f"{path}/steps", {"step": "suspend", "reason": "unpaid_invoices"}, by=APPROVES)
    stopped = visitor.status_as(newer, "/v1/products")
    visitor.expect(stopped == httpx.codes.FORBIDDEN, "a suspended application is refused")
    return f"{id} was approved by another person, called, changed its secret and was suspended"


def told_what_it_called(visitor: Visitor) -> str:
    visitor.refused("/v1/quotes", {}, "invalid-fields")
    before = _called(visitor).get(
        "listUsage", 0
    )  # a look after the refusal: once it is counted, that is too
    deadline = time.monotonic() + COUNTED_SECONDS
    while _called(visitor).get("listUsage", 0) <= before:  # until the first look is counted itself
        if time.monotonic() > deadline:
            visitor.fail(f"the meter has not counted a call in {COUNTED_SECONDS:.0f} s")
        time.sleep(0.2)
    month = f"{datetime.now(UTC):%Y-%m}"
    statement = visitor.get(f"/v1/usage/statement?month={month}")
    rows = sorted(statement["operations"], key=lambda row: -row["calls"])
    for row in rows[:SHOWN]:
        errors = row["calls"] - row["succeeded"]
        visitor.say(
            row["operation"],
            f"{row['calls']} calls, {errors} of them errors, p95 {row['p95_ms']} ms",
        )
    total = statement["total"]
    visitor.expect(total["calls"] == sum(row["calls"] for row in rows), "the total is the sum")
    visitor.expect(total["invalid"] > 0, "a call that was refused is counted as such")
    lines = statement["csv"].splitlines()
    visitor.expect(len(lines) == len(rows) + 1, "the CSV has a line for each")
    path = visitor.keep("usage.csv", statement["csv"].encode())
    return f"{total['calls']} calls of {len(rows)} operations in {month}, p50 {total['p50_ms']} ms; {path}"


def _called(visitor: Visitor) -> dict[str, int]:
    """How often the partner's application called each operation today and yesterday."""
    since = (datetime.now(UTC) - timedelta(days=1)).date()
    rows = visitor.get(f"/v1/usage?since={since}&limit=100")["items"]
    calls: dict[str, int] = {}
    for row in rows:
        calls[row["operation"]] = calls.get(row["operation"], 0) + row["calls"]
    return calls


def a_quota_that_ends(visitor: Visitor) -> str:
    """An application with ten calls a month: each is answered, and not one more."""
    code, calls = f"ash-{uuid.uuid4().hex[:8]}", 10
    visitor.post("/v1/partners", {"code": code, "name": "Ash Brokers"}, by=ASKS)
    asked = {
        "code": f"{code}-app",
        "name": "Ash web",
        "team": "Ash digital",
        "plan": "gold",
        "per_month": calls,
        "products": ["quoting"],
        "scopes": ["products:read"],
        "reason": "new_partner",
    }
    id = visitor.post(f"/v1/partners/{code}/applications", asked, by=ASKS)["id"]
    path = f"/v1/applications/{id}"
    approved = {"decision": "approve", "reason": "known_to_us"}
    visitor.post(f"{path}/decision", approved, by=APPROVES)
    made = visitor.post(f"{path}/provisioning", by=ASKS)
    credentials = (made["client_id"], made["client_secret"])
    answers = [visitor.call_as(credentials, "/v1/products") for _ in range(calls + 2)]
    visitor.say("RateLimit", answers[0].headers["RateLimit"])
    answered = [answer.status_code for answer in answers].count(httpx.codes.OK)
    visitor.expect(answered == calls, f"{calls} calls are answered")
    refused = answers[-1]
    code = refused.json()["code"]
    visitor.expect(code == "quota-exceeded", "the next is refused for its quota")
    visitor.say(code, f"{refused.json()['detail']} Retry-After: {refused.headers['Retry-After']}")
    quota = visitor.get(f"{path}/quota", by=ASKS)
    visitor.expect(quota["used"] == quota["limit"] == calls, "all of the quota is used")
    return f"{id} had {calls} calls of {quota['month']}: {answered} of {len(answers)} were answered"
