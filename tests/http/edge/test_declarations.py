"""Every route does what it declares, and no more: callers, headers, paging and parameters."""

import re
from typing import Any

import pytest
from insurance.api.body import Request
from insurance.api.headers import CLOCK_HEADER, IF_MATCH, IF_NONE_MATCH, KEY_HEADER
from insurance.api.path import PATH_IDS, check_parameter
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.roles import Role

from tests.support.calls import FOLDERS, Answer, application, machine, staff
from tests.support.platform import Platform
from tests.support.route_calls import IDS, call, path_of, welcome

type Json = dict[str, Any]


def test_the_ids_of_these_tests_are_well_formed_and_there_is_one_of_each_kind():
    for name in PATH_IDS:
        check_parameter(name, IDS[name])


@pytest.fixture(scope="module")
def routes(loaded: Platform) -> list[Route]:
    return [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]


def refuses(answer: Answer, header: str) -> bool:
    return answer.code == "bad-header" and header in answer.body["detail"]


@pytest.mark.parametrize("value", ["k" * 200, "with space", ""])
def test_commands_honour_the_key_and_queries_do_not(
    value: str, loaded: Platform, routes: list[Route]
):
    for route in routes:
        answer = call(loaded, route, headers={KEY_HEADER: value})
        assert refuses(answer, KEY_HEADER) is route.writes, (route.path, answer.text)


def test_a_key_that_is_there_but_malformed_is_not_said_to_be_missing(
    loaded: Platform, routes: list[Route]
):
    command = next(route for route in routes if route.operation_id == "createQuote")

    long = call(loaded, command, headers={KEY_HEADER: "k" * 200})
    none = loaded.call("POST", "/v1/quotes", "{}", key=None, by=welcome(command), clock=None)

    assert "it has 200 characters; at most 128 are allowed" in long.body["detail"]
    assert f"{KEY_HEADER} is missing" in none.body["detail"]


@pytest.mark.parametrize("value", ["nonsense", "2026-11-20T09:00:00", "1795000000", ""])
def test_every_route_honours_the_clock(value: str, loaded: Platform, routes: list[Route]):
    for route in routes:
        answer = call(loaded, route, headers={CLOCK_HEADER: value})
        assert refuses(answer, CLOCK_HEADER), (route.path, answer.text)
        assert "malformed" in answer.body["detail"]


def test_a_clock_of_another_century_is_refused_and_so_is_any_clock_of_a_live_caller(
    loaded: Platform, routes: list[Route]
):
    for route in routes:
        far = call(loaded, route, headers={CLOCK_HEADER: "9999-11-20T09:00:00Z"})
        live = call(
            loaded,
            route,
            caller=in_live_mode(welcome(route)),
            headers={CLOCK_HEADER: "2026-11-20T09:00:00Z"},
        )
        assert (far.status, far.code) == (422, "invalid-fields"), route.path
        assert (live.status, live.code) == (400, "clock-not-allowed"), route.path


def in_live_mode(caller: Json) -> Json:
    if "claims" not in caller:
        return caller | {"mode": "live"}
    if "client_id" in caller["claims"]:
        return machine(caller["claims"]["scope"].removeprefix("coverwright/"), mode="live")
    groups = caller["claims"]["cognito:groups"].replace("test]", "live]")
    return {"claims": {**caller["claims"], "cognito:groups": groups}}


@pytest.mark.parametrize("value", ["nonsense", '"1-quote', '"1-quote", "2-quote"', '"' * 200])
def test_if_match_is_honoured_where_it_is_declared_and_ignored_elsewhere(
    value: str, loaded: Platform, routes: list[Route]
):
    for route in routes:
        answer = call(loaded, route, headers={IF_MATCH: value})
        assert refuses(answer, IF_MATCH) is route.if_match, (route.path, answer.text)


@pytest.mark.parametrize("value", ["nonsense", '"1-quote', '"1-quote";"2-quote"', '"' * 2000])
def test_if_none_match_is_honoured_where_an_etag_is_declared(
    value: str, loaded: Platform, routes: list[Route]
):
    for route in routes:
        answer = call(loaded, route, headers={IF_NONE_MATCH: value})
        assert refuses(answer, IF_NONE_MATCH) is route.etag, (route.path, answer.text)


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "101"}, {"after": "x"}])
def test_a_page_is_read_where_it_is_declared_and_nowhere_else(
    query: Json, loaded: Platform, routes: list[Route]
):
    [name] = query
    for route in routes:
        answer = call(loaded, route, query=query)
        faults = [fault["pointer"] for fault in (answer.body or {}).get("errors", [])]
        assert (name in faults) is bool(route.paged), (route.path, answer.text)


def wrong(request: type[Request] | None) -> dict[str, Any]:
    """Values that no field takes, for a request that may be empty: others miss a field anyway."""
    fields = request.model_fields if request else {}
    if any(field.is_required() for field in fields.values()):
        return {}
    return {name: [[]] for name in fields}


def test_a_body_is_read_where_a_request_is_declared(loaded: Platform, routes: list[Route]):
    """And where none is declared, nothing may be sent: nobody believes that it was heeded."""
    for route in routes:
        if route.method != "POST":
            continue
        path = path_of(route)
        request = route.input_of(Request)
        body, key = {"no_such_field": 1, **wrong(request)}, "key" if route.writes else None
        answer = loaded.call("POST", path, body, by=welcome(route), key=key, clock=None)
        assert answer.code == "invalid-fields", (route.path, answer.text)
        unknown = {"pointer": "/no_such_field", "code": "unknown"}
        assert any(unknown.items() <= fault.items() for fault in answer.body["errors"])
        assert (request is None) is (len(answer.body["errors"]) == 1), route.path


def test_a_body_that_is_no_json_object_is_malformed(loaded: Platform, routes: list[Route]):
    for route in routes:
        if route.method == "POST":
            path = path_of(route)
            key = "key" if route.writes else None
            answer = loaded.call("POST", path, "[", by=welcome(route), key=key, clock=None)
            assert (answer.status, answer.code) == (400, "malformed-body"), route.path


OTHER_TYPES = ("text/xml", "application/x-www-form-urlencoded", "text/plain; charset=utf-8", "json")


def test_a_body_is_sent_as_json_and_as_nothing_else(loaded: Platform, routes: list[Route]):
    for route in routes:
        if route.method != "POST":
            continue
        for sent in OTHER_TYPES:
            headers, key = {"Content-Type": sent}, "key" if route.writes else None
            answer = loaded.call(
                "POST", path_of(route), "{}", by=welcome(route), key=key, headers=headers
            )
            assert (answer.status, answer.code) == (415, "unsupported-media-type"), route.path


@pytest.mark.parametrize(
    "sent", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
def test_json_may_name_its_charset_or_its_kind(sent: str, loaded: Platform):
    answer = loaded.call(
        "POST", "/v1/quotes/preview", "[", headers={"Content-Type": sent}, key=None
    )

    assert answer.code == "malformed-body"


@pytest.mark.parametrize("kind", CallerKind)
def test_a_route_is_open_to_the_callers_that_it_declares(
    kind: CallerKind, loaded: Platform, routes: list[Route]
):
    for route in routes:
        callers: dict[CallerKind, Json] = {
            CallerKind.APPLICATION: application("app_test_one", "harbour", scopes=route.scope),
            CallerKind.POLICYHOLDER: application("per_test_one", "harbour", scopes=route.scope)
            | {"kind": "policyholder", "parties": IDS["party_id"]},
            CallerKind.STAFF: staff("somebody", " ".join(Role), route.scope),
            CallerKind.MACHINE: machine(route.scope),
            CallerKind.DEVELOPER: application("dev_test_one", "harbour", scopes=route.scope)
            | {"kind": "developer"},
        }
        answer = call(loaded, route, caller=callers[kind])
        is_open = kind in route.callers
        stopped = answer.code == "no-authority" and "this operation" in answer.body["detail"]
        assert stopped is not is_open, (route.path, answer.text)


@pytest.mark.parametrize("role", [*Role, "unheard_of", ""])
def test_staff_need_one_of_the_roles_that_the_route_declares(
    role: str, loaded: Platform, routes: list[Route]
):
    for route in routes:
        if CallerKind.STAFF not in route.callers:
            continue
        person = staff("somebody", role, route.scope)
        person["claims"]["username"] = "somebody"
        answer = call(loaded, route, caller=person)
        stopped = answer.code == "no-authority" and "this operation" in answer.body["detail"]
        assert stopped is (role not in route.roles), (route.path, answer.text)


def test_nothing_is_done_without_the_scope_that_the_route_declares(
    loaded: Platform, routes: list[Route]
):
    for route in routes:
        caller = welcome(route)
        if "claims" in caller:
            caller["claims"]["scope"] = ""
        else:
            caller["scopes"] = ""
        answer = call(loaded, route, caller=caller)
        assert (answer.status, answer.code) == (403, "missing-scope"), route.path


def test_every_handler_takes_what_its_route_can_give_and_every_view_can_be_made(
    routes: list[Route],
):
    for route in routes:
        assert route.inputs.keys() >= set(route.path_names)
        assert callable(route._makes_view[0])
        assert route.summary[-1] != ".", route.path
        assert re.fullmatch(r"[a-z]+([A-Z][a-z0-9]+)+", route.operation_id), route.operation_id
    ids = [route.operation_id for route in routes]
    assert len(ids) == len(set(ids))


def test_a_query_whose_view_has_a_revision_declares_its_etag(loaded: Platform, routes: list[Route]):
    quote_id = loaded.quoted()["id"]
    for route in routes:
        if route.method == "GET" and route.path_names == ("quote_id",):
            path = route.path.format(quote_id=quote_id)
            answer = loaded.call("GET", path)
            assert ("ETag" in answer.headers) is route.etag, route.path
