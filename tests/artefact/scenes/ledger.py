"""Scenes of ledger: one HTTP event each."""

from collections.abc import Iterator

from tests.artefact.scenes.common import (
    CONTROLLER,
    DELIVERED,
    FINANCE,
    GBP,
    HANDLER,
    HARBOUR,
    ISSUED,
    PAID,
    POLICY,
    Json,
    Scene,
)


def reporting_scenes() -> Iterator[Scene]:
    paid = (*ISSUED, "billing/plan", "billing/payment", "policy_servicing/endorse")
    policy: Json = {"given": paid, "variables": {"policy_id": POLICY}}
    ledger = "GET /v1/policies/{policy_id}/ledger"
    at = {"as_at": "2027-07-01T00:00:00Z"}
    yield Scene("reporting/policy_ledger", ledger, HARBOUR, query=at, **policy)
    for name in ("csv", "beancount", "cobol"):
        asked: Json = {**policy, "variables": {"policy_id": POLICY, "format": name}}
        yield Scene(f"reporting/export_{name}", f"{ledger}/{{format}}", HARBOUR, **asked)
    yield from house_books_scenes()


def house_books_scenes() -> Iterator[Scene]:
    """The control accounts, after a policy, its claim and the payment of it were delivered."""
    posted = (*PAID, DELIVERED)
    ledger, month = "GET /v1/ledger/{currency}", {"currency": GBP, "period": "2026-11"}
    asked: Json = {"caller": FINANCE, "given": posted}
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
    yield Scene("reporting/ratios", ratios, HARBOUR, None, posted, span)
    backwards = {**span, "until": "2026-10"}
    yield Scene("reporting/ratios_backwards", ratios, HARBOUR, None, posted, backwards)
    statement = "GET /v1/reports/{currency}/partners/{partner}/{period}"
    own = {**month, "partner": "harbour"}
    yield Scene("reporting/partner_statement", statement, HARBOUR, None, posted, own)
    yield from calendar_scenes()


def calendar_scenes() -> Iterator[Scene]:
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
