"""The real stack: shipped handlers in worker processes, real authorizers, a real DynamoDB engine."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from demo.samples import Partner
from local.settings import ROOT, Settings
from local.stack import Stack, ephemeral
from tests.support.clock import Clock
from tests.support.loopback import NO_AUTHORITIES
from tests.support.waiting import ANSWER_SECONDS, STRETCH

type Json = dict[str, Any]

QUOTED_AT = "2026-11-24T09:00:00Z"


@pytest.fixture(scope="session")
def plan_clock() -> Clock:
    """The clock that plans count by."""
    return Clock()


@pytest.fixture(scope="session")
def stack(plan_clock: Clock, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    # A function starts when it is called: half of them are not. `make serve` warms all (tests/local).
    settings = ephemeral(Settings(), folder=folder, stretch=STRETCH, warm=False)
    with Stack(settings, clock=plan_clock) as running:
        yield running


class Caller:
    """One caller over HTTP, at a time of its own."""

    def __init__(self, stack: Stack, token: str | None, *, clock: str | None = QUOTED_AT) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"Coverwright-Clock": clock} if clock else {}
        self.http = httpx.Client(
            base_url=stack.base_url,
            headers=headers,
            timeout=ANSWER_SECONDS,
            verify=NO_AUTHORITIES,
        )

    def get(self, path: str) -> httpx.Response:
        return self.http.get(path)

    def post(
        self, path: str, body: Json, *, key: str | None = None, at: str | None = None
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex}
        if at is not None:
            headers["Coverwright-Clock"] = at
        return self.http.post(path, json=body, headers=headers)

    def post_raw(self, path: str, body: bytes) -> httpx.Response:
        headers = {"Idempotency-Key": uuid.uuid4().hex, "Content-Type": "application/json"}
        return self.http.post(path, content=body, headers=headers)


type CallAs = Callable[..., Caller]


@pytest.fixture
def call_as(stack: Stack) -> Iterator[CallAs]:
    """Callers by name, by partner or with whatever token; closed when the test is over."""
    with ExitStack() as opened:

        def make(
            who: str | Partner | None = None,
            *,
            token: str | None = None,
            clock: str | None = QUOTED_AT,
            **changes: Any,
        ) -> Caller:
            sent = stack.token(who, changes=changes) if who else token
            caller = Caller(stack, sent, clock=clock)
            opened.enter_context(caller.http)
            return caller

        yield make


@pytest.fixture
def harbour(call_as: CallAs) -> Caller:
    """A broker's application in test mode, on the gold plan."""
    return call_as("harbour-test")


@pytest.fixture
def meadow(call_as: CallAs) -> Caller:
    """Another partner's application."""
    return call_as("meadow-test")


@pytest.fixture
def journey() -> Json:
    """The bodies that `make run` sends."""
    path = ROOT / "demo" / "journeys" / "private-motor.json"
    document: Json = json.loads(path.read_text())
    return document


@pytest.fixture
def risk(journey: Json) -> Json:
    """The body of a quote for a driver aged 35 on a car of group 15."""
    body: Json = journey["quote"]
    return body


def assert_problem(answer: httpx.Response, status: int, code: str) -> Json:
    """An RFC 9457 problem, whole, from the function or the gateway."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Json = answer.json()
    assert problem["code"] == code
    assert problem["type"].endswith(f"/docs/problems/{code}")
    page = httpx.get(problem["type"], timeout=ANSWER_SECONDS)
    assert page.status_code == 200, page.text
    assert f"<code>{code}</code>" in page.text
    assert problem["title"]
    assert problem["detail"]
    assert problem["request_id"] == answer.headers["x-amzn-requestid"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem.get("status", status) == status
    return problem


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One stack for all of these, so one worker of xdist runs them."""
    for item in items:
        own = item.get_closest_marker("xdist_group") is not None  # the tour has a stack of its own
        if item.nodeid.startswith("tests/end_to_end/") and not own:
            item.add_marker(pytest.mark.xdist_group("end_to_end"))
