"""The Python client's connection: one key for all repetitions, `Retry-After` kept, tokens renewed, problems raised."""

import email.utils
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from coverwright import (
    ClientCredentials,
    Connection,
    ConnectionLost,
    FieldFault,
    ProblemError,
    Retries,
    SignInRefused,
)
from coverwright.credentials import GivenToken

type Step = httpx.Response | Exception

BASE = "https://api.test"
TOKENS = "https://auth.test/oauth2/token"


@dataclass
class Api:
    """Answers in turn, and keeps what it was sent."""

    steps: list[Step] = field(default_factory=list)
    token_answer: Callable[[int], httpx.Response] = field(
        default=lambda number: httpx.Response(
            200, json={"access_token": f"token-{number}", "expires_in": 3600}
        )
    )
    calls: list[httpx.Request] = field(default_factory=list)
    signed_in: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKENS:
            self.signed_in += 1
            return self.token_answer(self.signed_in)
        self.calls.append(as_sent(request))
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def headers(self, name: str) -> list[str | None]:
        return [call.headers.get(name) for call in self.calls]


def as_sent(request: httpx.Request) -> httpx.Request:
    """A copy: the next try has other headers."""
    return httpx.Request(
        request.method, request.url, headers=request.headers.raw, content=request.content
    )


class Waits(list[float]):
    """What a connection would have slept."""


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def seconds() -> list[float]:
    """The clock that tokens end by."""
    return [0.0]


@pytest.fixture
def connection(
    api: Api, waits: Waits, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    monkeypatch.setattr("coverwright.connection.sleep", waits.append)
    made = Connection(
        BASE,
        ClientCredentials(TOKENS, "harbour", "secret", clock=lambda: seconds[0]),
        http=httpx.Client(transport=httpx.MockTransport(api)),
    )
    with made:
        yield made


def ok(body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=body or {"id": "quo_1"}, headers=headers)


def problem(status: int, code: str, *, retry_after: str | None = None) -> httpx.Response:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return httpx.Response(status, json={"code": code, "detail": "…"}, headers=headers)


@pytest.mark.parametrize(
    "first",
    [
        problem(429, "too-many-requests"),
        problem(503, "busy"),
        problem(504, "no-answer"),
        problem(500, "fault"),
        httpx.Response(502, text="bad gateway"),
        httpx.ReadError("reset"),
        httpx.ConnectTimeout("too long"),
        httpx.RemoteProtocolError("closed"),
    ],
    ids=lambda each: getattr(each, "status_code", type(each).__name__),
)
def test_a_command_is_repeated_with_the_same_key(
    connection: Connection, api: Api, waits: Waits, first: Step
) -> None:
    api.steps = [first, first, ok()]

    assert connection.post("/v1/quotes", {"product": "x"}) == {"id": "quo_1"}
    keys = api.headers("idempotency-key")
    assert len(keys) == 3
    assert len({*keys}) == 1
    assert keys[0]
    assert {call.content for call in api.calls} == {b'{"product":"x"}'}
    assert [0 <= waits[0] <= 0.5, 0 <= waits[1] <= 1.0, len(waits)] == [True, True, 2]


def test_each_command_has_a_key_of_its_own_unless_it_is_given_one(
    connection: Connection, api: Api
) -> None:
    api.steps = [ok(), ok(), ok(), ok()]

    connection.post("/v1/quotes")
    connection.post("/v1/quotes")
    connection.post("/v1/quotes", idempotency_key="order-17")
    connection.get("/v1/quotes")

    first, second, third, fourth = api.headers("idempotency-key")
    assert first != second
    assert (third, fourth) == ("order-17", None)


@pytest.mark.parametrize("given", ["3", "date"])
def test_retry_after_is_kept(
    connection: Connection, api: Api, waits: Waits, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setattr("coverwright.connection.now", lambda: 1_800_000_000.0)
    header = given if given != "date" else email.utils.formatdate(1_800_000_003, usegmt=True)
    api.steps = [problem(503, "busy", retry_after=header), ok()]

    connection.get("/v1/products")

    assert waits == [3.0]


def test_a_wait_that_is_too_long_is_the_callers_to_decide(
    connection: Connection, api: Api, waits: Waits
) -> None:
    api.steps = [problem(429, "quota-exceeded", retry_after="43200")]

    with pytest.raises(ProblemError) as raised:
        connection.post("/v1/quotes", idempotency_key="order-17")

    assert (raised.value.code, raised.value.retry_after) == ("quota-exceeded", 43_200)
    assert raised.value.idempotency_key == "order-17"
    assert waits == []


def test_it_gives_up_and_says_under_which_key(connection: Connection, api: Api) -> None:
    api.steps = [httpx.ReadError("reset")] * 5

    with pytest.raises(ConnectionLost, match=r"POST https://api.test/v1/quotes: reset") as raised:
        connection.post("/v1/quotes")

    assert {raised.value.idempotency_key} == {*api.headers("idempotency-key")}
    assert api.steps == []


def test_the_last_problem_is_raised(connection: Connection, api: Api) -> None:
    api.steps = [problem(503, "busy")] * 5

    with pytest.raises(ProblemError, match="busy"):
        connection.get("/v1/products")

    assert api.steps == []


@pytest.mark.parametrize("status", [400, 404, 409, 412, 422])
def test_what_repetition_does_not_mend_is_not_repeated(
    connection: Connection, api: Api, status: int
) -> None:
    api.steps = [problem(status, "some-code")]

    with pytest.raises(ProblemError) as raised:
        connection.post("/v1/quotes")

    assert (raised.value.status, raised.value.code) == (status, "some-code")


def test_a_problem_has_its_code_its_faults_and_the_request(
    connection: Connection, api: Api
) -> None:
    said = {
        "type": "https://docs.coverwright.example/problems/invalid-fields",
        "title": "Some fields need attention",
        "detail": "1 field(s) need attention.",
        "code": "invalid-fields",
        "request_id": "r-1",
        "errors": [{"pointer": "/answers/age", "code": "required", "detail": "say how old"}],
    }
    api.steps = [httpx.Response(422, json=said)]

    with pytest.raises(ProblemError) as raised:
        connection.post("/v1/quotes")

    error = raised.value
    assert (error.status, error.code, error.request_id) == (422, "invalid-fields", "r-1")
    assert (error.title, error.detail, error.type) == (said["title"], said["detail"], said["type"])
    assert error.errors == (FieldFault("/answers/age", "required", "say how old"),)
    assert str(error).splitlines() == [
        "invalid-fields (422): 1 field(s) need attention.",
        "  /answers/age: say how old (required)",
        "  request r-1",
    ]


def test_what_is_no_problem_is_told_too(connection: Connection, api: Api) -> None:
    api.steps = [httpx.Response(403, text="<html>proxy</html>", headers={"X-Request-Id": "r-2"})]

    with pytest.raises(ProblemError) as raised:
        connection.get("/v1/products")

    assert (raised.value.code, raised.value.request_id) == ("unexpected-answer", "r-2")


def test_a_token_is_used_until_shortly_before_its_end(
    connection: Connection, api: Api, seconds: list[float]
) -> None:
    api.steps = [ok(), ok(), ok()]

    for at in (0.0, 3_539.0, 3_540.0):
        seconds[0] = at
        connection.get("/v1/products")

    assert api.headers("authorization") == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_token_that_is_taken_no_more_is_renewed_once(connection: Connection, api: Api) -> None:
    api.steps = [problem(401, "unauthorized"), ok(), problem(401, "a"), problem(401, "b")]

    connection.post("/v1/quotes")
    with pytest.raises(ProblemError, match="b"):
        connection.post("/v1/quotes")

    assert api.headers("authorization")[:2] == ["Bearer token-1", "Bearer token-2"]
    first, again, *_ = api.headers("idempotency-key")
    assert first == again


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), "invalid_client"),
        (httpx.Response(200, text="hello"), "200, and no token"),
        (httpx.Response(200, json=["token"]), "200, and no token"),
    ],
    ids=["refused", "no JSON", "no object"],
)
def test_credentials_that_open_nothing_are_said(
    connection: Connection, api: Api, answer: httpx.Response, why: str
) -> None:
    api.token_answer = lambda _: answer

    with pytest.raises(SignInRefused, match=f"refused harbour: {why}"):
        connection.get("/v1/products")


def test_a_token_endpoint_that_is_busy_is_asked_again(connection: Connection, api: Api) -> None:
    good = api.token_answer
    api.token_answer = lambda number: httpx.Response(503) if number == 1 else good(number)
    api.steps = [ok()]

    connection.get("/v1/products")

    assert api.headers("authorization") == ["Bearer token-2"]


def test_a_token_endpoint_that_is_asked_too_often_says_when_to_come_back(
    connection: Connection, api: Api, waits: Waits
) -> None:
    good = api.token_answer
    busy = httpx.Response(429, headers={"Retry-After": "7"})
    api.token_answer = lambda number: busy if number == 1 else good(number)
    api.steps = [ok()]

    connection.get("/v1/products")

    assert waits == [7.0]
    assert api.headers("authorization") == ["Bearer token-2"]


def test_a_token_endpoint_that_asks_for_too_long_a_wait_is_not_asked_again(
    connection: Connection, api: Api, waits: Waits
) -> None:
    api.token_answer = lambda _: httpx.Response(429, headers={"Retry-After": "600"})

    with pytest.raises(ConnectionLost, match=r"answered 429, Retry-After: 600") as raised:
        connection.post("/v1/quotes", idempotency_key="order-17")

    assert raised.value.idempotency_key == "order-17"
    assert (api.signed_in, waits) == (1, [])


def test_without_a_token_the_key_is_said_since_an_earlier_try_may_have_been_carried_out(
    connection: Connection, api: Api, seconds: list[float]
) -> None:
    good = api.token_answer
    refused = httpx.Response(401, json={"error": "invalid_client"})
    api.token_answer = lambda number: good(number) if number == 1 else refused
    api.steps = [ok(), problem(401, "unauthorized")]
    connection.get("/v1/products")

    with pytest.raises(SignInRefused, match="invalid_client") as raised:
        connection.post("/v1/quotes")

    assert raised.value.idempotency_key == api.headers("idempotency-key")[1]


def test_a_persons_token_that_does_not_do_is_the_problem_that_the_api_says(api: Api) -> None:
    said = {"code": "insufficient-user-authentication", "max_age": 300}
    api.steps = [httpx.Response(401, json=said), ok()]
    http = httpx.Client(transport=httpx.MockTransport(api))
    with Connection(BASE, GivenToken("ada"), http=http) as connection:
        with pytest.raises(ProblemError) as raised:
            connection.post("/v1/payments", idempotency_key="order-17")
        connection.get("/v1/products")

    assert (raised.value.code, raised.value.problem["max_age"]) == (said["code"], 300)
    assert raised.value.idempotency_key == "order-17"
    assert api.headers("authorization") == ["Bearer ada", "Bearer ada"]


def test_a_list_is_read_page_by_page(connection: Connection, api: Api) -> None:
    api.steps = [ok({"items": [{"id": 1}, {"id": 2}], "next": "abc"}), ok({"items": [{"id": 3}]})]

    entries = connection.items("/v1/claims", status="open", party_id=None)

    assert next(entries) == {"id": 1}
    assert len(api.calls) == 1
    assert [each["id"] for each in entries] == [2, 3]
    assert [str(call.url.query, "ascii") for call in api.calls] == [
        "status=open",
        "after=abc&status=open",
    ]


def test_a_feed_ends_where_it_leads_nowhere_further(connection: Connection, api: Api) -> None:
    api.steps = [ok({"items": [{"id": 1}], "next": "a"}), ok({"items": [], "next": "a"})]

    assert list(connection.items("/v1/events")) == [{"id": 1}]


def test_an_answer_has_what_a_change_needs(connection: Connection, api: Api) -> None:
    replay = {"ETag": '"3-x"', "X-Request-Id": "r-3", "Idempotent-Replayed": "true"}
    api.steps = [ok({"id": "pol_1"}, **replay), ok()]

    answer = connection.call("GET", "/v1/policies/pol_1")
    connection.post("/v1/policies/pol_1/cancellations", {}, if_match=answer.etag)

    assert (answer.etag, answer.request_id, answer.replayed) == ('"3-x"', "r-3", True)
    assert api.calls[1].headers["if-match"] == '"3-x"'


def test_a_bound_token_has_a_new_proof_for_each_try(api: Api, waits: Waits) -> None:
    made: list[tuple[str, str, str]] = []

    def proof(method: str, address: str, token: str) -> str:
        made.append((method, address, token))
        return f"proof-{len(made)}"

    api.steps = [problem(503, "busy", retry_after="0"), ok()]
    http = httpx.Client(transport=httpx.MockTransport(api))
    credentials = ClientCredentials(TOKENS, "harbour", "secret")
    with Connection(BASE, credentials, proof=proof, http=http) as connection:
        connection.get("/v1/claims", limit=1)

    assert api.headers("dpop") == ["proof-1", "proof-2"]
    assert {*api.headers("authorization")} == {"DPoP token-1"}
    assert {*made} == {("GET", f"{BASE}/v1/claims", "token-1")}


def test_the_clock_of_test_mode_goes_with_each_call(api: Api) -> None:
    http = httpx.Client(transport=httpx.MockTransport(api))
    credentials = ClientCredentials(TOKENS, "harbour", "secret", scopes=("a", "b"))
    api.steps = [ok()]
    with Connection(BASE, credentials, clock="2026-12-01T09:00:00Z", http=http) as connection:
        connection.get("/v1/products")

    assert api.headers("coverwright-clock") == ["2026-12-01T09:00:00Z"]


def test_one_try_may_be_all(api: Api) -> None:
    http = httpx.Client(transport=httpx.MockTransport(api))
    api.steps = [problem(503, "busy")]
    credentials = ClientCredentials(TOKENS, "harbour", "secret")
    once = Retries(tries=1)
    with (
        Connection(BASE, credentials, retries=once, http=http) as connection,
        pytest.raises(ProblemError),
    ):
        connection.get("/v1/products")


def test_json_is_sent_as_utf_8(connection: Connection, api: Api) -> None:
    api.steps = [ok()]

    connection.post("/v1/parties", {"name": "Zoë"})

    assert json.loads(api.calls[0].content) == {"name": "Zoë"}
