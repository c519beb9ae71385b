"""Who calls in the scenes, on what, and the chains of scenes that others begin with."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from insurance.access.grants import PEOPLES_SCOPES
from insurance.domain.core import identity
from insurance.domain.core.identity import Mode

from demo.samples import CALLERS, Machine, Partner, Staff

type Json = dict[str, Any]


QUOTED_AT, CLAIMED_AT = "2026-11-22T10:00:00Z", "2027-01-16T09:30:00Z"
NOT_KEPT_AT = "2045-01-01T00:00:00Z"
"""When no rule of retention keeps the records of these policies any more."""


def partner(name: str) -> Json:
    """The context that the authorizer hands on for an application."""
    caller = CALLERS[name]
    assert isinstance(caller, Partner)
    return {
        "principal": caller.application,
        "kind": "application",
        "partner": caller.partner,
        "roles": "",
        "scopes": " ".join(caller.scopes),
        "plan": caller.plan,
        "mode": caller.mode,
    }


def staff(name: str) -> Json:
    """The claims that the user pool's authorizer hands on for a person."""
    caller = CALLERS[name]
    assert isinstance(caller, Staff)
    scopes = " ".join(f"coverwright/{scope}" for scope in caller.scopes)
    groups = ",".join(caller.groups)
    return {"claims": {"sub": caller.subject, "scope": scopes, "cognito:groups": groups}}


def bank(name: str) -> Json:
    """The claims of a machine: scopes, and no groups."""
    caller = CALLERS[name]
    assert isinstance(caller, Machine)
    scopes = " ".join(f"coverwright/{scope}" for scope in caller.scopes)
    return {"claims": {"sub": caller.client_id, "client_id": caller.client_id, "scope": scopes}}


HARBOUR, MEADOW = partner("harbour-test"), partner("meadow-test")


UNDERWRITER, HANDLER = staff("underwriter-test"), staff("handler-test")


FINANCE, CONTROLLER = staff("finance-test"), staff("controller-test")


KIM = staff("complaints-test")


SUPERVISOR, PRIVACY = staff("supervisor-test"), staff("privacy-test")
COMPLIANCE, CALL_CENTRE = staff("compliance-test"), staff("call-centre-test")


BANK = bank("bank-test")


AUTHOR, PUBLISHER = staff("author-test"), staff("publisher-test")
AUDITOR = staff("auditor-test")
ONBOARDING, APPROVER = staff("onboarding-test"), staff("approver-test")
DUTY, GUARD, THIRD = staff("duty-test"), staff("guard-test"), staff("chief-test")


class Scene(NamedTuple):
    """One HTTP event, in few words."""

    path: str
    """Of the event's file."""
    route: str
    """`POST /v1/quotes/{quote_id}/acceptance`"""
    caller: Json
    body: Json | str | None = None
    given: tuple[str, ...] = ()
    variables: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    headers: Mapping[str, str] = {}
    at: str = QUOTED_AT
    key: str = ""
    """The idempotency key; the file's name by default."""
    varies: tuple[str, ...] = ()
    sends: bytes = b""
    """The file that goes to the form in the answer."""


GBP = "GBP"


ADA_SIGNED_IN = "f1a2b6c0-5d0b-4b9e-8a53-2f3f1c9d7e10"


ADA = {"name": "Ada Merton", "email": "ada.merton@example.com", "date_of_birth": "1991-03-14"}


MOTOR: Json = {
    "registration": "AB12CDE",
    "vehicle_value": {"amount": 1200000, "currency": GBP},
    "annual_mileage": 8000,
    "no_claims_years": 5,
    "voluntary_excess": {"amount": 25000, "currency": GBP},
    "cover_type": "comprehensive",
    "drivers": [{"age": 35, "licence_years": 15, "convictions": 0}],
}


RISK: Json = {
    "product": "personal_motor",
    "start": "2026-12-01",
    "policyholder": ADA,
    "answers": MOTOR,
    "covers": [],
}


def risk(**answers: Any) -> Json:
    return {**RISK, "answers": {**MOTOR, **answers}}


def loss(policy: str, amount: int) -> Json:
    return {
        "policy_id": policy,
        "cover": "accidental_damage",
        "occurred_at": "2027-01-15T08:20:00Z",
        "claimed": {"amount": amount, "currency": GBP},
        "facts": {"driver_age": 35, "fault": True},
    }


def notice(policy: str, amount: int) -> Json:
    return {
        **loss(policy, amount),
        "claimant": {"name": "Ada Merton"},
        "payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        "narrative": "Slid into a wall on ice.",
    }


REDRESS: Json = {
    "amount": {"amount": 5000, "currency": GBP},
    "reason": "Three weeks of silence.",
    "name": "Ada Merton",
    "iban": "GB33BUKB20201555555555",
}


def quote_id_of(key: str) -> str:
    return identity.new_quote_id(Mode.TEST, HARBOUR["principal"], key)


def claim_id_of(key: str) -> str:
    return identity.new_claim_id(POLICY, HARBOUR["principal"], key)


QUOTE, REFERRED = quote_id_of("quote"), quote_id_of("quote_referred")


POLICY, PARTY = identity.policy_id_for(QUOTE), identity.party_id_for(QUOTE)


BEN: Json = HARBOUR | {
    "principal": "per_test_" + "0" * 32,
    "kind": "policyholder",
    "scopes": " ".join(sorted(PEOPLES_SCOPES)),
    "parties": PARTY,
}
"""Somebody who was given access to the policy."""


CLAIM, LARGE = claim_id_of("notify"), claim_id_of("notify_large")


PAYMENT, LARGE_PAYMENT = identity.payment_id_for(CLAIM, 1), identity.payment_id_for(LARGE, 1)


UNKNOWN = "quo_test_" + "0" * (len(QUOTE) - len("quo_test_"))


VERSION = "/v1/products/{product_code}/versions/{version}"


ERASED_CUSTOMER = ("customers/register", "quoting/quote_for_customer", "customers/erase_customer")


PUBLISHED = ("products/draft", "products/submit", "products/approve", "products/publish")


PET_RISK: Json = {
    "product": "pet",
    "start": "2026-12-01",
    "policyholder": ADA,
    "answers": {"age": 7},
    "covers": [],
}


PET_QUOTE = quote_id_of("quote_published")


PET_POLICY = identity.policy_id_for(PET_QUOTE)


PET_CLAIM = identity.new_claim_id(PET_POLICY, HARBOUR["principal"], "notify_published")


PET_ISSUED = (
    *PUBLISHED,
    "quoting/quote_published",
    "quoting/accept_published",
    "policy_issuance/issue_published",
)


PET_NOTIFIED = (*PET_ISSUED, "claim_intake/notify_published")


ACCEPTED = ("quoting/quote", "quoting/accept")


ISSUED = (*ACCEPTED, "policy_issuance/issue")


NOTIFIED = (*ISSUED, "claim_intake/notify")


NOTIFIED_LARGE = (*ISSUED, "claim_intake/notify_large")


SHARED = (*ISSUED, "policy_servicing/give_access")


SETTLED = (*NOTIFIED, "settlement/settle")


PAID = (*SETTLED, "payment_execution/report_paid")


DELIVERED = "event_delivery/delivered"
INDEXED = "event_delivery/indexed"
REGISTERED, CAUGHT_UP = "event_register/registered", "event_delivery/caught_up"
IN_SUSPENSE = (*ISSUED, "billing/plan", "billing/payment_for_an_unknown_policy")
SUSPENDED = "event_delivery/suspended"
PRODUCT_ENDS = (
    *("catalogue/submit", "catalogue/approve", "catalogue/publish"),
    "catalogue/deprecate",
)
PRODUCT_ENDS_TOLD = "event_delivery/product_ends"
QUOTE_MADE, QUOTE_DELETED = "event_delivery/quote_made", "event_delivery/quote_deleted"
QUOTE_INDEXED = "event_delivery/quote_indexed"


REFUNDED = (
    *ISSUED,
    "billing/payment_that_names_its_payer",
    "policy_servicing/cancel",
    "billing/refund",
    "billing/approve_refund_to_who_paid",
)


REFUND_ORDERED = "event_delivery/refund_ordered"


REDRESSED = (
    *NOTIFIED,
    "complaints/complain",
    "complaints/acknowledge",
    "complaints/investigate",
    "complaints/redress",
    "complaints/approve_redress",
)


REDRESS_ORDERED = "event_delivery/redress_ordered"


BUSY = (
    *ISSUED,
    "billing/plan",
    "claim_intake/notify",
    "complaints/complain",
    "quoting/quote_referred",
    "quoting/accept_referral",
)
"""Something of every kind that falls due."""


PLANNED = "event_delivery/planned"
WAITING_ERASURE = "customers/erase_when_permitted"
ERASURE_PLANNED = "event_delivery/erasure_planned"
CORRECTED = (*ISSUED, "policyholder_changes/correct")
CORRECTION_PLANNED = "event_delivery/correction_planned"
"""The documents that the correction changes are to be made again."""


ERASURE = "event_delivery/erased"
TOLD = "event_delivery/told"
"""As `DELIVERED`, by a release that knows the feed."""
ROOTS_MADE = "audit/made"
"""Of what was told: a root is made of it in test mode."""
WEBHOOK_TESTED = ("notifications/webhook_create", "notifications/webhook_test")
WEBHOOK_NOTED, WEBHOOK_DUE = "event_delivery/webhook_noted", "webhook_delivery/due"
WEBHOOK_CHANGED = (*PAID, WEBHOOK_TESTED[0], TOLD, "notifications/webhook_types")
"""What waits was asked for before, and is not any more."""
WEBHOOK_BOOK_AGAIN = (*WEBHOOK_CHANGED, "notifications/webhook_replay_book")
WEBHOOK_PASSED_OVER = "webhook_delivery/passed_over"


SETTLED_LARGE = (*NOTIFIED_LARGE, "settlement/settle_large")
