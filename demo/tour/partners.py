"""A scene of partners: one comes in with its application, calls, and is stopped."""

from __future__ import annotations

import uuid

import httpx

from demo.tour.visitor import Visitor

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
