"""The journey that `bench.load` puts on a stack: a policy is quoted, accepted and issued, and a claim on it is paid."""

import time
from collections.abc import Mapping
from typing import Any, Protocol

from demo.samples import british_iban

type Json = dict[str, Any]

QUOTED_AT, NOTIFIED_AT = "2026-11-24T09:00:00Z", "2027-01-16T08:20:00Z"
PLATES = ("AB12CDE", "CD34EFG", "EF56GHJ")
"""Of vehicles that the sample look-up knows."""
LOOK_SECONDS = 0.25
"""Until the first look at a claim whose payment the bank has not reported yet; then twice as long each time: a
stack that is slow is not made slower by being asked."""
PAID_WITHIN = 60.0


class Failed(Exception):
    """A journey that came to no paid claim."""


class Call(Protocol):
    """Makes one request and answers its body.

    Raises:
        Failed: It was refused.
    """

    def __call__(
        self,
        method: str,
        name: str,
        path: str,
        body: Json | None = None,
        *,
        key: str | None = None,
        at: str = QUOTED_AT,
    ) -> Json: ...


def walk(call: Call, number: int, *, run: str, settled: dict[str, float]) -> Json:
    """The claim when it is paid; the moments when its payments were ordered stand in `settled`.

    Every second journey looks around on its way: its quote, what the policy covers, a claim in two calls.

    Raises:
        Failed: A request was refused, or the bank did not report.
    """
    looks = bool(number % 2)
    key = f"{run}-{number}"
    name = f"Ada Merton {number}"
    quote = call("POST", "quote", "/v1/quotes", quote_body(name, number), key=f"{key}-quote")
    if looks:
        call("GET", "read quote", f"/v1/quotes/{quote['id']}")
    call("POST", "accept", f"/v1/quotes/{quote['id']}/acceptance", {}, key=f"{key}-accept")
    policy = call("POST", "issue", "/v1/policies", {"quote_id": quote["id"]}, key=f"{key}-issue")
    loss = {
        "policy_id": policy["id"],
        "cover": "accidental_damage",
        "occurred_at": "2027-01-15T08:20:00Z",
        "claimed": {"amount": 300000, "currency": "GBP"},
        "facts": {"driver_age": 35, "fault": True},
    }
    notice = loss | {
        "claimant": {"name": name},
        "payee": {"name": name, "iban": british_iban(number)},
        "narrative": "Slid into a wall on ice.",
    }
    if looks:
        call("GET", "read policy", f"/v1/policies/{policy['id']}", at=NOTIFIED_AT)
        call("POST", "check coverage", "/v1/coverage-checks", loss, at=NOTIFIED_AT)
        claim = call("POST", "notify", "/v1/claims", notice, key=f"{key}-claim", at=NOTIFIED_AT)
        path = f"/v1/claims/{claim['id']}/settlement"
        claim = call("POST", "settle", path, {}, key=f"{key}-settle", at=NOTIFIED_AT)
    else:
        notice |= {"settle": True}
        both = "notify and settle"
        claim = call("POST", both, "/v1/claims", notice, key=f"{key}-claim", at=NOTIFIED_AT)
    settled.update(dict.fromkeys((each["id"] for each in claim["payments"]), time.time()))
    return _paid(call, claim)


def _paid(call: Call, claim: Json) -> Json:
    until, pause = time.monotonic() + PAID_WITHIN, LOOK_SECONDS
    while {each["status"] for each in claim["payments"]} != {"paid"}:
        if time.monotonic() > until or claim["status"] == "referred":
            raise Failed(f"the claim is {claim['status']}: {claim.get('task')}")
        time.sleep(pause)
        pause *= 2
        claim = call("GET", "read claim", f"/v1/claims/{claim['id']}", at=NOTIFIED_AT)
    return claim


def headers(key: str | None, at: str) -> Mapping[str, str]:
    """What a call sends beside its token."""
    return {"Coverwright-Clock": at} | ({"Idempotency-Key": key} if key else {})


def quote_body(name: str, number: int) -> Json:
    """What is asked for a quote; journeys take turns with vehicles."""
    return {
        "product": "personal_motor",
        "start": "2026-12-01",
        "policyholder": {
            "name": name,
            "email": "ada.merton@example.com",
            "date_of_birth": "1991-03-14",
        },
        "answers": {
            "registration": PLATES[number % len(PLATES)],
            "vehicle_value": {"amount": 1200000, "currency": "GBP"},
            "annual_mileage": 8000,
            "no_claims_years": 5,
            "voluntary_excess": {"amount": 25000, "currency": "GBP"},
            "cover_type": "comprehensive",
            "drivers": [{"age": 35, "licence_years": 15, "convictions": 0}],
        },
        "covers": [],
    }
