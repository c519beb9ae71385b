"""An application that signs in with a key: what the token endpoint takes, and what it does not."""

import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from joserfc import jwt

from demo.proofs import assertion, key_of
from tests.local.conftest import Running
from tests.support import loopback
from tests.support.proofs import p256, rsa

type Json = dict[str, Any]

CLIENT = "proof-test"
TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def asked(running: Running, sent: str, **form: str) -> httpx.Response:
    data = {
        "grant_type": "client_credentials",
        "client_assertion_type": TYPE,
        "client_assertion": sent,
    }
    return loopback.post(f"{running.stack.services_url}/oauth2/token", data=data | form)


def made(running: Running, *, key: Any = None, algorithm: str = "ES256", **changes: Any) -> str:
    """An assertion of the client; None leaves a claim out."""
    honest: Json = {
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": running.stack.services_url,
        "jti": f"{time.time_ns()}",
        "exp": int(time.time()) + 60,
    }
    claims = {name: value for name, value in (honest | changes).items() if value is not None}
    header = {"alg": algorithm}
    return jwt.encode(header, claims, key or key_of(CLIENT), algorithms=[algorithm])


def test_the_key_gets_a_token_and_the_assertion_is_good_once(running: Running) -> None:
    sent = assertion(CLIENT, running.stack.services_url)

    first, again = asked(running, sent), asked(running, sent)

    claims = jwt.decode(first.json()["access_token"], running.stack.issuer.public_keys()).claims
    assert claims["sub"] == CLIENT
    assert (again.status_code, again.json()) == (401, {"error": "invalid_client"})


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "harbour-test"},
        {"aud": "https://login.example/"},
        {"aud": None},
        {"exp": 1_700_000_000},
        {"exp": 4_102_444_800},
        {"exp": None},
        {"jti": None},
        {"jti": 7},
    ],
)
def test_an_assertion_that_says_something_else_is_refused(
    running: Running, changes: Mapping[str, Any]
) -> None:
    answer = asked(running, made(running, **changes))

    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_an_audience_of_many_is_refused(running: Running) -> None:
    answer = asked(running, made(running, aud=[running.stack.services_url, "https://b.example/"]))

    assert answer.status_code == 401


def test_another_key_another_client_and_another_algorithm_are_refused(running: Running) -> None:
    sent = [
        made(running, key=p256("a thief's")),
        made(running, key=rsa(), algorithm="PS256"),
        made(running, key=rsa(), algorithm="RS256"),
        made(running, sub="harbour-test", iss="harbour-test"),
        "e30.e30.e30",
        "",
    ]

    assert [asked(running, each).status_code for each in sent] == [401] * len(sent)


def test_a_secret_is_no_way_in_for_it_nor_a_key_for_another(running: Running) -> None:
    issuer = running.stack.issuer
    secret = loopback.post(
        f"{running.stack.services_url}/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(CLIENT, issuer.client_secret(CLIENT)),
    )
    both = asked(running, made(running), client_secret=issuer.client_secret(CLIENT))
    other = asked(running, assertion("harbour-test", running.stack.services_url))

    assert [secret.status_code, both.status_code, other.status_code] == [401, 401, 401]
