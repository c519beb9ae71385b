"""Requests as API Gateway hands them to a function: REST proxy events of one partner and its staff."""

import json
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from demo.samples import BANKS, british_iban

type Json = dict[str, Any]

QUOTED_AT = "2026-11-24T09:00:00Z"
NOTIFIED_AT = "2027-01-16T08:20:00Z"
PAID_AT = "2027-01-17T10:00:00Z"
NOT_KEPT_AT = "2045-01-01T00:00:00Z"
"""When no rule of retention keeps the records of these policies any more."""

MOTOR_PLATE = "AB12CDE"
MOTOR = {
    "product": "personal_motor",
    "start": "2026-12-01",
    "policyholder": {
        "name": "Ada Merton",
        "email": "ada.merton@example.com",
        "date_of_birth": "1991-03-14",
    },
    "answers": {
        "registration": MOTOR_PLATE,
        "vehicle_value": {"amount": 1200000, "currency": "GBP"},
        "annual_mileage": 8000,
        "no_claims_years": 5,
        "voluntary_excess": {"amount": 25000, "currency": "GBP"},
        "cover_type": "comprehensive",
        "drivers": [{"age": 35, "licence_years": 15, "convictions": 0}],
    },
    "covers": [],
}
HOLDER: Json = {
    "name": "Ada Merton",
    "email": "ada.merton@example.com",
    "date_of_birth": "1991-03-14",
}
SOLD: dict[str, Json] = {
    "personal_motor": MOTOR,
    "home_contents": {
        "product": "home_contents",
        "start": "2026-12-01",
        "policyholder": HOLDER,
        "answers": {
            "postcode": "AB1 1AA",
            "contents_sum": {"amount": 4000000, "currency": "GBP"},
            "property_type": "semi",
            "alarm": True,
            "occupied_by_day": True,
            "previous_claims": 0,
            "items": [
                {"description": "Ring", "value": {"amount": 300000, "currency": "GBP"}},
            ],
        },
        "covers": [],
    },
    "life_and_illness": {
        "product": "life_and_illness",
        "start": "2026-12-01",
        "policyholder": HOLDER,
        "answers": {
            "date_of_birth": "1986-06-15",
            "sum_assured": {"amount": 20000000, "currency": "GBP"},
            "smoker": False,
            "height_m": "1.80",
            "weight_kg": "80.0",
            "occupation": "office",
        },
        "covers": [],
    },
    "business_combined": {
        "product": "business_combined",
        "start": "2026-12-01",
        "territory": "IE",
        "policyholder": {"name": "Merton and Daughters", "email": "office@merton.example"},
        "answers": {
            "trade": "office",
            "turnover": {"amount": 40000000, "currency": "EUR"},
            "employees": 5,
            "claims_5y": 1,
            "premises": [
                {
                    "name": "Main",
                    "construction": "brick",
                    "sprinklers": False,
                    "building": {"amount": 50000000, "currency": "EUR"},
                    "stock": {"amount": 5000000, "currency": "EUR"},
                }
            ],
            "retroactive_from": "2024-01-01",
        },
        "covers": ["professional_indemnity"],
    },
}
"""A usual risk of every bundled product."""
LOSS: Json = {
    "cover": "accidental_damage",
    "occurred_at": "2027-01-15T08:20:00Z",
    "claimed": {"amount": 300000, "currency": "GBP"},
    "facts": {"driver_age": 35, "fault": True},
}
NOTICE = LOSS | {
    "claimant": {"name": "Ada Merton"},
    "narrative": "Slid into a wall on ice.",
}
PARTNER: Json = {
    "principal": "app_test_01hzy5s2qk8m",
    "kind": "application",
    "partner": "ptn_harbour",
    "roles": "",
    "scopes": "products:read quotes:read quotes:write policies:read policies:write"
    " claims:read claims:write claims:settle",
    "plan": "silver",
    "mode": "test",
}


def staff(name: str, group: str, scope: str) -> Json:
    """What Cognito's authorizer says of a member of staff in test mode."""
    return {
        "claims": {
            "sub": f"staff-{name}",
            "scope": f"coverwright/{scope}",
            "cognito:groups": f"[{group} test]",
            "client_id": "staff-portal",
            "username": name,
        }
    }


BANK_CLIENT = BANKS["test"].client_id
BANK: Json = {
    "claims": {
        "sub": BANK_CLIENT,
        "client_id": BANK_CLIENT,
        "scope": "coverwright/payments:report",
    }
}
PRIVACY = staff("pat", "privacy_officer", "parties:erase")


@dataclass(frozen=True)
class Ask:
    """One request: which function, what of it, when, as whom."""

    function: str
    method: str
    path: str
    body: Json | None = None
    key: str | None = None
    at: str = QUOTED_AT
    caller: Json | None = None
    parameters: dict[str, str] | None = None
    """The path's parameters by name, as the API's definition has them."""
    query: dict[str, str] | None = None

    @property
    def resource(self) -> str:
        """The path as the definition spells it."""
        spelt = self.path
        for name, value in (self.parameters or {}).items():
            spelt = spelt.replace(value, f"{{{name}}}")
        return spelt

    def event(self) -> Json:
        """The REST proxy event, fresh each time: a handler may keep or change it."""
        headers = {
            "Accept": "application/json",
            "Authorization": "Bearer (checked by the authorizer)",
            "Content-Type": "application/json",
            "Coverwright-Clock": self.at,
            "Host": "api.coverwright.example",
            "User-Agent": "bench",
            "X-Forwarded-For": "192.0.2.1",
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        }
        if self.key is not None:
            headers["Idempotency-Key"] = self.key
        identity = {"sourceIp": "192.0.2.1", "userAgent": "bench"}
        return {
            "resource": self.resource,
            "path": self.path,
            "httpMethod": self.method,
            "headers": headers,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "queryStringParameters": self.query,
            "multiValueQueryStringParameters": None,
            "pathParameters": self.parameters,
            "stageVariables": None,
            "requestContext": {
                "accountId": "000000000000",
                "apiId": "bench",
                "authorizer": self.caller or PARTNER,
                "domainName": "api.coverwright.example",
                "httpMethod": self.method,
                "identity": identity,
                "path": f"/live{self.path}",
                "protocol": "HTTP/1.1",
                "requestId": "5f1c2a4e-7b1d-4a53-9d0e-000000000001",
                "requestTime": "24/Nov/2026:09:00:00 +0000",
                "requestTimeEpoch": 1795510800000,
                "resourceId": "bench",
                "resourcePath": self.resource,
                "stage": "live",
            },
            "body": None if self.body is None else json.dumps(self.body, separators=(",", ":")),
            "isBase64Encoded": False,
        }


def quote(key: str, answers: Json | None = None) -> Ask:
    body = MOTOR if answers is None else MOTOR | answers
    return Ask("quoting", "POST", "/v1/quotes", body, key)


def quote_of(product: str, key: str) -> Ask:
    """A quote of the product's usual risk."""
    return Ask("quoting", "POST", "/v1/quotes", SOLD[product], key)


def quote_for(party_id: str, key: str) -> Ask:
    """A quote for a customer that has a policy."""
    body = {name: value for name, value in MOTOR.items() if name != "policyholder"}
    return Ask("quoting", "POST", "/v1/quotes", body | {"party_id": party_id}, key)


def preview() -> Ask:
    return Ask("quoting", "POST", "/v1/quotes/preview", MOTOR)


def read_quote(quote_id: str) -> Ask:
    return Ask("quoting", "GET", f"/v1/quotes/{quote_id}", parameters={"quote_id": quote_id})


def accept(quote_id: str, key: str) -> Ask:
    return Ask("quoting", "POST", f"/v1/quotes/{quote_id}/acceptance", {}, key)


def issue(quote_id: str, key: str) -> Ask:
    return Ask("policy_issuance", "POST", "/v1/policies", {"quote_id": quote_id}, key)


def read_policy(policy_id: str) -> Ask:
    return Ask("policy_issuance", "GET", f"/v1/policies/{policy_id}")


def check(policy_id: str) -> Ask:
    body = LOSS | {"policy_id": policy_id}
    return Ask("claim_intake", "POST", "/v1/coverage-checks", body, at=NOTIFIED_AT)


def notify(
    policy_id: str, key: str, *, amount: int = 300000, occurred_at: str = "2027-01-15T08:20:00Z"
) -> Ask:
    claimed = {"amount": amount, "currency": "GBP"}
    body = NOTICE | {"policy_id": policy_id, "claimed": claimed, "occurred_at": occurred_at}
    body |= {"payee": payee(key)}
    return Ask("claim_intake", "POST", "/v1/claims", body, key, NOTIFIED_AT)


def notify_and_settle(policy_id: str, key: str, *, occurred_at: str = LOSS["occurred_at"]) -> Ask:
    body = NOTICE | {"policy_id": policy_id, "occurred_at": occurred_at, "settle": True}
    body |= {"payee": payee(key)}
    return Ask("claim_intake", "POST", "/v1/claims", body, key, NOTIFIED_AT)


def payee(key: str) -> Json:
    """Each claim goes to an account of its own: what one account is paid in a month is an item of its own."""
    return {"name": "Ada Merton", "iban": british_iban(crc32(key.encode()) % 10**8)}


def settle(claim_id: str, key: str) -> Ask:
    return Ask("settlement", "POST", f"/v1/claims/{claim_id}/settlement", {}, key, NOTIFIED_AT)


def approve(claim_id: str, payment_id: str, key: str) -> Ask:
    path = f"/v1/claims/{claim_id}/payments/{payment_id}/approval"
    body = {"decision": "approve", "reason": "The engineer's report agrees."}
    # Another person each time: what one person approves in a day is an item of their own.
    approver = staff(f"carol-{key}", "supervisor", "claims:approve")
    return Ask("settlement", "POST", path, body, key, NOTIFIED_AT, approver)


def endorse(policy_id: str, key: str) -> Ask:
    body = {"effective_on": "2027-06-01", "answers": {"annual_mileage": 14000}}
    path = f"/v1/policies/{policy_id}/endorsements"
    return Ask("policy_servicing", "POST", path, body, key, NOTIFIED_AT)


def cancel(policy_id: str, key: str) -> Ask:
    body = {"effective_on": "2027-08-01", "reason": "vehicle_sold"}
    path = f"/v1/policies/{policy_id}/cancellations"
    return Ask("policy_servicing", "POST", path, body, key, NOTIFIED_AT)


def report(payment_id: str, key: str) -> Ask:
    body = {
        "instruction_id": payment_id,
        "outcome": "paid",
        "bank_reference": "BNK-000123",
        "executed_at": PAID_AT,
    }
    return Ask("payment_execution", "POST", "/v1/bank-reports", body, key, PAID_AT, BANK)


def erase(party_id: str, key: str) -> Ask:
    body = {"reason": "requested"}
    path = f"/v1/parties/{party_id}/erasure"
    return Ask("customers", "POST", path, body, key, NOT_KEPT_AT, PRIVACY)


def listings(limit: int) -> dict[str, Ask]:
    """Lists and searches of policies that find very many of them."""

    def listed(**query: str) -> Ask:
        return Ask("search", "GET", "/v1/policies", query=query | {"limit": str(limit)})

    plate = {"registration": MOTOR_PLATE}
    found = Ask("search", "POST", "/v1/policies/search", plate, query={"limit": str(limit)})
    return {
        "a partner's policies": listed(),
        "a partner's policies by standing": listed(standing="issued"),
        "policies by a plate": found,
    }
