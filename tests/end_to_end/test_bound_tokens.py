"""Stolen tokens, over HTTP: what is bound to a key opens nothing for somebody else, cached answer or not."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from insurance.domain.core.errors import InvalidFields
from insurance.domain.core.identity import Mode
from insurance.domain.partner.application import ApplicationStatus
from insurance.dynamodb.partners.partners import admission_row

from demo.proofs import key_of
from demo.samples import PARTNERS, Partner
from local.onboarding import requested
from local.stack import Stack
from tests.end_to_end.conftest import assert_problem
from tests.support.clock import Clock
from tests.support.loopback import NO_AUTHORITIES
from tests.support.proofs import p256, proof
from tests.support.waiting import ANSWER_SECONDS

type Json = dict[str, Any]

OWNER = "proof-test"
LISTED = "/v1/products"
CHALLENGE = 'DPoP realm="coverwright", error="invalid_dpop_proof", algs="ES256 PS256"'

type Send = Callable[..., httpx.Response]


@pytest.fixture(autouse=True)
def unhurried(plan_clock: Clock) -> None:
    """No test is refused for the calls of those before it."""
    plan_clock.let_pass(60)


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=ANSWER_SECONDS, verify=NO_AUTHORITIES) as client:
        yield client


@pytest.fixture
def send(stack: Stack, http: httpx.Client) -> Send:
    """Calls with the owner's token: with a good proof, or with what a test says."""
    token = stack.token(OWNER, changes={"jti": uuid.uuid4().hex})

    def call(
        *proofs: str | None,
        method: str = "GET",
        path: str = LISTED,
        scheme: str = "DPoP",
        **made: Any,
    ) -> httpx.Response:
        url = f"{stack.base_url}{path}"
        if not proofs:
            proofs = (proof(method, url, token, **({"key": key_of(OWNER)} | made)),)
        headers = [("Authorization", f"{scheme} {token}")]
        headers += [("DPoP", each) for each in proofs if each is not None]
        return http.request(method, url, headers=headers)

    return call


def test_the_owner_calls_with_a_new_proof_each_time(send: Send) -> None:
    assert [send().status_code for _ in range(3)] == [200, 200, 200]


def refused(answer: httpx.Response, why: str) -> None:
    problem = assert_problem(answer, 401, "invalid-proof")
    assert why in problem["detail"]
    assert answer.headers["x-amzn-remapped-www-authenticate"] == CHALLENGE


def test_a_stolen_token_is_no_use_while_the_authorizers_answer_is_cached(send: Send) -> None:
    """The gateway keeps the authorizer's answer for the token: the function asks for the proof each time."""
    assert send().status_code == 200

    refused(send(None), "one DPoP header")
    refused(send(None, scheme="Bearer"), "must say DPoP")
    assert send().status_code == 200


def test_a_proof_that_was_overheard_is_no_use(stack: Stack, http: httpx.Client) -> None:
    token = stack.token(OWNER)
    url = f"{stack.base_url}{LISTED}"
    headers = {
        "Authorization": f"DPoP {token}",
        "DPoP": proof("GET", url, token, key=key_of(OWNER)),
    }

    assert http.get(url, headers=headers).status_code == 200
    refused(http.get(url, headers=headers), "used before")
    elsewhere = http.get(f"{stack.base_url}/v1/quotes", headers=headers)
    refused(elsewhere, "htu")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"htm": "POST"}, "htm"),
        ({"htu": "https://api.coverwright.example/v1/products"}, "htu"),
        ({"iat": 1_700_000_000}, "60 seconds"),
        ({"ath": None}, "ath"),
        ({"jti": None}, "jti"),
        ({"key": p256("a thief's")}, "not registered"),
        ({"header": {"alg": "none"}}, "ES256"),
        ({"header": {"alg": "HS256"}}, "ES256"),
        ({"header": {"typ": "JWT"}}, "dpop+jwt"),
        ({"header": {"jwk": key_of(OWNER).as_dict(private=True)}}, "private key"),
        (
            {"key": p256("a thief's"), "header": {"jwk": key_of(OWNER).as_dict(private=False)}},
            "signature",
        ),
    ],
)
def test_what_a_thief_might_send_is_refused_and_says_why(send: Send, made: Json, why: str) -> None:
    refused(send(**made), why)


def test_two_proofs_are_none(send: Send) -> None:
    refused(send("one", "two"), "one DPoP header")


def test_a_token_that_is_bound_to_nothing_is_no_dpop_token(
    stack: Stack, http: httpx.Client
) -> None:
    token, url = stack.token("harbour-test"), f"{stack.base_url}{LISTED}"
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof("GET", url, token)}

    answer = http.get(url, headers=headers)

    assert_problem(answer, 401, "unauthorized")
    challenges = answer.headers["www-authenticate"]
    assert challenges == 'Bearer realm="coverwright", DPoP realm="coverwright", algs="ES256 PS256"'


def test_in_live_mode_a_token_alone_reads_no_claim(stack: Stack, http: httpx.Client) -> None:
    """None is registered so; a row that somebody writes by hand is not admitted either."""
    alone = Partner("alone-live", "harbour", "Without a key", "bronze", mode="live")
    with pytest.raises(InvalidFields):
        stack.admit(alone)
    by_hand = requested(alone).of(
        alone.partner, Mode.LIVE, by="nobody", now=datetime(2026, 1, 1, tzinfo=UTC)
    )
    row = admission_row(by_hand.replace(client_id=alone.client_id, status=ApplicationStatus.ACTIVE))
    stack.dynamodb().put_item(TableName=stack.table("ApplicationsTable"), Item=row)

    answer = http.get(
        f"{stack.base_url}/v1/claims?status=open",
        headers={"Authorization": f"Bearer {stack.token(alone)}"},
    )

    assert_problem(answer, 403, "access-denied")


def test_every_sample_that_is_live_and_reaches_claims_is_bound() -> None:
    live = [partner for partner in PARTNERS if partner.mode == "live"]

    assert live
    assert all(partner.binding for partner in live if "claims" in partner.products)
