"""Calls of any route that are well formed, of objects that there are none of."""

from typing import Any

from insurance.api.headers import KEY_HEADER
from insurance.api.parameters import Parameters
from insurance.api.path import PARAMETER
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.identity import (
    APPLICATION_LENGTH,
    DOCUMENT_LENGTH,
    NOTICE_LENGTH,
    SUFFIX_LENGTH,
)

from tests.support.calls import Answer, application, machine, policyholder, staff
from tests.support.platform import Platform

type Json = dict[str, Any]

SUFFIX = "0" * SUFFIX_LENGTH
NOTICED = "0" * (SUFFIX_LENGTH + NOTICE_LENGTH)
IDS = {
    "quote_id": f"quo_test_{SUFFIX}",
    "policy_id": f"pol_test_{SUFFIX}",
    "claim_id": f"clm_test_{NOTICED}",
    "payment_id": f"pay_test_{NOTICED}_1",
    "screening_id": f"scr_test_{SUFFIX}",
    "file_id": f"pmf_test_{SUFFIX}",
    "complaint_id": f"cmp_test_{NOTICED}",
    "redress_id": f"rdr_test_{NOTICED}_1",
    "document_id": f"doc_test_{'0' * (SUFFIX_LENGTH + DOCUMENT_LENGTH)}",
    "refund_id": f"rfd_test_{SUFFIX}_1",
    "suspense_id": f"sus_test_{SUFFIX}",
    "kept_report_id": f"ret_test_{SUFFIX}_1_1",
    "invoice_id": f"inv_test_{SUFFIX}_1",
    "webhook_id": f"whk_test_{SUFFIX}",
    "batch_id": f"bat_test_{SUFFIX}",
    "match_id": f"mat_test_{SUFFIX}",
    "row": "2",
    "stop_id": f"stp_test_{SUFFIX}",
    "application_id": f"app_test_{'0' * APPLICATION_LENGTH}",
    "evidence_id": f"evd_test_{NOTICED}_1",
    "party_id": f"pty_test_{SUFFIX}",
    "stream": f"pol_test_{SUFFIX}",
    "sequence": "1",
    "currency": "GBP",
    "period": "2027-01",
    "since": "2027-01",
    "until": "2027-01",
    "month": "2027-01",
    "number": "1",
}
"""Well-formed, and of nothing that there is."""

QUERY = {"month": "2027-01", "role": "claims_handler"}
"""Query parameters that a route cannot do without."""


def welcome(route: Route) -> Json:
    """A caller that the route is open to."""
    if CallerKind.APPLICATION in route.callers:
        return application("app_test_one", "harbour", scopes=route.scope)
    if CallerKind.STAFF in route.callers:
        return staff("somebody", sorted(route.roles)[0], route.scope)
    if CallerKind.POLICYHOLDER in route.callers:
        return policyholder(IDS["policy_id"]) | {"scopes": route.scope}
    return machine(route.scope)


def path_of(route: Route, **given: str) -> str:
    """The route's path with these parameters, and others that are well formed."""
    parameters = {**IDS, **given}
    return PARAMETER.sub(lambda name: parameters.get(name[1], "x"), route.path)


def call(
    handlers: Platform,
    route: Route,
    *,
    caller: Json | None = None,
    headers: Json | None = None,
    query: Json | None = None,
    path: str | None = None,
) -> Answer:
    """A call that is well formed but for what a test makes of it; of a body, there is none.

    Without `path` it asks after objects that are not there.
    """
    path = path or path_of(route)
    sent = {KEY_HEADER: "key"} if route.writes else {}
    return handlers.call(
        route.method,
        path,
        "{}" if route.method == "POST" else None,
        key=None,
        by=caller or welcome(route),
        headers=sent | (headers or {}),
        query=needed_query(route) | (query or {}),
        clock=None,
    )


def needed_query(route: Route) -> Json:
    model = route.input_of(Parameters)
    fields = model.model_fields if model else {}
    return {name: QUERY[name] for name, field in fields.items() if field.is_required()}
