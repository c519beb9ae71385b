"""Scenes of partners: an application from its request to its end."""

from collections.abc import Iterator

from insurance.domain.core.identity import Mode, application_id_for

from tests.artefact.scenes.common import APPROVER, FINANCE, ONBOARDING, Json, Scene

OAK: Json = {"code": "oak", "name": "Oak Insurance Brokers"}
WEB: Json = {
    "code": "oak-web",
    "name": "Oak web",
    "team": "Oak digital",
    "plan": "bronze",
    "products": ["quoting"],
    "scopes": ["products:read", "quotes:read", "quotes:write"],
    "reason": "first_application",
}
ID = application_id_for(Mode.TEST, "oak-web")
DORA = "6f1e2a52-0f5b-4f5e-9d3b-0a7d5f6e8c22"
"""A person of its team, as the user pool names them."""
APPLICATION = "/v1/applications/{application_id}"
PLACE: Json = {"variables": {"application_id": ID}}
OF_OAK: Json = {"variables": {"partner": "oak"}}
MADE_UP = ("/body/client_id", "/body/client_secret")
"""By the user pool, anew each time."""


def partners_scenes() -> Iterator[Scene]:
    yield Scene("partners/register", "POST /v1/partners", ONBOARDING, OAK)
    yield Scene("partners/register_without_the_scope", "POST /v1/partners", FINANCE, OAK)
    done: tuple[str, ...] = ("partners/register",)
    ask = "POST /v1/partners/{partner}/applications"
    unknown: Json = {"variables": {"partner": "elm"}}
    yield Scene("partners/request_for_nobody", ask, ONBOARDING, WEB, **unknown)
    staff_scope = WEB | {"scopes": ["quotes:underwrite"]}
    yield Scene("partners/request_what_is_for_staff", ask, ONBOARDING, staff_scope, done, **OF_OAK)
    yield Scene("partners/request", ask, ONBOARDING, WEB, done, **OF_OAK)
    done = (*done, "partners/request")
    taken = "partners/request_the_same_code"
    yield Scene(taken, ask, ONBOARDING, WEB, done, **OF_OAK)
    yield from team_scenes(done)
    yield from decision_scenes(done)


def team_scenes(done: tuple[str, ...]) -> Iterator[Scene]:
    change = "POST /v1/partners/{partner}/developers"
    add: Json = {"step": "add", "subject": DORA}
    yield Scene("partners/add_developer", change, ONBOARDING, add, done, **OF_OAK)
    done = (*done, "partners/add_developer")
    yield Scene("partners/add_the_same_developer", change, ONBOARDING, add, done, **OF_OAK)
    lead: Json = {"step": "change_role", "subject": DORA, "role": "administrator"}
    yield Scene("partners/appoint_administrator", change, ONBOARDING, lead, done, **OF_OAK)
    remove = add | {"step": "remove"}
    yield Scene("partners/remove_developer", change, ONBOARDING, remove, done, **OF_OAK)


def decision_scenes(done: tuple[str, ...]) -> Iterator[Scene]:
    decide = f"POST {APPLICATION}/decision"
    body = {"decision": "approve", "reason": "known_to_us"}
    yield Scene("partners/approve_ones_own", decide, ONBOARDING, body, done, **PLACE)
    make, early = f"POST {APPLICATION}/provisioning", "partners/provision_too_early"
    yield Scene(early, make, ONBOARDING, None, done, **PLACE)
    yield Scene("partners/approve", decide, APPROVER, body, done, **PLACE)
    done = (*done, "partners/approve")
    yield Scene("partners/provision", make, ONBOARDING, None, done, **PLACE, varies=MADE_UP)
    yield from active_scenes((*done, "partners/provision"))


def active_scenes(done: tuple[str, ...]) -> Iterator[Scene]:
    varies = MADE_UP[:1]
    yield Scene("partners/list", "GET /v1/partners", ONBOARDING, None, done)
    yield Scene("partners/read", "GET /v1/partners/{partner}", ONBOARDING, None, done, **OF_OAK)
    listed = "GET /v1/partners/{partner}/applications"
    yield Scene("partners/applications", listed, ONBOARDING, None, done, **OF_OAK)
    one = f"GET {APPLICATION}"
    yield Scene("partners/application", one, ONBOARDING, None, done, **PLACE, varies=varies)
    used = f"GET {APPLICATION}/quota"
    month = ("/body/month", "/body/resets_at")
    yield Scene("partners/quota", used, ONBOARDING, None, done, **PLACE, varies=month)
    nobody: Json = {"variables": {"application_id": application_id_for(Mode.TEST, "elm")}}
    yield Scene("partners/application_unknown", one, ONBOARDING, None, done, **nobody)
    more = f"POST {APPLICATION}/secrets"
    add, withdraw = "partners/add_secret", "partners/withdraw_secret"
    yield Scene(add, more, ONBOARDING, None, done, **PLACE, varies=MADE_UP)
    two = (*done, add)
    older = {"secret": "older"}
    yield Scene(withdraw, f"{more}/withdrawal", ONBOARDING, older, two, **PLACE, varies=varies)
    step = f"POST {APPLICATION}/steps"
    yield from change_scenes(step, done)
    cancel = {"step": "cancel", "reason": "contract_ended"}
    yield Scene("partners/cancel_while_active", step, APPROVER, cancel, done, **PLACE)
    body = {"step": "suspend", "reason": "unpaid_invoices"}
    yield Scene("partners/suspend", step, APPROVER, body, done, **PLACE, varies=varies)
    done = (*done, "partners/suspend")
    body = {"step": "resume", "reason": "paid"}
    yield Scene("partners/resume", step, APPROVER, body, done, **PLACE, varies=varies)
    yield Scene("partners/cancel", step, APPROVER, cancel, done, **PLACE, varies=varies)


def change_scenes(step: str, done: tuple[str, ...]) -> Iterator[Scene]:
    varies = MADE_UP[:1]
    to: Json = {
        "plan": "silver",
        "products": ["issuance", "quoting"],
        "scopes": ["policies:read", "policies:write", "quotes:read", "quotes:write"],
    }
    body: Json = {"step": "change", "to": to, "reason": "grown"}
    ask = "partners/ask_for_a_change"
    yield Scene(ask, step, ONBOARDING, body, done, **PLACE, varies=varies)
    decide = f"POST {APPLICATION}/decision"
    yes = {"decision": "approve", "about": "change", "reason": "known_to_us"}
    done = (*done, ask)
    yield Scene("partners/approve_ones_own_change", decide, ONBOARDING, yes, done, **PLACE)
    yield Scene("partners/approve_change", decide, APPROVER, yes, done, **PLACE, varies=varies)
