"""What is one caller's is to another as if it were not there: every route, with a recorded call that is right in all else."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from insurance.access.people import developer_id
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind

from tests.artefact.cases import Case, all_cases
from tests.artefact.conftest import SourceStage
from tests.support.route_calls import IDS
from tools.openapi.handlers import handlers

type Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("artefact")

KINDS = {CallerKind.APPLICATION, CallerKind.POLICYHOLDER, CallerKind.DEVELOPER}
"""Who sees their own book alone."""
EVERYBODYS = {"api_product", "product_code", "currency", "format", "period", "since", "until"}
"""Parameters of paths that name nobody's object."""
STRANGERS: Json = {
    CallerKind.APPLICATION: {"principal": "app_test_stranger", "partner": "meadow"},
    CallerKind.DEVELOPER: {"principal": developer_id("stranger"), "partner": "meadow"},
    CallerKind.POLICYHOLDER: {"principal": "per_test_stranger", "parties": IDS["party_id"]},
}
MISSING = IDS | {"partner": "nobodys"}
EMPTY = {"getPartnerStatement"}
"""What is answered with nothing, whosever it would be."""
UNRECORDED = {"getDocument"}
"""What no scene answers with success: tests/http/edge asks for another book's."""


def routes() -> Iterator[tuple[str, Route]]:
    """Routes about an object of the caller's own, with the folder of their function."""
    for handler in handlers():
        for route in handler.routes:
            if route.callers & KINDS and set(route.path_names) - EVERYBODYS:
                yield handler.folder, route


def recorded() -> dict[str, tuple[Route, Case]]:
    """A call of each of these routes that was answered well, by one of those who see their own book alone."""
    wanted = {(folder, route.method, route.path): route for folder, route in routes()}
    found: dict[str, tuple[Route, Case]] = {}
    for case in all_cases():
        event = case.event
        route = wanted.get((case.folder, event.get("httpMethod", ""), event.get("resource", "")))
        if route is None or case.expected.get("status", 500) >= 300:
            continue
        kind = event["requestContext"]["authorizer"].get("kind")
        open_to = sorted(route.callers & KINDS)
        found.setdefault(
            route.operation_id, (route, case if kind in KINDS else as_kind(case, open_to[0], route))
        )
    return found


def as_kind(case: Case, kind: str, route: Route) -> Case:
    """A call that was recorded of a member of staff, as one of this kind."""
    context = {"kind": kind, "roles": "", "scopes": route.scope, "plan": "gold", "mode": "test"}
    return by(case, context | {"partner": "harbour", "parties": ""})


def by(case: Case, caller: Json) -> Case:
    context = case.event["requestContext"]
    authorizer = {**context["authorizer"], **caller}
    authorizer.pop("claims", None)
    return case._replace(
        event=case.event | {"requestContext": context | {"authorizer": authorizer}}
    )


def about(case: Case, parameters: Json) -> Case:
    """The call about other objects."""
    path = re.sub(r"\{(\w+)\}", lambda name: str(parameters[name[1]]), case.event["resource"])
    context = case.event["requestContext"] | {"path": path}
    changes = {"path": path, "pathParameters": parameters, "requestContext": context}
    return case._replace(event=case.event | changes)


def told(result: Json, names: Json) -> Json:
    """The answer, with what it was asked for and the call's own id blanked out."""
    text = str(result["body"])
    for name, value in sorted(names.items(), key=lambda each: -len(str(each[1]))):
        text = text.replace(str(value), f"<{name}>") if len(str(value)) > 2 else text
    body = json.loads(text)
    body.pop("request_id", None)
    headers = {name for name in result["multiValueHeaders"] if name != "X-Request-Id"}
    return {"status": result["statusCode"], "headers": sorted(headers), "body": body}


def answer(stage: SourceStage, case: Case) -> Json:
    result: Json = stage.function(case.folder).invoke(case.event)
    return result


def test_every_route_about_an_object_was_recorded() -> None:
    operations = {route.operation_id for _, route in routes()}

    assert len(operations) > 60
    assert operations - recorded().keys() == UNRECORDED


def test_what_is_anothers_is_answered_as_what_there_is_not(source_stage: SourceStage) -> None:
    """The same status, headers and words, whether the object is another's or nobody's."""
    found = {}
    for operation, (route, case) in recorded().items():
        kind = case.event["requestContext"]["authorizer"]["kind"]
        stranger = by(case, STRANGERS[kind] | {"scopes": route.scope})
        own: Json = stranger.event["pathParameters"]
        missing = {name: MISSING.get(name, value) for name, value in own.items()}
        source_stage.begin(*case.expected.get("given", ()))

        foreign, nobodys = (
            told(answer(source_stage, about(stranger, named)), named) for named in (own, missing)
        )

        status = 200 if operation in EMPTY else 404
        if foreign != nobodys or foreign["status"] != status:
            found[operation] = (foreign, nobodys)

    assert found == {}, json.dumps(found, indent=1)
