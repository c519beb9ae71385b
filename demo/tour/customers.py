"""Scenes about customers: found by telephone and moved with all of their policies; joined and parted."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from demo.tour.claims import GBP, MOTOR
from demo.tour.visitor import Visitor, shown

type Json = dict[str, Any]

CALL_CENTRE = "call-centre-test"
SOLD_ON, CALLED_ON = datetime(2026, 11, 20, 9, tzinfo=UTC), datetime(2027, 2, 1, 9, tzinfo=UTC)
INDEX_SECONDS = 60.0
PHONE = "+447700900123"
ADA: Json = {
    "name": "Ada Merton",
    "date_of_birth": "1991-03-14",
    "phone": PHONE,
    "address": {"lines": ["1 High Street"], "postcode": "AB1 1AA", "country": "GB"},
}
HOME: Json = {
    "postcode": "AB1 1AA",
    "contents_sum": {"amount": 4_000_000, "currency": GBP},
    "property_type": "semi",
    "alarm": True,
    "occupied_by_day": True,
    "previous_claims": 0,
}


def found_and_moved_with_every_policy(visitor: Visitor) -> str:
    visitor.now = SOLD_ON
    party = visitor.post("/v1/parties", ADA)
    motor = _insured(visitor, party["id"], "personal_motor", MOTOR)
    home = _insured(visitor, party["id"], "home_contents", HOME)
    visitor.now = CALLED_ON
    found = _found(visitor, party["id"])
    visitor.say("call centre", f"{PHONE} is {found}")
    moved: Json = {
        "address": {"lines": ["3 New Road"], "postcode": "EF3 3CC", "country": "GB"},
        "effective_on": "2027-01-15",
        "reason": "She moved house.",
    }
    path = f"/v1/parties/{found}/corrections"
    preview = visitor.post(f"{path}/preview", moved, by=CALL_CENTRE)
    for policy in preview["policies"]:
        visitor.say("preview", f"{policy['policy_id']}: {shown(policy['difference'])}")
    made = visitor.post(path, moved, by=CALL_CENTRE)
    prices = [[one["charged_after"] for one in each["policies"]] for each in (preview, made)]
    visitor.expect(prices[0] == prices[1], "it costs what was shown")
    for policy in made["policies"]:
        policy_path = f"/v1/policies/{policy['policy_id']}"
        holder = visitor.get(policy_path, by=CALL_CENTRE)["policyholder"]
        visitor.expect(holder["address"] == moved["address"], "the policy has the new address")
        for kind in policy["documents"]:
            document = visitor.post(f"{policy_path}/documents", {"kind": kind})["document"]
            visitor.say("sent again", f"{kind}: {document['id']}")
    visitor.expect({motor, home} == {one["policy_id"] for one in made["policies"]}, "both moved")
    return f"moved from {moved['effective_on']}, on {len(made['policies'])} policies at once"


def joined_and_parted(visitor: Visitor) -> str:
    """Two sources tell of one person; they are joined by themselves, and parted by a person."""
    visitor.now = SOLD_ON
    told: Json = {
        "name": "Elizabeth Hale",
        "date_of_birth": "1980-03-14",
        "email": "liz.hale@example.com",
        "address": {"lines": ["12 Ash Lane"], "postcode": "N1 4AB", "country": "GB"},
    }
    again = {**told, "name": "Hale, Liz", "phone": "+447700900456"}
    ids = [visitor.post("/v1/parties", person)["id"] for person in (told, again)]
    match = _matched(visitor, ids[1])
    for mark in match["marks"]:
        visitor.say("weighed", f"{mark['mark']} {mark['level']}: {mark['weight'] / 10:+.1f} bits")
    visitor.expect(match["status"] == "linked", "the two are one customer")
    overview = visitor.get(f"/v1/parties/{ids[0]}/overview", by=CALL_CENTRE)
    for each in overview["details"]:
        visitor.say(each["rule"], f"{each['detail']}: {each['value']} ({each['party_id']})")
    path = f"/v1/matches/{match['id']}/decision"
    apart = {"decision": "different", "reason": "linked_by_mistake"}
    visitor.post(path, apart, by=CALL_CENTRE)
    names = [visitor.get(f"/v1/parties/{each}")["name"] for each in ids]
    visitor.expect(names == [told["name"], again["name"]], "they are two customers again")
    return f"joined with {match['weight'] / 10:.1f} bits, and parted without a trace"


def _matched(visitor: Visitor, party_id: str) -> Json:
    """The match of a customer, once the index has them."""
    deadline = time.monotonic() + INDEX_SECONDS
    while True:
        matches = visitor.post(f"/v1/parties/{party_id}/match-runs", by=CALL_CENTRE)["matches"]
        if matches:
            match: Json = matches[0]
            return match
        if time.monotonic() > deadline:
            visitor.fail(f"nobody like {party_id} was found in {INDEX_SECONDS:.0f} s")
        time.sleep(0.1)


def _insured(visitor: Visitor, party_id: str, product: str, answers: Json) -> str:
    """The id of a policy of the customer."""
    risk = {"product": product, "start": "2026-12-01", "party_id": party_id, "answers": answers}
    quote = visitor.post("/v1/quotes", risk)
    visitor.post(f"/v1/quotes/{quote['id']}/acceptance")
    policy = visitor.post("/v1/policies", {"quote_id": quote["id"]})
    visitor.say("issued", f"{policy['id']}, {shown(policy['premium']['total'])}")
    found: str = policy["id"]
    return found


def _found(visitor: Visitor, party_id: str) -> str:
    """The customer by telephone, once the index has them."""
    deadline = time.monotonic() + INDEX_SECONDS
    while True:
        body = {"phone": "07700 900123"}
        ids = [
            one["id"] for one in visitor.post("/v1/parties/search", body, by=CALL_CENTRE)["items"]
        ]
        if party_id in ids:
            return party_id
        if time.monotonic() > deadline:
            visitor.fail(f"the index has not found {party_id} in {INDEX_SECONDS:.0f} s")
        time.sleep(0.1)
