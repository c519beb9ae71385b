"""The Python client's connection: one key for all repetitions, `Retry-After` kept, problems raised."""

import email.utils
import json

import httpx
import pytest
from coverwright import (
    ClientCredentials,
    Connection,
    ConnectionLost,
    FieldFault,
    ProblemError,
    Retries,
)

from tests.support.api_in_turn import BASE, TOKENS, Api, Step, Waits, ok, problem


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
