"""What a route gives its handler and its view, without an operation behind it."""

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any, Self

import pytest
from insurance.api.access_record import AccessRecord
from insurance.api.body import Request
from insurance.api.edge import EdgePorts
from insurance.api.paging import Page
from insurance.api.parameters import OptionalInstant, Parameters
from insurance.api.route import Route
from insurance.api.router import Api
from insurance.api.views.terms import View
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import AccountMoved, ScreeningOpen, StaleRevision
from insurance.domain.core.roles import Role
from insurance.domain.core.scopes import Scope
from insurance.operations.command import Command, Query
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer
from insurance.operations.partners.count_calls import Quotas
from pydantic import Field

from tests.fakes.quotas import MemoryQuotas
from tests.fakes.used_proofs import MemoryUsedProofs
from tools.openapi.forms import PLAIN_TEXT
from tools.openapi.parameters import parameters_of

type Json = dict[str, Any]

POLICY = f"pol_test_{'0' * 16}"
OPEN: Json = {"scope": Scope.POLICIES_READ, "callers": {CallerKind.APPLICATION}}


class EchoView(View):
    """Shows what it was given."""

    result: Any
    seen: dict[str, str]

    @classmethod
    def of(cls, result: Any, *, caller: Caller, now: datetime) -> Self:
        seen = {"principal": caller.principal, "now": now.isoformat()}
        return cls(result=result, seen=seen)

    @classmethod
    def on_a_page(cls, result: Any, *, page: Page, policy_id: str) -> Self:
        seen = {"next": page.next(page.number + page.limit), "policy_id": policy_id}
        return cls(result=result, seen=seen)

    @classmethod
    def plain(cls, result: Any) -> Self:
        return cls(etag='"1-echo"', result=result, seen={})


class EchoParameters(Parameters):
    as_at: OptionalInstant = Field(None, description="The instant that is asked about")
    role: Annotated[Role | None, Field(description="Whose")] = None
    text: Annotated[str, Field(max_length=5, description="Words")] = ""


class EchoRequest(Request):
    word: str


def event(
    method: str = "GET",
    path: str = "/v1/echo",
    *,
    query: Json | None = None,
    body: str | None = None,
    headers: Json | None = None,
) -> Json:
    authorizer = {
        "principal": "app_one",
        "kind": "application",
        "partner": "harbour",
        "roles": "",
        "scopes": Scope.POLICIES_READ,
        "mode": "test",
    }
    return {
        "httpMethod": method,
        "path": path,
        "headers": headers,
        "queryStringParameters": query,
        "requestContext": {"requestId": "r-1", "authorizer": authorizer},
        "body": body,
        "isBase64Encoded": False,
    }


def answer(api: Api, sent: Json) -> tuple[int, Json]:
    result = api._answer(sent, AccessRecord(sent))
    return result["statusCode"], json.loads(result["body"] or "{}")


def quotas_in_memory() -> Quotas:
    return Quotas(MemoryQuotas())


def nothing_was_answered(_command: Command) -> None:
    """There is no earlier answer."""


def declared(**changes: Any) -> Any:
    common = {"operation_id": "echoWord", "summary": "Echo", "shows": EchoView.plain}
    return OPEN | common | changes


@pytest.fixture
def api() -> Api:
    return Api(nothing_was_answered, EdgePorts(MemoryUsedProofs, quotas_in_memory))


def test_a_view_is_given_what_it_asks_for_beside_the_result(api: Api):
    @api.query("/v1/echo", **declared(shows=EchoView))
    def get(query: Query) -> str:
        return query.caller.partner

    clock = {"Coverwright-Clock": "2027-01-01T01:00:00+01:00"}
    status, body = answer(api, event(headers=clock))

    assert (status, body["result"]) == (200, "harbour")
    assert body["seen"] == {"principal": "app_one", "now": "2027-01-01T00:00:00+00:00"}


def test_parameters_are_read_into_their_model_and_unknown_ones_are_ignored(api: Api):
    seen: list[EchoParameters] = []

    @api.query("/v1/echo", **declared())
    def get(parameters: EchoParameters) -> None:
        seen.append(parameters)

    answer(api, event())
    answer(
        api,
        event(
            query={
                "as_at": "2027-01-01T02:00:00+02:00",
                "role": "finance",
                "text": "abc",
                "utm_source": "mail",
            }
        ),
    )

    empty, full = seen
    assert (empty.as_at, empty.role, empty.text) == (None, None, "")
    assert full.as_at == datetime(2027, 1, 1, tzinfo=UTC)
    assert (full.role, full.text) == (Role.FINANCE, "abc")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("as_at", "2027-01-01T02:00:00", "not-a-time"),
        ("as_at", "yesterday", "not-a-time"),
        ("as_at", "1795000000", "not-a-time"),
        ("as_at", "", "not-a-time"),
        ("as_at", "0001-01-01T00:00:00Z", "not-a-time"),
        ("role", "king", "not-a-choice"),
        ("text", "abcdef", "too-long"),
        ("text", "a\x00b", "invisible-characters"),
        ("text", "a\x7fb", "invisible-characters"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_pointed_at_by_name(
    name: str, value: str, code: str, api: Api
):
    @api.query("/v1/echo", **declared())
    def get(parameters: EchoParameters) -> None:
        raise AssertionError("not reached")

    status, body = answer(api, event(query={name: value}))

    assert (status, body["code"]) == (422, "invalid-fields")
    assert [(fault["pointer"], fault["code"]) for fault in body["errors"]] == [(name, code)]


def test_the_definition_describes_each_parameter_of_the_model(api: Api):
    @api.query("/v1/echo", **declared())
    def get(parameters: EchoParameters) -> None: ...

    described = {each["name"]: each for each in parameters_of(api.routes[0])}

    assert described["as_at"]["schema"]["format"] == "date-time"
    assert described["as_at"]["schema"]["maxLength"] == 40
    assert described["as_at"]["description"] == "The instant that is asked about"
    assert described["role"]["schema"]["enum"] == list(Role)
    assert described["text"]["schema"] == {
        "default": "",
        "maxLength": 5,
        "pattern": PLAIN_TEXT,
        "type": "string",
    }
    assert not any(described[name]["required"] for name in ("as_at", "role", "text"))


def test_a_cursor_is_good_for_the_list_that_gave_it_and_no_other(api: Api):
    pages: list[Page] = []

    @api.query(
        "/v1/policies/{policy_id}/echo",
        **declared(shows=EchoView.on_a_page, paged="echo:{policy_id}:{status}"),
    )
    def get(policy_id: str, page: Page) -> None:
        pages.append(page)

    path = f"/v1/policies/{POLICY}/echo"
    _, first = answer(api, event(path=path, query={"limit": "5", "status": "open"}))
    after = {"after": first["seen"]["next"]}
    again, _ = answer(api, event(path=path, query=after | {"status": "open"}))
    other, refused = answer(api, event(path=path, query=after | {"status": "closed"}))

    assert first["seen"]["policy_id"] == POLICY
    assert [(page.number, page.limit) for page in pages] == [(0, 5), (5, 20)]
    assert again == 200
    assert (other, refused["errors"][0]["code"]) == (422, "unknown-cursor")


def test_a_status_is_the_routes_and_of_a_replay_too(api: Api):
    @api.command("/v1/echo", **declared(status=HTTPStatus.CREATED))
    def post(request: EchoRequest, command: Command) -> str:
        if command.idempotency.key == "again":
            raise AlreadyAnswered(RecordedAnswer('{"result": "first"}', '"1-echo"'))
        return request.word

    body = json.dumps({"word": "now"})
    fresh = answer(api, event("POST", body=body, headers={"Idempotency-Key": "new"}))
    again = answer(api, event("POST", body=body, headers={"Idempotency-Key": "again"}))

    assert fresh == (201, {"result": "now", "seen": {}})
    assert again == (201, {"result": "first"})


@pytest.mark.parametrize(
    ("refusal", "if_match", "tries", "code"),
    [
        (StaleRevision(POLICY), None, 5, "busy"),
        (StaleRevision(POLICY), '"3-echo"', 1, "stale-revision"),
        (AccountMoved(POLICY), '"3-echo"', 5, "busy"),
        (ScreeningOpen("Ada"), None, 1, "screening-open"),
    ],
)
def test_a_lost_revision_is_decided_again_unless_the_caller_named_it(
    refusal: Exception, if_match: str | None, tries: int, code: str, api: Api
):
    tried: list[int | None] = []

    @api.command("/v1/echo", **declared(if_match=True))
    def post(command: Command) -> str:
        tried.append(command.expected_revision)
        raise refusal

    headers = {"Idempotency-Key": "k"} | ({"If-Match": if_match} if if_match else {})
    _, body = answer(api, event("POST", headers=headers))

    assert body["code"] == code
    assert tried == [3 if if_match else None] * tries


def test_no_refusal_is_answered_where_an_earlier_answer_is_found():
    def answered(_command: Command, policy_id: str) -> None:
        raise AlreadyAnswered(RecordedAnswer(json.dumps({"result": policy_id})))

    api = Api(nothing_was_answered, EdgePorts(MemoryUsedProofs, quotas_in_memory))

    @api.command("/v1/policies/{policy_id}/echo", **declared(find_replay=answered))
    def post(policy_id: str, command: Command) -> str:
        raise ScreeningOpen("Ada")

    sent = event("POST", f"/v1/policies/{POLICY}/echo", headers={"Idempotency-Key": "k"})

    assert answer(api, sent) == (200, {"result": POLICY})


def test_a_route_that_staff_may_call_names_their_roles(api: Api):
    with pytest.raises(ValueError, match="names no roles"):
        api.query("/v1/echo", **declared(callers={CallerKind.STAFF}))(lambda: None)


def test_a_route_shows_a_view_and_nothing_that_only_looks_like_one(api: Api):
    with pytest.raises(TypeError, match="neither a view"):
        api.query("/v1/echo", **declared(shows=lambda result: result))(lambda: None)


def test_a_function_with_commands_says_how_an_earlier_answer_is_found():
    with pytest.raises(ValueError, match="earlier answer"):
        Api(edge=EdgePorts(MemoryUsedProofs, quotas_in_memory)).command("/v1/echo", **declared())(
            lambda: None
        )


def test_a_function_that_applications_may_call_says_where_used_proofs_are():
    with pytest.raises(ValueError, match="used proofs"):
        Api(nothing_was_answered).query("/v1/echo", **declared())(lambda: None)


def test_a_function_that_applications_may_call_says_where_their_quotas_are():
    api = Api(nothing_was_answered, EdgePorts(MemoryUsedProofs))
    api.query("/v1/person", **declared(callers={CallerKind.POLICYHOLDER}))(lambda: None)
    with pytest.raises(ValueError, match="quotas"):
        api.query("/v1/echo", **declared())(lambda: None)


def test_a_handler_takes_nothing_that_its_route_does_not_give(api: Api):
    @api.query("/v1/echo", **declared())
    def paged(page: Page) -> None: ...

    @api.query("/v1/echo/{policy_id}", **declared())
    def without_id() -> None: ...

    @api.query("/v1/echo/command", **declared())
    def command(command: Command) -> None: ...

    for route in api.routes:
        with pytest.raises(ValueError, match="handler and declaration differ"):
            _ = route.inputs


def test_who_calls_decides_whose_authorizer_stands_in_front():
    def route(*callers: CallerKind) -> Route:
        return Route(
            method="GET",
            path="/v1/echo",
            handler=lambda: None,
            writes=False,
            **declared(callers=set(callers), roles={Role.FINANCE}),
        )

    assert route(CallerKind.STAFF).own_pool_only
    assert route(CallerKind.STAFF, CallerKind.MACHINE).own_pool_only
    assert not route(CallerKind.STAFF, CallerKind.APPLICATION).own_pool_only
    assert not route(CallerKind.POLICYHOLDER).own_pool_only
