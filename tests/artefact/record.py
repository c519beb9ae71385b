"""`python -m tests.artefact.record`: write events/ from the scenes below, and what the source answers.

A change that is meant changes an expected answer: record again and read the difference before
committing it. Events that no two runs make alike are made again only where they are missing: the
authorizer's, whose tokens' key is thrown away (`tests/artefact/issuer_keys.json`), and the
stream's (`events/event_delivery`).
"""

import base64
import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from insurance.bank.iso20022 import end_to_end_id
from insurance.domain.core import identity
from insurance.domain.core.identity import Mode
from insurance.scanning import EICAR
from joserfc import jwt
from joserfc.jwk import ECKey

from demo.samples import CALLERS, Partner, Staff
from local.bank_messages.messages import status_report
from tests.artefact.backend import ISSUER, Backend, backend
from tests.artefact.cases import EVENTS, EXPECTED, case, observed, settled
from tests.artefact.conftest import Stage
from tests.artefact.emulator import runtime_folder
from tests.support import pet
from tests.support.pictures import photograph

type Json = dict[str, Any]

KEYS = Path(__file__).with_name("issuer_keys.json")
FAR_AWAY = 4_102_444_800  # 2100-01-01: a token of an event must outlive its repository
QUOTED_AT, CLAIMED_AT = "2026-11-22T10:00:00Z", "2027-01-16T09:30:00Z"


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
    scopes = " ".join(f"coverwright/{scope}" for scope in caller.scopes)
    return {"claims": {"sub": name, "client_id": name, "scope": scopes}}


HARBOUR, MEADOW = partner("harbour-test"), partner("meadow-test")
UNDERWRITER, HANDLER = staff("underwriter-test"), staff("handler-test")
FINANCE, CONTROLLER = staff("finance-test"), staff("controller-test")
KIM = staff("complaints-test")
SUPERVISOR, PRIVACY = staff("supervisor-test"), staff("privacy-test")
BANK = bank("bank-test")
AUTHOR, PUBLISHER = staff("author-test"), staff("publisher-test")


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


def _quote_id(key: str) -> str:
    return identity.new_quote_id(Mode.TEST, HARBOUR["principal"], key)


def _claim_id(key: str) -> str:
    return identity.new_claim_id(POLICY, HARBOUR["principal"], key)


QUOTE, REFERRED = _quote_id("quote"), _quote_id("quote_referred")
POLICY, PARTY = identity.policy_id_for(QUOTE), identity.party_id_for(QUOTE)
CLAIM, LARGE = _claim_id("notify"), _claim_id("notify_large")
PAYMENT, LARGE_PAYMENT = identity.payment_id_for(CLAIM, 1), identity.payment_id_for(LARGE, 1)
UNKNOWN = "quo_test_" + "0" * (len(QUOTE) - len("quo_test_"))

VERSION = "/v1/products/{product_code}/versions/{version}"
PUBLISHED = ("products/draft", "products/submit", "products/approve", "products/publish")


def pet_files(version: str = "2026.1", **changes: Any) -> Json:
    return pet.files(version, **changes)._asdict()


PET_FILES = pet_files()
PET_RISK: Json = {
    "product": "pet",
    "start": "2026-12-01",
    "policyholder": ADA,
    "answers": {"age": 7},
    "covers": [],
}
PET_QUOTE = _quote_id("quote_published")
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
PAID = (*SETTLED, "settlement/report_paid")
DELIVERED = "event_delivery/delivered"
REFUNDED = (
    *ISSUED,
    "billing/payment_in_full",
    "policy_servicing/cancel",
    "billing/refund",
    "billing/approve_refund",
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
    "quoting/take_on",
)
"""Something of every kind that falls due."""
PLANNED = "event_delivery/planned"
GIVEN = {
    DELIVERED: PAID,
    REFUND_ORDERED: REFUNDED,
    REDRESS_ORDERED: REDRESSED,
    PLANNED: BUSY,
    "authorizer/policyholder": SHARED,
}
SETTLED_LARGE = (*NOTIFIED_LARGE, "settlement/settle_large")


def scenes() -> Iterator[Scene]:
    """Every HTTP event."""
    yield from _products()
    yield from _published()
    yield from _quoting()
    yield from _issuance()
    yield from _screening()
    yield from _servicing()
    yield from _notices()
    yield from _sharing()
    yield from _scheduler()
    yield from _billing()
    yield from _arrears()
    yield from _documents()
    yield from _reporting()
    yield from _claims()
    yield from _assessment()
    yield from _settlement()
    yield from _evidence()
    yield from _complaints()
    yield from _erasure()


def _products() -> Iterator[Scene]:
    one = "GET /v1/products/{product_code}"
    yield Scene("products/list", "GET /v1/products", HARBOUR)
    yield Scene("products/read", one, HARBOUR, variables={"product_code": "personal_motor"})
    yield Scene("products/unknown", one, HARBOUR, variables={"product_code": "parrot"})
    yield from _versions()


def _versions() -> Iterator[Scene]:
    """A version drafted, reviewed and published, and one that its scenarios keep from that."""
    all_of, version = "/v1/products/{product_code}/versions", f"{VERSION}/steps"
    grows = ("/body/properties", "/body/$defs")
    yield Scene("products/schema", "GET /v1/product-schema", AUTHOR, varies=grows)
    yield Scene("products/check", "POST /v1/product-checks", AUTHOR, PET_FILES, key="-")
    typo = pet_files(rating={"steps": [{"step": "base", "base": "10 * aeg"}]})
    yield Scene("products/check_with_a_typo", "POST /v1/product-checks", AUTHOR, typo, key="-")
    place: Json = {"variables": {"product_code": "pet", "version": "2026.1"}}
    draft = f"POST {VERSION}/draft"
    yield Scene("products/draft", draft, AUTHOR, PET_FILES, **place)
    yield Scene("products/draft_with_a_typo", draft, AUTHOR, typo, **place)
    nobody = "products/draft_without_the_scope"
    yield Scene(nobody, draft, UNDERWRITER, PET_FILES, **place)
    done: tuple[str, ...] = ("products/draft",)
    for name, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        body = {"step": name, "reason": "New for the autumn."}
        if name == "approve":
            own = "products/approve_ones_own"
            yield Scene(own, f"POST {version}", AUTHOR, body, done, **place)
        yield Scene(f"products/{name}", f"POST {version}", who, body, done, **place)
        done = (*done, f"products/{name}")
    assert done == PUBLISHED
    yield Scene("products/versions", f"GET {all_of}", AUTHOR, None, done, {"product_code": "pet"})
    yield Scene("products/version", f"GET {VERSION}", AUTHOR, None, done, **place)
    yield Scene("products/files", f"GET {VERSION}/files", AUTHOR, None, done, **place)
    yield from _unpublishable(draft, f"POST {version}")


def _unpublishable(draft: str, step: str) -> Iterator[Scene]:
    untried = pet_files("2026.2", scenarios={"risks": {}, "scenarios": []})
    place: Json = {"variables": {"product_code": "pet", "version": "2026.2"}}
    yield Scene("products/draft_untried", draft, AUTHOR, untried, **place)
    done: tuple[str, ...] = ("products/draft_untried",)
    for name, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        body = {"step": name, "reason": "It looks right."}
        yield Scene(f"products/{name}_untried", step, who, body, done, **place)
        done = (*done, f"products/{name}_untried")


def _published() -> Iterator[Scene]:
    """A product that only ever was published: every function that reads products meets it."""
    quote, policy = {"quote_id": PET_QUOTE}, {"policy_id": PET_POLICY}
    yield Scene("quoting/quote_published", "POST /v1/quotes", HARBOUR, PET_RISK, PUBLISHED)
    accept = "POST /v1/quotes/{quote_id}/acceptance"
    yield Scene("quoting/accept_published", accept, HARBOUR, {}, PET_ISSUED[:5], quote)
    issue = "POST /v1/policies"
    yield Scene("policy_issuance/issue_published", issue, HARBOUR, quote, PET_ISSUED[:6])
    plans = "GET /v1/policies/{policy_id}/billing/plans"
    yield Scene("billing/plans_published", plans, HARBOUR, None, PET_ISSUED, policy)
    ledger = "GET /v1/policies/{policy_id}/ledger"
    yield Scene("reporting/policy_ledger_published", ledger, HARBOUR, None, PET_ISSUED, policy)
    older = {"effective_on": "2027-02-01", "answers": {"age": 8}}
    later: Json = {"at": CLAIMED_AT}
    endorse, change = "policy_servicing/endorse_published", "/v1/policies/{policy_id}/endorsements"
    yield Scene(endorse, f"POST {change}", HARBOUR, older, PET_ISSUED, policy, **later)
    sick: Json = {
        "policy_id": PET_POLICY,
        "cover": "vet",
        "occurred_at": "2027-01-15T08:20:00Z",
        "claimed": {"amount": 20000, "currency": GBP},
        "claimant": {"name": "Ada Merton"},
        "payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        "narrative": "Ate a sock.",
        "facts": {},
    }
    notify = "POST /v1/claims"
    yield Scene("claim_intake/notify_published", notify, HARBOUR, sick, PET_ISSUED, **later)
    claim: Json = {"variables": {"claim_id": PET_CLAIM}, **later}
    why = {"reason": "The vet is asked first."}
    hold, settle = "POST /v1/claims/{claim_id}/hold", "POST /v1/claims/{claim_id}/settlement"
    yield Scene("claim_assessment/hold_published", hold, HANDLER, why, PET_NOTIFIED, **claim)
    yield Scene("settlement/settle_published", settle, HARBOUR, {}, PET_NOTIFIED, **claim)


def _quoting() -> Iterator[Scene]:
    post, quote = "POST /v1/quotes", {"quote_id": QUOTE}
    get, decide = "GET /v1/quotes/{quote_id}", "POST /v1/quotes/{quote_id}/referral-decision"
    yield Scene("quoting/quote", post, HARBOUR, RISK)
    yield Scene("quoting/quote_again", post, HARBOUR, RISK, ("quoting/quote",), key="quote")
    yield Scene("quoting/quote_again_after_acceptance", post, HARBOUR, RISK, ACCEPTED, key="quote")
    changed = risk(annual_mileage=9000)
    yield Scene("quoting/key_reused", post, HARBOUR, changed, ("quoting/quote",), key="quote")
    valuable = risk(vehicle_value={"amount": 6000000, "currency": GBP})
    yield Scene("quoting/quote_referred", post, HARBOUR, valuable)
    young = risk(drivers=[{"age": 16, "licence_years": 0, "convictions": 0}])
    yield Scene("quoting/quote_declined", post, HARBOUR, young)
    yield Scene("quoting/quote_with_a_bad_answer", post, HARBOUR, risk(annual_mileage="far"))
    yield Scene("quoting/quote_with_unknown_field", post, HARBOUR, {**RISK, "colour": "red"})
    twice = '{"product":"personal_motor","product":"personal_motor"}'
    yield Scene("quoting/quote_naming_a_field_twice", post, HARBOUR, twice)
    yield Scene("quoting/quote_without_key", post, HARBOUR, RISK, key="-")
    # Nobody has said who calls: the gateway never sends this, and whatever comes of it is our fault.
    yield Scene("quoting/quote_of_nobody", post, {}, RISK)
    yield Scene("quoting/preview", "POST /v1/quotes/preview", HARBOUR, RISK, key="-")
    given = ("quoting/quote",)
    yield Scene("quoting/read", get, HARBOUR, None, given, quote)
    yield Scene("quoting/read_of_another_partner", get, MEADOW, None, given, quote)
    explain = "GET /v1/quotes/{quote_id}/explanation"
    yield Scene("quoting/explain", explain, HARBOUR, None, given, quote)
    accept = "POST /v1/quotes/{quote_id}/acceptance"
    yield Scene("quoting/accept", accept, HARBOUR, {}, given, quote)
    stale = {"If-Match": '"7-quote"'}
    yield Scene("quoting/accept_a_stale_quote", accept, HARBOUR, {}, given, quote, headers=stale)
    referred, waiting = {"quote_id": REFERRED}, ("quoting/quote_referred",)
    take = {"decision": "accept", "reason": "Kept in a locked garage.", "load": "0.25"}
    yield Scene("quoting/take_on", decide, UNDERWRITER, take, waiting, referred)
    yield Scene("quoting/decide_without_the_role", decide, HANDLER, take, waiting, referred)


def _issuance() -> Iterator[Scene]:
    post, body, policy = "POST /v1/policies", {"quote_id": QUOTE}, {"policy_id": POLICY}
    yield Scene("policy_issuance/issue", post, HARBOUR, body, ACCEPTED)
    unaccepted = "policy_issuance/issue_before_acceptance"
    yield Scene(unaccepted, post, HARBOUR, body, ("quoting/quote",))
    yield Scene("policy_issuance/issue_twice", post, HARBOUR, body, ISSUED)
    yield Scene("policy_issuance/issue_unknown", post, HARBOUR, {"quote_id": UNKNOWN})
    get = "GET /v1/policies/{policy_id}"
    yield Scene("policy_issuance/read", get, HARBOUR, None, ISSUED, policy)
    events = "GET /v1/policies/{policy_id}/events"
    sealed = ("/body/items/*/hash", "/body/items/*/previous_hash", "/body/items/*/facts")
    yield Scene(
        *("policy_issuance/events", events, HARBOUR, None, ISSUED, policy),
        query={"limit": "10"},
        varies=sealed,
    )


def _screening() -> Iterator[Scene]:
    """A policyholder whose name is on the bundled list."""
    listed = {**RISK, "policyholder": {"name": "Viktor Malenkov-Drago"}}
    yield Scene("quoting/quote_listed", "POST /v1/quotes", HARBOUR, listed)
    quote_id = _quote_id("quote_listed")
    quote, given = {"quote_id": quote_id}, ("quoting/quote_listed",)
    accept = "POST /v1/quotes/{quote_id}/acceptance"
    yield Scene("quoting/accept_listed", accept, HARBOUR, {}, given, quote)
    accepted = (*given, "quoting/accept_listed")
    yield Scene("policy_issuance/issue_listed", "POST /v1/policies", HARBOUR, quote, accepted)
    held = (*accepted, "policy_issuance/issue_listed")
    waiting, case = "GET /v1/screenings", {"screening_id": identity.screening_id_for(quote_id)}
    yield Scene("policy_issuance/screenings", waiting, UNDERWRITER, None, held)
    decide = "POST /v1/screenings/{screening_id}/decision"
    clear = {"decision": "clear", "reason": "Born in 1991, the listed person in 1954."}
    yield Scene("policy_issuance/clear_listed", decide, UNDERWRITER, clear, held, case)
    cleared = (*held, "policy_issuance/clear_listed")
    again = "policy_issuance/issue_cleared"
    yield Scene(again, "POST /v1/policies", HARBOUR, quote, cleared)
    run, whole = "POST /v1/screening-runs", {"after": ""}
    yield Scene("policy_issuance/screen_book", run, UNDERWRITER, whole, ISSUED, key="-")


def _sharing() -> Iterator[Scene]:
    give, policy = "POST /v1/policies/{policy_id}/access", {"policy_id": POLICY}
    ada = {"issuer": ISSUER, "subject": ADA_SIGNED_IN}
    yield Scene("policy_servicing/give_access", give, HARBOUR, ada, ISSUED, policy)
    theirs = "policy_servicing/give_access_to_another_partners_policy"
    yield Scene(theirs, give, MEADOW, ada, ISSUED, policy)
    taken = f"{give}/withdrawal"
    yield Scene("policy_servicing/withdraw_access", taken, HARBOUR, ada, SHARED, policy)


def _servicing() -> Iterator[Scene]:
    policy, later = {"policy_id": POLICY}, {"at": "2027-02-01T09:00:00Z"}
    change, end = "POST /v1/policies/{policy_id}/endorsements", "2027-06-01"
    teenager = {
        "effective_on": end,
        "answers": {
            "drivers": [*MOTOR["drivers"], {"age": 19, "licence_years": 1, "convictions": 0}]
        },
    }
    asked: Json = {"variables": policy, **later}
    yield Scene(
        *("policy_servicing/endorse_preview", f"{change}/preview", HARBOUR, teenager, ISSUED),
        key="-",
        **asked,
    )
    yield Scene("policy_servicing/endorse", change, HARBOUR, teenager, ISSUED, **asked)
    endorsed = (*ISSUED, "policy_servicing/endorse")
    earlier = {"effective_on": "2027-03-01", "answers": {"annual_mileage": 20000}}
    backdated = "policy_servicing/endorse_before_another_change"
    yield Scene(backdated, change, HARBOUR, earlier, endorsed, **asked)
    outside = {"effective_on": "2028-01-01", "answers": {"annual_mileage": 20000}}
    yield Scene(
        "policy_servicing/endorse_outside_the_term", change, HARBOUR, outside, ISSUED, **asked
    )
    cancel = "POST /v1/policies/{policy_id}/cancellations"
    sold = {"effective_on": end, "reason": "vehicle_sold"}
    yield Scene(
        *("policy_servicing/cancel_preview", f"{cancel}/preview", HARBOUR, sold, ISSUED),
        key="-",
        **asked,
    )
    yield Scene("policy_servicing/cancel", cancel, HARBOUR, sold, ISSUED, **asked)
    cancelled = (*ISSUED, "policy_servicing/cancel")
    restore = "POST /v1/policies/{policy_id}/reinstatements"
    declared = {"no_known_loss": True}
    yield Scene(
        *("policy_servicing/reinstate_preview", f"{restore}/preview", HARBOUR, declared, cancelled),
        key="-",
        **asked,
    )
    yield Scene("policy_servicing/reinstate", restore, HARBOUR, declared, cancelled, **asked)
    undo = "POST /v1/policies/{policy_id}/transactions/{number}/reversal"
    mistake = {"reason": "a_mistake"}
    second: Json = {"variables": {**policy, "number": "2"}, **later}
    yield Scene(
        *("policy_servicing/reverse_preview", f"{undo}/preview", HARBOUR, mistake, endorsed),
        key="-",
        **second,
    )
    yield Scene("policy_servicing/reverse", undo, HARBOUR, mistake, endorsed, **second)
    never: Json = {**second, "variables": {**policy, "number": "9"}}
    unknown = "policy_servicing/reverse_what_never_was"
    yield Scene(unknown, undo, HARBOUR, mistake, endorsed, **never)
    listed = "GET /v1/policies/{policy_id}/transactions"
    renew, soon = "POST /v1/policies/{policy_id}/renewals", {"at": "2027-11-15T09:00:00Z"}
    ending: Json = {"variables": policy, **soon}
    yield Scene(
        *("policy_servicing/renew_preview", f"{renew}/preview", HARBOUR, {}, ISSUED),
        key="-",
        **ending,
    )
    yield Scene("policy_servicing/renew", renew, HARBOUR, {}, ISSUED, **ending)
    yield Scene("policy_servicing/renew_too_early", renew, HARBOUR, {}, ISSUED, **asked)
    compare = "GET /v1/policies/{policy_id}/comparison"
    yield Scene(
        *("policy_servicing/comparison", compare, HARBOUR, None, endorsed),
        query={
            "as_at": "2027-07-01T00:00:00Z",
            "since_as_at": "2027-01-01T00:00:00Z",
            "since_known_at": "2026-12-01T00:00:00Z",
        },
        **asked,
    )
    yield Scene(
        *("policy_servicing/comparison_as_known", compare, HARBOUR, None, endorsed),
        query={"since_known_at": "2026-12-01T09:00:00Z"},
        **asked,
    )
    yield Scene("policy_servicing/transactions", listed, HARBOUR, None, endorsed, **asked)
    yield Scene(
        *("policy_issuance/read_as_at", "GET /v1/policies/{policy_id}", HARBOUR, None, endorsed),
        query={"as_at": "2027-07-01T00:00:00Z", "known_at": "2027-02-01T09:00:00Z"},
        **asked,
    )


def _notices() -> Iterator[Scene]:
    notices, first = "POST /v1/policies/{policy_id}/notices", {"policy_id": POLICY, "number": "1"}
    asked: Json = {"variables": {"policy_id": POLICY}, **_at("2027-02-01T09:00:00Z")}
    false = {"reason": "false_facts", "effective_on": "2027-03-01"}
    given, sent = "policy_servicing/give_notice", "policy_servicing/prove_dispatch"
    yield Scene(given, notices, UNDERWRITER, false, ISSUED, **asked)
    proof = {
        "channel": "registered_post",
        "reference": "RR123456789GB",
        "dispatched_at": "2027-02-02T15:30:00Z",
    }
    later: Json = {"variables": first, **_at("2027-02-03T09:00:00Z")}
    dispatch = f"{notices}/{{number}}/dispatch"
    yield Scene(sent, dispatch, UNDERWRITER, proof, (*ISSUED, given), **later)
    yield Scene(
        *("policy_servicing/prove_dispatch_of_nothing", dispatch, UNDERWRITER, proof, ISSUED),
        **later,
    )
    both = (*ISSUED, given, sent)
    yield Scene(
        *("policy_servicing/withdraw_notice", f"{notices}/{{number}}/withdrawal", UNDERWRITER),
        *({}, both),
        **later,
    )
    listed = "GET /v1/policies/{policy_id}/notices"
    yield Scene("policy_servicing/notices", listed, HARBOUR, None, both, **asked)
    unwanted = "POST /v1/policies/{policy_id}/non-renewal"
    moved = {"by": "policyholder", "reason": "moved_away"}
    yield Scene("policy_servicing/refuse_renewal", unwanted, HARBOUR, moved, ISSUED, **asked)


def _scheduler() -> Iterator[Scene]:
    run = "POST /v1/scheduler/runs"
    yield Scene("scheduler/run", run, HARBOUR, {}, ISSUED, key="-", **_at("2026-12-05T09:00:00Z"))
    year, at = (*BUSY, PLANNED), _at("2028-01-10T09:00:00Z")
    yield Scene("scheduler/run_of_a_year", run, HARBOUR, {}, year, key="-", **at)
    yield Scene("scheduler/run_by_staff", run, UNDERWRITER, {}, key="-", **_at(QUOTED_AT))


def _billing() -> Iterator[Scene]:
    policy: Json = {"variables": {"policy_id": POLICY}, "at": "2026-12-05T09:00:00Z"}
    account = "/v1/policies/{policy_id}/billing"
    yield Scene("billing/plans", f"GET {account}/plans", HARBOUR, None, ISSUED, **policy)
    monthly = {"plan": "monthly"}
    yield Scene("billing/plan", f"POST {account}/plan", HARBOUR, monthly, ISSUED, **policy)
    weekly = {"plan": "weekly"}
    yield Scene(
        "billing/plan_not_offered", f"POST {account}/plan", HARBOUR, weekly, ISSUED, **policy
    )
    planned = (*ISSUED, "billing/plan")
    received, at = "POST /v1/payments-received", _at("2026-12-05T09:00:00Z")
    paid = {
        "policy_id": POLICY,
        "reference": "BANK-20261204-0017",
        "amount": {"amount": 3000, "currency": GBP},
        "received_on": "2026-12-04",
    }
    yield Scene("billing/payment", received, BANK, paid, planned, **at)
    unknown = {**paid, "policy_id": identity.policy_id_for(UNKNOWN)}
    yield Scene("billing/payment_for_an_unknown_policy", received, BANK, unknown, planned, **at)
    nobody = "billing/payment_without_the_scope"
    yield Scene(nobody, received, HANDLER, paid, planned, **at)
    yield Scene(
        "billing/read", f"GET {account}", HARBOUR, None, (*planned, "billing/payment"), **policy
    )
    yield from _refunds()


def _refunds() -> Iterator[Scene]:
    """A policy paid in full and cancelled: what is not owed any more goes back."""
    later: Json = {"at": "2027-02-01T09:00:00Z"}
    received, policy = "POST /v1/payments-received", {"policy_id": POLICY}
    whole = {
        "policy_id": POLICY,
        "reference": "BANK-20261204-0018",
        "amount": {"amount": 20000, "currency": GBP},
        "received_on": "2026-12-04",
    }
    yield Scene("billing/payment_in_full", received, BANK, whole, ISSUED, **later)
    paid = (*ISSUED, "billing/payment_in_full", "policy_servicing/cancel")
    invoices = "GET /v1/policies/{policy_id}/invoices"
    yield Scene("billing/invoices", invoices, HARBOUR, None, paid, policy, **later)
    one = {"invoice_id": identity.invoice_id_for(POLICY, 1)}
    yield Scene("billing/invoice", "GET /v1/invoices/{invoice_id}", HARBOUR, None, paid, one)
    ask = "POST /v1/policies/{policy_id}/refunds"
    back: Json = {
        "amount": {"amount": 4000, "currency": GBP},
        "payee": {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"},
        "reason": "The car is sold.",
    }
    yield Scene("billing/refund", ask, HARBOUR, back, paid, policy, **later)
    more = {**back, "amount": {"amount": 400000, "currency": GBP}}
    yield Scene("billing/refund_too_large", ask, HARBOUR, more, paid, policy, **later)
    refund = {**policy, "refund_id": identity.refund_id_for(POLICY, 1)}
    agreed = {"decision": "approve", "reason": "Paid twice."}
    approve, asked = f"{ask}/{{refund_id}}/approval", (*paid, "billing/refund")
    yield Scene("billing/approve_refund", approve, FINANCE, agreed, asked, refund, **later)
    nobody = "billing/approve_refund_without_the_role"
    yield Scene(nobody, approve, UNDERWRITER, agreed, asked, refund, **later)
    report = {
        "instruction_id": refund["refund_id"],
        "outcome": "paid",
        "bank_reference": "FP-20270201-0001",
        "executed_at": "2027-02-01T09:31:00Z",
    }
    given: tuple[str, ...] = (*asked, "billing/approve_refund")
    done = "settlement/report_refund_paid"
    yield Scene(done, "POST /v1/bank-reports", BANK, report, given, **later)
    listed = {**back, "payee": {**back["payee"], "name": "Viktor Malenkov-Drago"}}
    to_listed = "billing/refund_to_a_listed_payee"
    yield Scene(to_listed, ask, HARBOUR, listed, paid, policy, **later)
    given = (*paid, to_listed)
    suspect = "billing/approve_refund_to_a_listed_payee"
    yield Scene(suspect, approve, FINANCE, agreed, given, refund, **later)
    clear = {"decision": "clear", "reason": "Born in 1991; the listed person in 1954."}
    screen = f"{ask}/{{refund_id}}/screening"
    given = (*given, suspect)
    yield Scene("billing/screen_refund", screen, SUPERVISOR, clear, given, refund, **later)
    use = "POST /v1/policies/{policy_id}/billing/suspense-use"
    endorsed = (*ISSUED, "billing/payment_in_full", "policy_servicing/endorse")
    yield Scene("billing/use_suspense", use, FINANCE, {}, endorsed, policy, **later)
    yield from _suspense()


def _suspense() -> Iterator[Scene]:
    """A payment that named no policy that there is."""
    reference = "BANK-20261204-0017"
    id = {"suspense_id": identity.suspense_id_for(Mode.TEST, reference)}
    later: Json = {"at": "2027-02-01T09:00:00Z", "variables": id}
    known = (*ISSUED, "billing/plan", "billing/payment_for_an_unknown_policy")
    one = "/v1/suspense/{suspense_id}"
    yield Scene("billing/suspense", f"GET {one}", FINANCE, None, known, **later)
    for_whom = {"policy_id": POLICY}
    yield Scene("billing/allocate", f"POST {one}/allocation", FINANCE, for_whom, known, **later)
    why = {"reason_code": "payer_unknown"}
    yield Scene("billing/return", f"POST {one}/return", FINANCE, why, known, **later)
    agreed = {"decision": "approve", "reason_code": "payer_unknown"}
    asked = (*known, "billing/return")
    approve = f"POST {one}/return/approval"
    yield Scene("billing/approve_return", approve, CONTROLLER, agreed, asked, **later)
    same = "billing/approve_return_by_the_same_person"
    yield Scene(same, approve, FINANCE, agreed, asked, **later)


def _at(instant: str) -> Json:
    return {"at": instant}


def _reporting() -> Iterator[Scene]:
    paid = (*ISSUED, "billing/plan", "billing/payment", "policy_servicing/endorse")
    policy: Json = {"given": paid, "variables": {"policy_id": POLICY}}
    ledger = "GET /v1/policies/{policy_id}/ledger"
    at = {"as_at": "2027-07-01T00:00:00Z"}
    yield Scene("reporting/policy_ledger", ledger, HARBOUR, query=at, **policy)
    for name in ("csv", "beancount", "cobol"):
        asked: Json = {**policy, "variables": {"policy_id": POLICY, "format": name}}
        yield Scene(f"reporting/export_{name}", f"{ledger}/{{format}}", HARBOUR, **asked)
    yield from _house_books()


def _house_books() -> Iterator[Scene]:
    """The control accounts, after a policy, its claim and the payment of it were delivered."""
    booked = (*PAID, DELIVERED)
    ledger, month = "GET /v1/ledger/{currency}", {"currency": GBP, "period": "2026-11"}
    asked: Json = {"caller": FINANCE, "given": booked}
    aged = ("/body/age_seconds",)
    health = f"{ledger}/health"
    yield Scene("reporting/health", health, variables={"currency": GBP}, varies=aged, **asked)
    nobody = "reporting/health_without_the_scope"
    yield Scene(nobody, health, HANDLER, variables={"currency": GBP})
    yield Scene("reporting/trial_balance", f"{ledger}/periods/{{period}}", variables=month, **asked)
    yield Scene(
        *("reporting/account", f"{ledger}/periods/{{period}}/accounts/{{account}}"),
        variables={**month, "account": "premium_receivable"},
        **asked,
    )
    journal = f"{ledger}/periods/{{period}}/journal/{{format}}"
    yield Scene("reporting/journal", journal, variables={**month, "format": "beancount"}, **asked)
    span = {"currency": GBP, "since": "2026-11", "until": "2027-01"}
    ratios = "GET /v1/reports/{currency}/ratios/{since}/{until}"
    yield Scene("reporting/ratios", ratios, HARBOUR, None, booked, span)
    backwards = {**span, "until": "2026-10"}
    yield Scene("reporting/ratios_backwards", ratios, HARBOUR, None, booked, backwards)
    statement = "GET /v1/reports/{currency}/partners/{partner}/{period}"
    own = {**month, "partner": "harbour"}
    yield Scene("reporting/partner_statement", statement, HARBOUR, None, booked, own)
    yield from _calendar()


def _calendar() -> Iterator[Scene]:
    later: Json = {"variables": {"period": "2026-11"}, "at": "2026-12-03T09:00:00Z"}
    one = "POST /v1/ledger/periods/{period}"
    yield Scene("accounting/close", f"{one}/closing", FINANCE, {}, **later)
    early: Json = {**later, "variables": {"period": "2026-12"}}
    yield Scene("accounting/close_too_early", f"{one}/closing", FINANCE, {}, **early)
    closed = ("accounting/close",)
    yield Scene("accounting/lock", f"{one}/locking", CONTROLLER, {}, closed, **later)
    same = "accounting/lock_by_the_same_person"
    yield Scene(same, f"{one}/locking", FINANCE, {}, closed, **later)
    yield Scene("accounting/reopen", f"{one}/reopening", FINANCE, {}, closed, **later)
    listed = "GET /v1/ledger/periods"
    yield Scene("reporting/periods", listed, FINANCE, None, closed, at="2026-12-03T09:00:00Z")


def _claims() -> Iterator[Scene]:
    check, post = "POST /v1/coverage-checks", "POST /v1/claims"
    later: Json = {"at": CLAIMED_AT}
    checked = loss(POLICY, 300000)
    yield Scene("claim_intake/check", check, HARBOUR, checked, ISSUED, key="-", **later)
    silent = {**checked, "facts": {}}
    yield Scene(
        "claim_intake/check_without_facts", check, HARBOUR, silent, ISSUED, key="-", **later
    )
    yield Scene("claim_intake/notify", post, HARBOUR, notice(POLICY, 300000), ISSUED, **later)
    large = notice(POLICY, 1100000)
    is_straight_through = {**notice(POLICY, 300000), "settle": True}
    yield Scene(
        "claim_intake/notify_and_settle", post, HARBOUR, is_straight_through, ISSUED, **later
    )
    yield Scene("claim_intake/notify_large", post, HARBOUR, large, ISSUED, **later)
    unknown = notice(identity.policy_id_for(UNKNOWN), 300000)
    yield Scene("claim_intake/notify_unknown", post, HARBOUR, unknown, **later)
    get, claim = "GET /v1/claims/{claim_id}", {"claim_id": CLAIM}
    yield Scene("claim_intake/read", get, HARBOUR, None, NOTIFIED, claim, **later)
    listed: Json = {"given": NOTIFIED, "variables": {"policy_id": POLICY}}
    yield Scene(
        "claim_intake/list", "GET /v1/policies/{policy_id}/claims", HARBOUR, **listed, **later
    )
    bare = {**notice(POLICY, 300000), "facts": {"driver_age": 35}}
    yield Scene("claim_intake/notify_without_fault", post, HARBOUR, bare, ISSUED, **later)
    yield Scene(
        *("claim_intake/complete", "POST /v1/claims/{claim_id}/facts", HARBOUR),
        body={"facts": {"fault": True}},
        given=(*ISSUED, "claim_intake/notify_without_fault"),
        variables={"claim_id": _claim_id("notify_without_fault")},
        **later,
    )


def _arrears() -> Iterator[Scene]:
    """Nobody has paid the premium: claims keep it back from what they pay the policyholder."""
    post = "POST /v1/claims"
    later: Json = {"at": CLAIMED_AT}
    told = notice(POLICY, 300000)
    told["payee"] |= {"is_policyholder": True}
    noted, settled = "claim_intake/notify_policyholder", "claim_intake/notify_and_keep_back"
    yield Scene(noted, post, HARBOUR, told, ISSUED, **later)
    yield Scene(settled, post, HARBOUR, {**told, "settle": True}, ISSUED, **later)
    path, of_noted = "claim_assessment/approve_and_keep_back", {"claim_id": _claim_id(noted[13:])}
    decide = "POST /v1/claims/{claim_id}/decision"
    agreed = {"decision": "approve", "reason_code": "covered", "reason": "All is in order."}
    yield Scene(path, decide, HANDLER, agreed, (*ISSUED, noted), of_noted, **later)
    failed = {
        "instruction_id": identity.payment_id_for(_claim_id(settled[13:]), 1),
        "outcome": "failed",
        "bank_reference": "FPS-9",
        "executed_at": "2027-01-16T10:00:00Z",
        "reason": "The account is closed.",
    }
    path, reported = "settlement/report_failed_and_give_back", "POST /v1/bank-reports"
    yield Scene(path, reported, BANK, failed, (*ISSUED, settled), **later)


def _assessment() -> Iterator[Scene]:
    decide, reserve = "POST /v1/claims/{claim_id}/decision", "POST /v1/claims/{claim_id}/reserves"
    claim, large = {"claim_id": CLAIM}, {"claim_id": LARGE}
    later: Json = {"at": CLAIMED_AT}
    denial = {
        "decision": "deny",
        "reason_code": "not_our_driver",
        "reason": "The driver at the wheel is not named on the policy.",
    }
    yield Scene("claim_assessment/deny", decide, HANDLER, denial, NOTIFIED, claim, **later)
    more = {
        "cost_type": "expense",
        "outstanding": {"amount": 40000, "currency": GBP},
        "reason": "new_information",
    }
    yield Scene("claim_assessment/reserve", reserve, HANDLER, more, NOTIFIED, claim, **later)
    nobody = "claim_assessment/deny_without_the_role"
    yield Scene(nobody, decide, UNDERWRITER, denial, NOTIFIED, claim, **later)
    yield Scene(
        "claim_assessment/deny_large", decide, HANDLER, denial, NOTIFIED_LARGE, large, **later
    )
    proposed = (*NOTIFIED_LARGE, "claim_assessment/deny_large")
    confirm = "POST /v1/claims/{claim_id}/decision/confirmation"
    agreed = {"decision": "confirm", "reason": "The policy names one driver."}
    yield Scene("claim_assessment/confirm", confirm, SUPERVISOR, agreed, proposed, large, **later)
    same = "claim_assessment/confirm_by_the_same_person"
    yield Scene(same, confirm, HANDLER, agreed, proposed, large, **later)
    yield from _standstill(claim)
    yield from _desk(claim)


def _desk(claim: Mapping[str, str]) -> Iterator[Scene]:
    """What our people keep beside a claim, and the lists they work from."""
    path = "/v1/claims/{claim_id}"
    later: Json = {"at": CLAIMED_AT}
    asked: Json = {"given": NOTIFIED, "variables": claim, **later}
    mine = {"handler": HANDLER["claims"]["sub"]}
    yield Scene("claim_assessment/assign", f"POST {path}/assignment", HANDLER, mine, **asked)
    note = {"text": "The workshop opens again on Monday."}
    yield Scene("claim_assessment/note", f"POST {path}/notes", HANDLER, note, **asked)
    when = {"on": "2027-01-18T09:00:00Z", "about": "Ask the workshop for its estimate."}
    yield Scene("claim_assessment/follow_up", f"POST {path}/diary", HANDLER, when, **asked)
    entered: Json = {
        "given": (*NOTIFIED, "claim_assessment/follow_up"),
        "variables": {**claim, "number": "1"},
        **later,
    }
    done = f"POST {path}/diary/{{number}}/done"
    yield Scene("claim_assessment/follow_up_done", done, HANDLER, {}, **entered)
    noted = (*NOTIFIED, "claim_assessment/note", "claim_assessment/assign")
    yield Scene("claim_assessment/desk", f"GET {path}/desk", HANDLER, None, noted, claim, **later)
    lists, work = "GET /v1/work-lists/{role}", "claims_handler"
    waiting = ("claim_intake/notify_without_fault", "settlement/settle_incomplete")
    yield Scene(
        *("settlement/settle_incomplete", "POST /v1/claims/{claim_id}/settlement", HARBOUR, {}),
        given=(*ISSUED, "claim_intake/notify_without_fault"),
        variables={"claim_id": _claim_id("notify_without_fault")},
        **later,
    )
    role: Json = {"variables": {"role": work}, **later}
    yield Scene("work_list/claims_handler", lists, HANDLER, None, (*ISSUED, *waiting), **role)
    yield Scene("work_list/of_another_role", lists, UNDERWRITER, None, **role)
    yield Scene(
        *("work_list/underwriter", lists, UNDERWRITER, None, ("quoting/quote_referred",)),
        variables={"role": "underwriter"},
        **later,
    )
    yield Scene(
        *("work_list/by_status", "GET /v1/claims-by-status/{status}", HANDLER, None, NOTIFIED),
        variables={"status": "notified"},
        **later,
    )
    assigned = (*NOTIFIED, "claim_assessment/assign")
    yield Scene(
        *("work_list/by_handler", "GET /v1/claims-by-handler/{handler}", HANDLER, None, assigned),
        variables=mine,
        **later,
    )


def _complaints() -> Iterator[Scene]:
    """One complaint about the claim, from its receipt to redress that the bank has paid."""
    complaint = identity.new_complaint_id(CLAIM, HARBOUR["principal"], "complain")
    redress, path = identity.redress_id_for(complaint, 1), "/v1/complaints/{complaint_id}"
    later: Json = {"at": CLAIMED_AT}
    one: Json = {"variables": {"complaint_id": complaint}, **later}
    words = {
        "about": CLAIM,
        "category": "delay",
        "complainant": "Ada Merton",
        "contact": "ada.merton@example.com",
        "text": "Nobody has rung me back for three weeks.",
    }
    post, received = "POST /v1/complaints", (*NOTIFIED, "complaints/complain")
    yield Scene("complaints/complain", post, HARBOUR, words, NOTIFIED, **later)
    nothing = {**words, "about": UNKNOWN}
    yield Scene("complaints/complain_of_nothing", post, HARBOUR, nothing, **later)
    of_policy = {**words, "about": POLICY, "category": "price"}
    yield Scene("complaints/complain_of_a_policy", post, HARBOUR, of_policy, ISSUED, **later)
    yield Scene("complaints/read", f"GET {path}", HARBOUR, None, received, **one)
    steps: tuple[tuple[str, str, Json, Json], ...] = (
        ("acknowledge", "acknowledgement", KIM, {}),
        ("investigate", "investigation", KIM, {}),
        ("redress", "redress", KIM, REDRESS),
        (
            "approve_redress",
            "redress/{redress_id}/approval",
            SUPERVISOR,
            {"decision": "approve", "reason": "As we do for such delays."},
        ),
        (
            "respond",
            "response",
            KIM,
            {"text": "We are sorry.", "outcome": "upheld", "root_cause": "process"},
        ),
    )
    given: tuple[str, ...] = received
    for name, ending, caller, body in steps:
        both = {"complaint_id": complaint}
        if "{redress_id}" in ending:
            both["redress_id"] = redress
        yield Scene(
            *(f"complaints/{name}", f"POST {path}/{ending}", caller, body, given),
            variables=both,
            **later,
        )
        given = (*given, f"complaints/{name}")
    report = {
        "instruction_id": redress,
        "outcome": "paid",
        "bank_reference": "BK-20270118-0017",
        "executed_at": "2027-01-18T10:00:00Z",
    }
    yield Scene("complaints/report", "POST /v1/redress-reports", BANK, report, given, **later)
    paid = (*given, "complaints/report")
    close = {"reason": "accepted"}
    yield Scene("complaints/close", f"POST {path}/closure", KIM, close, paid, **one)
    closed = (*paid, "complaints/close")
    again = {"reason": "The cheque never came."}
    yield Scene("complaints/reopen", f"POST {path}/reopening", KIM, again, closed, **one)
    ombudsman = {"reference": "FOS-2027-0042"}
    yield Scene("complaints/refer", f"POST {path}/referral", KIM, ombudsman, closed, **one)
    early = "complaints/refer_too_early"
    yield Scene(early, f"POST {path}/referral", KIM, ombudsman, received, **one)
    yield from _complaint_desk(complaint, redress)


def _complaint_desk(complaint: str, redress: str) -> Iterator[Scene]:
    """Beside the straight way: who has it, notes, a payee on the list, the register."""
    path, received = "/v1/complaints/{complaint_id}", (*NOTIFIED, "complaints/complain")
    later: Json = {"at": CLAIMED_AT}
    one: Json = {"variables": {"complaint_id": complaint}, **later}
    mine = {"handler": KIM["claims"]["sub"]}
    yield Scene("complaints/assign", f"POST {path}/assignment", KIM, mine, received, **one)
    note = {"text": "Rang her; she will send the dates."}
    yield Scene("complaints/note", f"POST {path}/notes", KIM, note, received, **one)
    noted = (*received, "complaints/note")
    yield Scene("complaints/desk", f"GET {path}/desk", KIM, None, noted, **one)
    listed = {**REDRESS, "name": "Viktor Malenkov-Drago"}
    looked_into = (*received, "complaints/acknowledge", "complaints/investigate")
    yield Scene(
        *("complaints/redress_listed", f"POST {path}/redress", KIM, listed, looked_into), **one
    )
    suspect = (*looked_into, "complaints/redress_listed")
    both = {"complaint_id": complaint, "redress_id": redress}
    agreed = {"decision": "approve", "reason": "As we do for such delays."}
    yield Scene(
        "complaints/approve_listed",
        f"POST {path}/redress/{{redress_id}}/approval",
        SUPERVISOR,
        agreed,
        suspect,
        both,
        **later,
    )
    cleared = {"decision": "clear", "reason": "Born in another year."}
    yield Scene(
        "complaints/clear",
        f"POST {path}/redress/{{redress_id}}/screening",
        SUPERVISOR,
        cleared,
        (*suspect, "complaints/approve_listed"),
        both,
        **later,
    )
    month: Json = {"variables": {"month": "2027-01"}, **later}
    register = "GET /v1/complaint-registers/{month}"
    yield Scene("complaints/register", register, KIM, None, received, **month)
    yield Scene("complaints/register_csv", f"{register}/csv", KIM, None, received, **month)
    nobody = "complaints/register_without_the_scope"
    yield Scene(nobody, register, HANDLER, None, received, **month)
    yield Scene(
        *("work_list/complaints_handler", "GET /v1/work-lists/{role}", KIM, None, received),
        variables={"role": "complaints_handler"},
        **later,
    )


def _standstill(claim: Mapping[str, str]) -> Iterator[Scene]:
    """A claim held and released, closed and opened again."""
    hold, release = "POST /v1/claims/{claim_id}/hold", "POST /v1/claims/{claim_id}/release"
    close, reopen = "POST /v1/claims/{claim_id}/closure", "POST /v1/claims/{claim_id}/reopening"
    later: Json = {"variables": claim, "at": CLAIMED_AT}
    why = {"reason": "The police are asked first."}
    yield Scene("claim_assessment/hold", hold, HANDLER, why, NOTIFIED, **later)
    held = (*NOTIFIED, "claim_assessment/hold")
    yield Scene("claim_assessment/release", release, HANDLER, {}, held, **later)
    withdrawn = {"reason": "withdrawn"}
    yield Scene("claim_assessment/close", close, HANDLER, withdrawn, NOTIFIED, **later)
    closed = (*NOTIFIED, "claim_assessment/close")
    more = {"reason": "The driver wants it dealt with after all."}
    yield Scene("claim_assessment/reopen", reopen, HANDLER, more, closed, **later)


def _settlement() -> Iterator[Scene]:
    settle, report = "POST /v1/claims/{claim_id}/settlement", "POST /v1/bank-reports"
    approve = "POST /v1/claims/{claim_id}/payments/{payment_id}/approval"
    later: Json = {"at": CLAIMED_AT}
    claim, large = {"claim_id": CLAIM}, {"claim_id": LARGE}
    yield Scene("settlement/settle", settle, HARBOUR, {}, NOTIFIED, claim, **later)
    yield Scene("settlement/settle_large", settle, HARBOUR, {}, NOTIFIED_LARGE, large, **later)
    stranger: Json = {"given": NOTIFIED, "variables": claim}
    yield Scene("settlement/settle_of_another_partner", settle, MEADOW, {}, **stranger, **later)
    payment = {"claim_id": LARGE, "payment_id": LARGE_PAYMENT}
    agreed = {"decision": "approve", "reason": "Estimate and photographs agree."}
    yield Scene("settlement/approve", approve, SUPERVISOR, agreed, SETTLED_LARGE, payment, **later)
    nobody = "settlement/approve_without_the_role"
    yield Scene(nobody, approve, UNDERWRITER, agreed, SETTLED_LARGE, payment, **later)
    paid = {
        "instruction_id": PAYMENT,
        "outcome": "paid",
        "bank_reference": "FP-20270116-0001",
        "executed_at": "2027-01-16T09:31:00Z",
    }
    yield Scene("settlement/report_paid", report, BANK, paid, SETTLED, at="2027-01-16T09:32:00Z")
    yield Scene("settlement/report_unknown", report, BANK, paid, ISSUED, **later)
    expense, cancel = (
        "POST /v1/claims/{claim_id}/payments",
        approve.replace("approval", "cancellation"),
    )
    bill = {
        "amount": {"amount": 24000, "currency": GBP},
        "payee": {"name": "Quay Assessors", "sort_code": "202015", "account_number": "55555555"},
        "reason": "The assessor's bill.",
    }
    reserved = (*NOTIFIED, "claim_assessment/reserve")
    yield Scene("settlement/pay_expense", expense, HANDLER, bill, reserved, claim, **later)
    unreserved = "settlement/pay_expense_without_reserve"
    yield Scene(unreserved, expense, HANDLER, bill, NOTIFIED, claim, **later)
    twice = {"reason": "Asked for twice."}
    yield Scene("settlement/cancel", cancel, HANDLER, twice, SETTLED_LARGE, payment, **later)
    review, why = "POST /v1/claims/{claim_id}/review", {"reason": "The excess was waived."}
    yield Scene("claim_intake/review", review, HARBOUR, why, SETTLED, claim, **later)
    yield from _recoveries()
    yield from _payees()
    yield from _payment_files()


def _payment_files() -> Iterator[Scene]:
    """A payment that the stream of events has brought to the queue, its file, the bank's report."""
    later, send = _at(CLAIMED_AT), "POST /v1/payment-files"
    queued = (*SETTLED, "event_delivery/delivered")
    pounds = {"currency": GBP}
    yield Scene("payment_execution/send", send, FINANCE, pounds, queued, **later)
    yield Scene("payment_execution/send_nothing", send, FINANCE, pounds, **later)
    yield Scene("payment_execution/send_by_the_bank", send, BANK, pounds, **later)
    file_id = identity.payment_file_id_for(Mode.TEST, FINANCE["claims"]["sub"], "send")
    sent, file = (*queued, "payment_execution/send"), {"file_id": file_id}
    read = f"GET {send.removeprefix('POST ')}/{{file_id}}"
    yield Scene("payment_execution/read", read, FINANCE, None, sent, file, **later)
    document = status_report("BR-1", end_to_end_id(file_id), group="ACSC", payments={})
    report: Json = {"document": document}
    take = "POST /v1/bank-status-reports"
    yield Scene("payment_execution/report", take, BANK, report, sent, **later)
    back = (*REFUNDED, REFUND_ORDERED)
    yield Scene("payment_execution/send_refund", send, FINANCE, pounds, back, **later)
    owed = (*REDRESSED, REDRESS_ORDERED)
    yield Scene("payment_execution/send_redress", send, FINANCE, pounds, owed, **later)
    file_id = identity.payment_file_id_for(Mode.TEST, FINANCE["claims"]["sub"], "send_redress")
    document = status_report("BR-2", end_to_end_id(file_id), group="ACSC", payments={})
    gone = (*owed, "payment_execution/send_redress")
    put_right = {"document": document}
    yield Scene("payment_execution/report_redress", take, BANK, put_right, gone, **later)
    yield from _statements()
    nonsense: Json = {"document": "paid, all of it"}
    yield Scene("payment_execution/report_unreadable", take, BANK, nonsense, **later)


def _statements() -> Iterator[Scene]:
    """What a bank's statement says came in."""
    later, take = _at(CLAIMED_AT), "POST /v1/bank-statements"
    iban = "GB33BUKB20201555555555"
    rows = [
        "account,entry_reference,booked_on,amount,currency,credit_debit,text",
        f"{iban},E-1,2026-12-04,100.00,GBP,credit,{identity.invoice_id_for(POLICY, 1)}",
        f"{iban},E-2,2026-12-04,12.00,GBP,credit,for my sister",
        f"{iban},E-3,2026-12-04,9.00,GBP,debit,bank charges",
    ]
    document = {"format": "csv", "document": "\n".join(rows)}
    taken = "payment_execution/statement"
    yield Scene(taken, take, BANK, document, ISSUED, **later)
    again = "payment_execution/statement_again"
    yield Scene(again, take, BANK, document, (*ISSUED, taken), **later)
    no_xml = {"format": "camt.053", "document": "<Document"}
    yield Scene("payment_execution/statement_unreadable", take, BANK, no_xml, **later)


def _payees() -> Iterator[Scene]:
    """Another payee than before, and one whose name is on the bundled list."""
    later, claim = _at(CLAIMED_AT), {"claim_id": CLAIM}
    garage = {"name": "Harbour Garage", "sort_code": "202015", "account_number": "55555555"}
    ask = "POST /v1/claims/{claim_id}/payee"
    yield Scene("claim_intake/name_payee", ask, HARBOUR, garage, NOTIFIED, claim, **later)
    asked = (*NOTIFIED, "claim_intake/name_payee")
    agree, yes = f"{ask}/approval", {"decision": "approve"}
    yield Scene("settlement/approve_payee", agree, SUPERVISOR, yes, asked, claim, **later)
    nobody = "settlement/approve_payee_without_the_role"
    yield Scene(nobody, agree, UNDERWRITER, yes, asked, claim, **later)
    payee = {"name": "Viktor Malenkov-Drago", "iban": "GB33BUKB20201555555555"}
    body = {**notice(POLICY, 300000), "payee": payee}
    notify, listed = (
        "claim_intake/notify_listed_payee",
        {"claim_id": _claim_id("notify_listed_payee")},
    )
    yield Scene(notify, "POST /v1/claims", HARBOUR, body, ISSUED, **later)
    why = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
    decide = "POST /v1/claims/{claim_id}/decision"
    given: tuple[str, ...] = (*ISSUED, notify)
    yield Scene("claim_assessment/approve_listed", decide, HANDLER, why, given, listed, **later)
    given = (*given, "claim_assessment/approve_listed")
    payment = {**listed, "payment_id": identity.payment_id_for(listed["claim_id"], 1)}
    approve = "POST /v1/claims/{claim_id}/payments/{payment_id}/approval"
    agreed = {"decision": "approve", "reason": "Within the estimate."}
    screened = "settlement/approve_listed"
    yield Scene(screened, approve, SUPERVISOR, agreed, given, payment, **later)
    clear = {"decision": "clear", "reason": "Born in 1991; the listed person in 1954."}
    screening = approve.replace("approval", "screening")
    given = (*given, screened)
    yield Scene("settlement/clear", screening, SUPERVISOR, clear, given, payment, **later)


def _recoveries() -> Iterator[Scene]:
    """What comes back on a paid claim."""
    found = "POST /v1/claims/{claim_id}/recoveries"
    one = f"{found}/{{recovery}}"
    claim, recovery = {"claim_id": CLAIM}, {"claim_id": CLAIM, "recovery": "1"}
    later: Json = {"at": "2027-02-16T09:00:00Z"}
    paid = (*SETTLED, "settlement/report_paid")
    against = {
        "kind": "subrogation",
        "against": "The other driver's insurer",
        "expected": {"amount": 120000, "currency": GBP},
    }
    yield Scene("settlement/recover", found, HANDLER, against, paid, claim, **later)
    known = (*paid, "settlement/recover")
    yield Scene("settlement/pursue", f"{one}/pursuit", HANDLER, {}, known, recovery, **later)
    pursued = (*known, "settlement/pursue")
    money = {"amount": {"amount": 60000, "currency": GBP}}
    receive = f"{one}/receipts"
    yield Scene("settlement/receive", receive, HANDLER, money, pursued, recovery, **later)
    early = "settlement/receive_before_pursuit"
    yield Scene(early, receive, HANDLER, money, known, recovery, **later)
    given_up = {"reason_code": "not_economic"}
    abandon = f"{one}/abandonment"
    yield Scene("settlement/abandon", abandon, HANDLER, given_up, pursued, recovery, **later)


def _documents() -> Iterator[Scene]:
    """Ids and stored files hang on the party's key, links on the moment; the files are the same."""
    make, listed = (
        "POST /v1/policies/{policy_id}/documents",
        "GET /v1/policies/{policy_id}/documents",
    )
    policy: Json = {"variables": {"policy_id": POLICY}, "at": "2027-02-03T09:00:00Z"}
    varies = ("/body/document/id", "/body/document/stored_sha256", "/body/link")
    schedule = {"kind": "schedule", "as_at": "2027-01-01T00:00:00Z"}
    yield Scene("documents/schedule", make, HARBOUR, schedule, ISSUED, varies=varies, **policy)
    made = (*ISSUED, "documents/schedule")
    yield Scene("documents/schedule_again", make, HARBOUR, schedule, made, varies=varies, **policy)
    endorsed = (*ISSUED, "policy_servicing/endorse")
    known = {**schedule, "known_at": "2026-12-01T00:00:00Z"}
    yield Scene(
        *("documents/schedule_as_known", make, HARBOUR, known, endorsed), varies=varies, **policy
    )
    for kind, given in (
        ("certificate", ISSUED),
        ("endorsement_letter", endorsed),
        ("cancellation_letter", (*ISSUED, "policy_servicing/cancel")),
        ("notice_letter", (*ISSUED, "policy_servicing/give_notice")),
        ("renewal_letter", (*ISSUED, "policy_servicing/renew")),
    ):
        letter = {"kind": kind, "as_at": schedule["as_at"]}
        asked = policy | ({"at": "2027-11-16T09:00:00Z"} if kind == "renewal_letter" else {})
        yield Scene(f"documents/{kind}", make, HARBOUR, letter, given, varies=varies, **asked)
    nothing = "documents/letter_about_nothing"
    yield Scene(nothing, make, HARBOUR, {"kind": "cancellation_letter"}, ISSUED, **policy)
    of_each = ("/body/documents/*/id", "/body/documents/*/stored_sha256")
    yield Scene("documents/list", listed, HARBOUR, None, made, varies=of_each, **policy)
    yield Scene("documents/list_of_another_partner", listed, MEADOW, None, made, **policy)
    unknown = {"document_id": f"doc_{POLICY.partition('_')[2]}" + "0" * 10}
    yield Scene(
        *("documents/read_unknown", f"{listed}/{{document_id}}", HARBOUR, None, made),
        variables={**policy["variables"], **unknown},
        at=policy["at"],
    )


def _evidence() -> Iterator[Scene]:
    """A photograph that is kept, a file that is not, one that never comes. Forms and links vary."""
    ask = "POST /v1/claims/{claim_id}/evidence"
    listed, one = "GET /v1/claims/{claim_id}/evidence", f"{ask}/{{evidence_id}}"
    read, take = one.replace("POST", "GET"), f"{one}/receipt"
    claim: Json = {"variables": {"claim_id": CLAIM}, "at": CLAIMED_AT}
    first: Json = claim | {
        "variables": {"claim_id": CLAIM, "evidence_id": identity.evidence_id_for(CLAIM, 1)}
    }
    form: Json = {"varies": ("/body/upload",)}

    def offer(file: bytes, media_type: str, **about: str) -> Json:
        digest = hashlib.sha256(file).hexdigest()
        told = {"code": "other", "media_type": media_type, "size_bytes": len(file)}
        return told | {"sha256": digest} | about

    photo, bad = photograph(), b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n"
    named = offer(photo, "image/jpeg", name="bumper.jpg")
    asked = (*NOTIFIED, "evidence/ask")
    yield Scene("evidence/ask", ask, HARBOUR, named, NOTIFIED, sends=photo, **claim, **form)
    nothing = offer(photo, "image/jpeg", code="poem")
    yield Scene("evidence/ask_of_an_unknown_kind", ask, HARBOUR, nothing, NOTIFIED, **claim)
    yield Scene("evidence/receive", take, HARBOUR, {}, asked, **first)
    received = (*asked, "evidence/receive")
    yield Scene("evidence/list", listed, HARBOUR, None, received, **claim)
    link: Json = {"varies": ("/body/link",)}
    yield Scene("evidence/read", read, HARBOUR, None, received, **first, **link)
    yield Scene("evidence/read_of_another_partner", read, MEADOW, None, received, **first)
    of_pet: Json = claim | {"variables": {"claim_id": PET_CLAIM}}
    published = "evidence/ask_on_a_published_product"
    yield Scene(published, ask, HARBOUR, named, PET_NOTIFIED, **of_pet, **form)
    late = offer(bad, "application/pdf", name="estimate.pdf")
    promised = "evidence/ask_and_send_nothing"
    yield Scene(promised, ask, HARBOUR, late, NOTIFIED, **claim, **form)
    yield Scene("evidence/receive_nothing", take, HARBOUR, {}, (*NOTIFIED, promised), **first)
    infected = "evidence/ask_and_send_malware"
    yield Scene(infected, ask, HARBOUR, late, NOTIFIED, sends=bad, **claim, **form)
    yield Scene("evidence/receive_malware", take, HARBOUR, {}, (*NOTIFIED, infected), **first)


def _erasure() -> Iterator[Scene]:
    erase, party = "POST /v1/parties/{party_id}/erasure", {"party_id": PARTY}
    reason = {"reason": "Asked for by the policyholder."}
    yield Scene("data_intake/erase", erase, PRIVACY, reason, ISSUED, party, at=CLAIMED_AT)
    nobody = "data_intake/erase_without_the_role"
    yield Scene(nobody, erase, UNDERWRITER, reason, ISSUED, party, at=CLAIMED_AT)


def proxy_event(scene: Scene) -> Json:
    """The event that a REST API's Lambda proxy integration sends."""
    method, resource = scene.route.split(" ")
    path = resource.format(**scene.variables)
    headers = {
        "Accept": "application/json",
        "Authorization": "Bearer left-out",
        "Content-Type": "application/json",
        "Coverwright-Clock": scene.at,
        "Host": "api.coverwright.example",
        **scene.headers,
    }
    key = scene.key or scene.path.partition("/")[2]
    if method == "POST" and key != "-":
        headers["Idempotency-Key"] = key
    body = json.dumps(scene.body) if isinstance(scene.body, dict) else scene.body
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(scene.query) or None,
        "multiValueQueryStringParameters": {n: [v] for n, v in scene.query.items()} or None,
        "pathParameters": dict(scene.variables) or None,
        "stageVariables": None,
        "requestContext": request_context(method, resource, path, authorizer=scene.caller),
        "body": body,
        "isBase64Encoded": False,
    }


def request_context(method: str, resource: str, path: str, **further: Any) -> Json:
    return {
        "accountId": "123456789012",
        "apiId": "a1b2c3d4e5",
        "domainName": "api.coverwright.example",
        "httpMethod": method,
        "identity": {"sourceIp": "192.0.2.17", "userAgent": "events"},
        "path": f"/dev{path}",
        "protocol": "HTTP/1.1",
        "requestId": "0f0a3e1c-5a1c-4a43-9f6e-3a6d8c1b2e4f",
        "requestTime": "22/Nov/2026:10:00:00 +0000",
        "requestTimeEpoch": 1795341600000,
        "resourceId": "r3s0rc",
        "resourcePath": resource,
        "stage": "dev",
        **further,
    }


def authorizer_events() -> Iterator[tuple[str, Json]]:
    """What the gateway asks the authorizer, with tokens of a key that is thrown away."""
    key, stranger = (ECKey.generate_key("P-256", {"kid": "events", "use": "sig"}) for _ in "12")
    KEYS.write_text(json.dumps({"keys": [key.as_dict(private=False) | {"alg": "ES256"}]}) + "\n")
    yield "authorizer/application", _asked(_token("harbour-test", key))
    yield "authorizer/suspended", _asked(_token("gone-test", key))
    yield "authorizer/unknown_application", _asked(_token("nobody-test", key))
    yield "authorizer/forged", _asked(_token("harbour-test", stranger))
    yield "authorizer/expired", _asked(_token("harbour-test", key, expires=1_795_341_600))
    yield "authorizer/policyholder", _asked(_token("portal-test", key, subject=ADA_SIGNED_IN))


def _token(client: str, key: ECKey, *, subject: str = "", expires: int = FAR_AWAY) -> str:
    scopes = CALLERS[client].scopes if client in CALLERS else ("quotes:read",)
    claims = {
        "iss": ISSUER,
        "sub": subject or client,
        "aud": "coverwright",
        "client_id": client,
        "token_use": "access",
        "scope": " ".join(f"coverwright/{scope}" for scope in scopes),
        "iat": 1_700_000_000,
        "exp": expires,
    }
    return jwt.encode({"alg": "ES256", "kid": "events", "typ": "JWT"}, claims, key)


def _asked(token: str) -> Json:
    headers = {"Authorization": f"Bearer {token}", "Host": "api.coverwright.example"}
    return {
        "type": "REQUEST",
        "methodArn": "arn:aws:execute-api:eu-west-2:123456789012:a1b2c3d4e5/dev/POST/v1/quotes",
        "resource": "/v1/quotes",
        "path": "/v1/quotes",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "pathParameters": {},
        "stageVariables": {},
        "requestContext": request_context("POST", "/v1/quotes", "/v1/quotes"),
    }


def stream_events(behind: Backend, stage: Stage) -> Iterator[tuple[str, Json]]:
    """Batches of the Events table's stream: what issuing and settling append, and a tampering."""
    items = _appended(behind, stage, "settlement/report_paid")
    yield DELIVERED, {"Records": _inserted(items)}
    yield "event_delivery/tampered", {"Records": [_record("MODIFY", "9", items[0])]}
    broken = {**items[0], "body": {"B": b"not what was packed"}}
    yield "event_delivery/unreadable", {"Records": [_record("INSERT", "10", broken)]}
    items = _appended(behind, stage, REFUNDED[-1])
    yield REFUND_ORDERED, {"Records": _inserted(items)}
    items = _appended(behind, stage, REDRESSED[-1])
    yield REDRESS_ORDERED, {"Records": _inserted(items)}
    items = _appended(behind, stage, BUSY[-1], given=BUSY[:-1])
    yield PLANNED, {"Records": _inserted(items)}


def _inserted(items: list[Json]) -> list[Json]:
    return [_record("INSERT", str(number), item) for number, item in enumerate(items, start=1)]


def _appended(
    behind: Backend, stage: Stage, after: str, given: tuple[str, ...] | None = None
) -> list[Json]:
    """All events there are after one of the scenes was played, after its own or after others."""
    stage.outcomes.clear()  # the tables hold what was played last: play this again
    played = case(after)
    stage.play(played if given is None else played._replace(expected={"given": list(given)}))
    stage.outcomes.clear()
    return sorted(
        behind.items("EventsTable"),
        key=lambda item: (item["stream"]["S"], int(item["sequence"]["N"])),
    )


def _record(name: str, number: str, item: Json) -> Json:
    image = json.loads(json.dumps(item, default=lambda raw: base64.b64encode(raw).decode()))
    keys = {key: image[key] for key in ("stream", "sequence")}
    change: Json = {
        "ApproximateCreationDateTime": 1795341600,
        "Keys": keys,
        "NewImage": image,
        "SequenceNumber": f"{number:0>21}",
        "SizeBytes": 512,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if name != "INSERT":
        change["OldImage"] = image
    return {
        "eventID": f"{int(number):032x}",
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-2",
        "dynamodb": change,
        "eventSourceARN": "arn:aws:dynamodb:eu-west-2:123456789012:table/Events/stream/1",
    }


def write(path: str, content: Json) -> None:
    file = EVENTS / f"{path}"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Write the events, play them, write the answers."""
    with tempfile.TemporaryDirectory() as name, backend(Path(name)) as behind:
        folder = Path(name)
        stage = Stage("source", behind, runtime_folder(folder / "runtime"), folder)
        try:
            if not KEYS.exists():
                for path, event in authorizer_events():
                    write(f"{path}.json", event)
            played = list(scenes())
            for scene in played:
                write(f"{scene.path}.json", proxy_event(scene))
            for path, event in stream_events(behind, stage):
                if not (EVENTS / f"{path}.json").exists():
                    write(f"{path}.json", event)
            for scene in played:
                _answer(stage, scene.path, scene.varies, scene.given, scene.sends)
            _record_others(stage)
        finally:
            stage.stop()


def _record_others(stage: Stage) -> None:
    write("accounting/reconcile.json", {"reconcile": ["test"]})
    _answer(stage, "accounting/reconcile", (), (*PAID, DELIVERED))
    # The live book, by the real time: nothing of test mode stands in it.
    write("scheduler/scheduled.json", {"kinds": ["billing", "earning"], "release_parked": True})
    _answer(stage, "scheduler/scheduled", (), (*BUSY, PLANNED))
    for folder, varies in (("authorizer", ("/answer/usageIdentifierKey",)), ("event_delivery", ())):
        for file in sorted((EVENTS / folder).glob("*.json")):
            if not file.name.endswith(EXPECTED):
                path = f"{folder}/{file.stem}"
                _answer(stage, path, varies, GIVEN.get(path, ()))


FAULTS = frozenset({"quoting/quote_of_nobody"})
"""A call without a caller never passes the gateway: there the fault is what is to be seen."""


def _answer(
    stage: Stage, path: str, varies: tuple[str, ...], given: tuple[str, ...], sends: bytes = b""
) -> None:
    """Write what the event is answered, unless only what varies has changed."""
    recorded = case(path)
    expected: Json = {"given": list(given)} if given else {}
    if sends:
        expected["sends"] = base64.b64encode(sends).decode()
    expected |= observed(stage.play(recorded._replace(expected=expected)), {})
    if "httpMethod" in recorded.event and "type" not in recorded.event:
        assert "status" in expected, (path, expected)  # a handler answers, whatever happens
        fault = expected["status"] >= 500 and path not in FAULTS
        assert not fault, (path, expected)  # nobody is to expect one
    if settled(expected, list(varies)) != expected:
        expected["varies"] = list(varies)
    if settled(recorded.expected, list(varies)) != settled(expected, list(varies)):
        write(f"{path}{EXPECTED}", expected)
        print(path, expected.get("status", expected.get("error", "")))  # noqa: T201


if __name__ == "__main__":
    main()
