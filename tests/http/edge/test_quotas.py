"""A partner's application has so many calls a month: each is counted where it arrives, whatever it is answered."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ReadTimeoutError
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind
from insurance.domain.partner.quota import Span

from tests.support.calls import FOLDERS, PARTNER, QUOTE, application, policyholder, staff
from tests.support.platform import Platform
from tests.support.proofs import p256
from tests.support.route_calls import IDS, call

type Json = dict[str, Any]

SCOPES = "products:read quotes:write"


def small(calls: int, principal: str = "app_test_small", scopes: str = SCOPES) -> Json:
    """An application that has a figure of its own, as the authorizer hands it on."""
    return application(principal, "harbour", scopes=scopes) | {"per_month": str(calls)}


def said(header: str) -> tuple[int, int]:
    """What is left, and the seconds until the month begins anew: a structured field (RFC 9651)."""
    found = re.fullmatch('"month";r=([0-9]+);t=([0-9]+)', header)
    assert found, header
    return int(found[1]), int(found[2])


@pytest.fixture
def routes(handlers: Platform) -> list[Route]:
    found = [route for folder in FOLDERS for route in handlers.apps[folder].api.routes]
    return [route for route in found if CallerKind.APPLICATION in route.callers]


def test_every_operation_of_partners_refuses_a_call_beyond_the_quota(
    handlers: Platform, routes: list[Route]
):
    assert call(handlers, routes[0], caller=small(1)).code != "quota-exceeded"

    for route in routes:
        answer = call(handlers, route, caller=small(1, scopes=route.scope))
        assert (answer.status, answer.code) == (429, "quota-exceeded"), route.path
        left, seconds = said(answer.headers["RateLimit"])
        assert left == 0
        assert answer.headers["Retry-After"] == str(seconds)
        assert answer.body["detail"] == "The application's 1 calls of this month (UTC) are used up."


def test_an_answer_says_what_is_left_and_until_when(handlers: Platform):
    before = Span.month(datetime.now(UTC)).seconds_left(datetime.now(UTC))
    answers = [handlers.call("GET", "/v1/products", by=small(3)) for _ in range(4)]
    after = Span.month(datetime.now(UTC)).seconds_left(datetime.now(UTC))

    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    told = [said(answer.headers["RateLimit"]) for answer in answers]
    assert [left for left, _ in told] == [2, 1, 0, 0]
    assert all(after <= seconds <= before for _, seconds in told)
    month = Span.month(datetime.now(UTC)).seconds
    assert answers[0].headers["RateLimit-Policy"].endswith(f', "month";q=3;w={month}')


def test_a_call_counts_whatever_it_is_answered(handlers: Platform):
    """A refusal, a wrong body, a missing scope, an unknown id, and a repetition are calls."""
    by = small(7)
    answers = [
        handlers.call("POST", "/v1/quotes", QUOTE, by=by, key="one"),
        handlers.call("POST", "/v1/quotes", QUOTE, by=by, key="one"),
        handlers.call("POST", "/v1/quotes", {}, by=by),
        handlers.call("GET", "/v1/policies", by=by),
        handlers.call("GET", "/v1/products/parrot", by=by),
        handlers.call("GET", "/v1/products", by=by, clock="2027-03-01T00:00:00Z"),
        handlers.call("GET", "/v1/products", by=by),
        handlers.call("GET", "/v1/products", by=by),
    ]

    assert [answer.status for answer in answers] == [201, 201, 422, 403, 404, 200, 200, 429]
    assert answers[1].replayed
    assert [said(answer.headers["RateLimit"])[0] for answer in answers] == [*range(6, -1, -1), 0]


def test_a_thief_of_a_bound_token_uses_up_nothing(handlers: Platform):
    bound = small(1) | {"binding": "dpop", "thumbprints": p256().thumbprint()}

    for _ in range(3):
        refused = handlers.call("GET", "/v1/products", by=bound)
        assert refused.code == "invalid-proof"
        assert "RateLimit" not in refused.headers
    assert handlers.call("GET", "/v1/products", by=small(1)).status == 200


def test_live_and_test_have_quotas_of_their_own(handlers: Platform):
    live = small(1, "app_live_small") | {"mode": "live"}

    assert handlers.call("GET", "/v1/products", by=small(1)).status == 200
    assert handlers.call("GET", "/v1/products", by=live, clock=None).status == 200
    assert handlers.call("GET", "/v1/products", by=live, clock=None).status == 429


def test_staff_and_policyholders_are_not_counted(handlers: Platform):
    person = policyholder(IDS["policy_id"]) | {"plan": "bronze", "per_month": "1"}
    underwriter = staff("ursula", "underwriter", "products:read")
    inside = {**PARTNER, "kind": "staff", "roles": "underwriter", "plan": "internal"}

    for who in (person, underwriter, inside):
        answer = handlers.call("GET", f"/v1/policies/{IDS['policy_id']}", by=who)
        assert answer.status in {403, 404}
        assert "RateLimit" not in answer.headers
        assert "month" not in answer.headers.get("RateLimit-Policy", "")


THROTTLED = ClientError(
    {"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, "UpdateItem"
)
SILENT = ReadTimeoutError(endpoint_url="https://dynamodb.eu-west-2.amazonaws.com")


@pytest.fixture(params=[THROTTLED, SILENT], ids=["throttled", "silent"])
def without_quotas(
    handlers: Platform, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Platform:
    """The table of quotas does not answer; every other does."""
    client_type: Any = BaseClient
    real, table = client_type._make_api_call, handlers.backend.environment()["QUOTAS_TABLE"]

    def call(client: Any, operation: str, sent: Json) -> Any:
        if sent.get("TableName") == table:
            raise request.param
        return real(client, operation, sent)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    return handlers


def test_calls_that_cannot_be_counted_are_let_through_and_reported(
    without_quotas: Platform, capsys: pytest.CaptureFixture[str]
):
    answers = [without_quotas.call("GET", "/v1/products", by=small(1)) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert all("RateLimit" not in answer.headers for answer in answers)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert [line.get("CallsNotCounted") for line in lines] == [[1.0], [1.0], [1.0]]
