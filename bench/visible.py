"""How long an issued policy and its new customer are not found yet: on the whole stack, settled by delivery."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

import httpx

from bench.goals import Line
from bench.load.ours import stack
from bench.load.run import PARTNER
from bench.machine import ROOT

type Json = dict[str, Any]
type Say = Callable[[str], None]

WITHIN_SECONDS = 2.0
POLICIES = 20
CLOCK = "2026-11-24T09:00:00Z"
JOURNEY = ROOT / "demo" / "journeys" / "private-motor.json"
GIVEN_UP_AFTER = 60.0


class NeverFound(Exception):
    """Something that is stored was not found within a minute."""


def lines(say: Say) -> list[Line]:
    """From the answer of the issue to the first answers that have the customer by e-mail and the policy by party."""
    with stack() as running:
        headers = {
            "Authorization": f"Bearer {running.token(PARTNER)}",
            "Coverwright-Clock": CLOCK,
        }
        with httpx.Client(base_url=running.base_url, headers=headers, timeout=60) as http:
            say(f"visible: {POLICIES} policies")
            found = sorted(_waits(http))
    middle, most = median(found), found[-1]
    name = "issued policy and new customer, found after"
    figures = f"{middle:.2f} s, at most {most:.2f} s"
    raw = {"seconds": [round(each, 3) for each in found]}
    goal = f"at most {WITHIN_SECONDS:g} s"
    return [Line(name, figures, most <= WITHIN_SECONDS, goal, raw=raw, rounds=len(found))]


def _waits(http: httpx.Client) -> Iterator[float]:
    risk: Json = json.loads(JOURNEY.read_text("utf-8"))["quote"]
    _until_found(http, risk)  # functions start, and are not in the figure
    for _policy in range(POLICIES):
        yield _until_found(http, risk)


def _until_found(http: httpx.Client, risk: Json) -> float:
    email = f"{uuid.uuid4().hex}@example.com"
    policy = _issued(http, risk, email)
    began = time.monotonic()
    customer = {"email": email}
    _found(lambda: http.post("/v1/parties/search", json=customer), policy["party_id"])
    of_party = {"party_id": policy["party_id"]}
    _found(lambda: http.get("/v1/policies", params=of_party), policy["id"])
    return time.monotonic() - began


def _issued(http: httpx.Client, risk: Json, email: str) -> Json:
    holder = {"name": "Ada Lovelace", "email": email}
    quote = _post(http, "/v1/quotes", risk | {"policyholder": holder})
    _post(http, f"/v1/quotes/{quote['id']}/acceptance", {})
    return _post(http, "/v1/policies", {"quote_id": quote["id"]})


def _post(http: httpx.Client, path: str, body: Json) -> Json:
    answer = http.post(path, json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
    answer.raise_for_status()
    made: Json = answer.json()
    return made


def _found(search: Callable[[], httpx.Response], id: str) -> None:
    """Search until it is found."""
    until = time.monotonic() + GIVEN_UP_AFTER
    while time.monotonic() < until:
        answer = search()
        answer.raise_for_status()
        if any(each["id"] == id for each in answer.json()["items"]):
            return
    raise NeverFound(id)
