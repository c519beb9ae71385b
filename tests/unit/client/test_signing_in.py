"""The Python client's tokens: renewed in time, asked for again where that may help, and what is said where there is none."""

import httpx
import pytest
from coverwright import Connection, ConnectionLost, ProblemError, SignInRefused
from coverwright.credentials import GivenToken

from tests.support.api_in_turn import BASE, Api, Waits, ok, problem


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
