"""REST proxy events as API Gateway sends them, the callers behind them, and what handlers answer."""

import base64
import json
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from insurance.access.grants import PEOPLES_SCOPES
from insurance.access.people import person_id

from demo.samples import BANKS

type Json = dict[str, Any]

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
WITHOUT_ROUTES = ("authorizer", "event_delivery", "event_register", "webhook_delivery")
"""Functions that API Gateway calls for something else, or not at all."""

FOLDERS = tuple(
    folder.parent.name
    for folder in sorted(FUNCTIONS.glob("*/app.py"))
    if folder.parent.name not in WITHOUT_ROUTES
)
CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:eu-west-2:000000000000:function:test",
    aws_request_id="test",
    get_remaining_time_in_millis=lambda: 60_000,
)
CLOCK = "2026-11-20T09:00:00Z"
"""A week and a half before the cover of `QUOTE` begins."""

LOSS_CLOCK = "2027-01-11T09:00:00Z"

SCOPES = (
    "products:read quotes:read quotes:write policies:read policies:write"
    " parties:read parties:write claims:read claims:write claims:settle"
)


def application(principal: str, partner: str, *, mode: str = "test", scopes: str = SCOPES) -> Json:
    """The authorizer's context for a partner's application."""
    return {
        "principal": principal,
        "kind": "application",
        "partner": partner,
        "roles": "",
        "scopes": scopes,
        "plan": "gold",
        "mode": mode,
    }


def staff(name: str, role: str, scope: str, *, mode: str = "test") -> Json:
    """The claims of a member of staff's token, as API Gateway renders them."""
    groups = f"[{role} {mode}]"
    return {"claims": {"sub": name, "scope": f"coverwright/{scope}", "cognito:groups": groups}}


def signed_in(caller: Json, *, seconds_ago: int = 0) -> Json:
    """The caller, with the time of the sign-in if it is a person of staff and does not say it."""
    if "cognito:groups" not in caller.get("claims", {}):
        return caller
    return {"claims": {"auth_time": str(int(time.time()) - seconds_ago), **caller["claims"]}}


PARTNER = application("app_test_one", "harbour")
COLLEAGUE = application("app_test_two", "harbour")
STRANGER = application("app_test_other", "meadow")
LIVE = application("app_live_one", "harbour", mode="live")
UNDERWRITER = staff("staff-ursula", "underwriter", "quotes:underwrite")
APPROVER = staff("staff-henry", "claims_handler", "claims:approve")
FINANCE = staff("staff-fiona", "finance", "payments:send")
PRIVACY = staff("staff-petra", "privacy_officer", "parties:erase")
AUTHOR = staff("staff-anna", "product_manager", "products:write")
PUBLISHER = staff("staff-paul", "product_manager", "products:write")


def machine(scope: str, *, mode: str = "test") -> Json:
    """The claims of the bank's client of this mode: scopes, no groups and no person."""
    client = BANKS[mode].client_id
    return {"claims": {"sub": client, "client_id": client, "scope": f"coverwright/{scope}"}}


BANK = machine("payments:report")

NAME = "Ada Quillfeather"
EMAIL = "ada.quillfeather@example.com"
REGISTRATION = "AB12CDE"
NARRATIVE = "Reversed into the neighbour's greenhouse while looking for a wasp."
YESTERDAY = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
SOON = (YESTERDAY + timedelta(days=10)).date().isoformat()
"""When cover begins that is asked for at the time of our own clock: in live mode, and by files."""
QUOTE: Json = {
    "product": "personal_motor",
    "start": "2026-12-01",
    "policyholder": {
        "name": NAME,
        "email": EMAIL,
        "date_of_birth": "1991-03-14",
        "address": {"lines": ["17 Thistledown Row"], "postcode": "ZE1 0QQ", "country": "GB"},
    },
    "answers": {
        "registration": REGISTRATION,
        "vehicle_value": {"amount": 1_200_000, "currency": "GBP"},
        "annual_mileage": 8000,
        "no_claims_years": 5,
        "drivers": [{"age": 35, "licence_years": 15, "convictions": 0}],
    },
    "covers": [],
}
CLAIM: Json = {
    "cover": "accidental_damage",
    "occurred_at": "2027-01-10T18:30:00Z",
    "claimed": {"amount": 300_000, "currency": "GBP"},
    "facts": {"driver_age": 35, "fault": True},
    "claimant": {"name": NAME},
    "payee": {"name": NAME, "iban": "GB33BUKB20201555555555"},
    "narrative": NARRATIVE,
}


class Answer(NamedTuple):
    """What a handler answered."""

    status: int
    headers: Mapping[str, str]
    body: Any
    text: str

    @property
    def replayed(self) -> bool:
        return self.headers.get("Idempotent-Replayed") == "true"

    @property
    def code(self) -> str:
        """The problem's code; empty for an answer that is no problem."""
        return str(self.body.get("code", "")) if self.status >= 400 else ""


def answer_of(result: Mapping[str, Any]) -> Answer:
    headers = dict(result.get("headers") or {})
    headers |= {
        name: values[-1] for name, values in (result.get("multiValueHeaders") or {}).items()
    }
    text = result.get("body") or ""
    return Answer(result["statusCode"], headers, json.loads(text) if text else None, text)


def event(
    method: str,
    path: str,
    body: Any = None,
    *,
    caller: Json,
    key: str | None = None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    clock: str | None = CLOCK,
) -> Json:
    """A REST proxy event. A body of text goes as it stands, of bytes in base64, else as JSON."""
    sent = {"Content-Type": "application/json", **(headers or {})}
    if key is not None:
        sent["Idempotency-Key"] = key
    if clock is not None:
        sent["Coverwright-Clock"] = clock
    if isinstance(body, bytes):
        encoded: str | None = base64.b64encode(body).decode()
    else:
        encoded = body if body is None or isinstance(body, str) else json.dumps(body)
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": sent,
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "path": path,
            "httpMethod": method,
            "resourcePath": path,
            "stage": "test",
            "authorizer": signed_in(caller),
        },
        "body": encoded,
        "isBase64Encoded": isinstance(body, bytes),
    }


ADA = {"issuer": "https://login.example/", "subject": "ada"}


PERSON = person_id("test", partner="harbour", **ADA)


def policyholder(*policies: str, partner: str = "harbour") -> Json:
    """The authorizer's context for somebody who was given these policies."""
    return application(PERSON, partner, scopes=" ".join(PEOPLES_SCOPES)) | {
        "kind": "policyholder",
        "parties": " ".join(policy.replace("pol_", "pty_") for policy in policies),
    }
