"""Policies to claim on, bought as a partner buys them: quoted, accepted, issued."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.platform import Platform

type Json = dict[str, Any]

LOSS_AT = "2027-01-15T08:20:00Z"
AFTER_THE_LOSS = datetime(2027, 1, 16, 9, 30, tzinfo=UTC)

MOTOR: Json = {
    "registration": "AB12CDE",
    "vehicle_value": {"amount": 1_200_000, "currency": "GBP"},
    "annual_mileage": 8000,
    "no_claims_years": 5,
    "voluntary_excess": {"amount": 25_000, "currency": "GBP"},
    "drivers": [{"age": 35, "licence_years": 15, "convictions": 0}],
}
HOME: Json = {
    "postcode": "AB1 1AA",
    "contents_sum": {"amount": 4_000_000, "currency": "GBP"},
    "property_type": "semi",
    "alarm": True,
    "occupied_by_day": True,
    "previous_claims": 0,
    "items": [],
}


def money(major: str, currency: str = "GBP") -> Json:
    return {
        "amount": int(major.replace(".", "") if "." in major else major + "00"),
        "currency": currency,
    }


def bill(amount: str) -> Json:
    """The body of a request to pay for an expense."""
    assessors = {"name": "Quay Assessors", "sort_code": "202015", "account_number": "55555555"}
    return {"amount": money(amount), "payee": assessors, "reason": "Bill."}


def issued(
    platform: Platform,
    product: str = "personal_motor",
    answers: Json | None = None,
    *,
    covers: tuple[str, ...] = (),
    imposed: Json | None = None,
    holder: str = "Ada Merton",
) -> str:
    """A policy from 1 December 2026; its id. A referred one is accepted on the terms imposed."""
    quote = platform.post(
        "/v1/quotes",
        {
            "product": product,
            "start": "2026-12-01",
            "policyholder": {"name": holder},
            "answers": MOTOR if answers is None else answers,
            "covers": list(covers),
        },
    )
    path = f"/v1/quotes/{quote['id']}"
    if imposed is not None:
        assert quote["status"] == "referred"
        platform.post(f"{path}/referral-decision", imposed, by="underwriter-test")
    platform.post(f"{path}/acceptance")
    policy_id: str = platform.post("/v1/policies", {"quote_id": quote["id"]})["id"]
    return policy_id


def loss(policy_id: str, cover: str, claimed: str | Json, **changes: Any) -> Json:
    """The body of a notice."""
    return {
        "policy_id": policy_id,
        "cover": cover,
        "occurred_at": LOSS_AT,
        "claimed": money(claimed) if isinstance(claimed, str) else claimed,
        "facts": {},
        "claimant": {"name": "Ada Merton"},
        "payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        **changes,
    }


def notified(platform: Platform, body: Json) -> Json:
    platform.now = max(platform.now, AFTER_THE_LOSS)
    return platform.post("/v1/claims", body)


def settled(platform: Platform, body: Json) -> Json:
    """Noticed and settled; the claim as the settlement left it."""
    claim = notified(platform, body)
    return platform.post(f"/v1/claims/{claim['id']}/settlement")


HANDLER, SUPERVISOR, COMPLIANCE = "handler-test", "supervisor-test", "compliance-test"


AT_FAULT = {"driver_age": 35, "fault": True}


DENIAL = {
    "decision": "deny",
    "reason_code": "not_our_driver",
    "reason": "The driver at the wheel is not named on the policy.",
}


def crash(platform: Platform, claimed: str = "3000", **changes: Any):
    body = loss(issued(platform), "accidental_damage", claimed, facts=AT_FAULT)
    return notified(platform, body | changes)


def reported(platform: Platform, instruction: str, outcome: str):
    body = {
        "instruction_id": instruction,
        "outcome": outcome,
        "bank_reference": "FP-1",
        "executed_at": "2027-01-16T10:00:00Z",
    }
    return platform.post("/v1/bank-reports", body, by="bank-test")


AGAINST = {"kind": "subrogation", "against": "The other driver's insurer"}


def pursued(platform: Platform, claim_id: str, expected: str = "1200", **changes: Any) -> str:
    path = f"/v1/claims/{claim_id}/recoveries"
    platform.post(path, {**AGAINST, "expected": money(expected), **changes}, by=HANDLER)
    platform.post(f"{path}/1/pursuit", by=HANDLER)
    return f"{path}/1"


WORK = "/v1/work-items?role=claims_handler"
