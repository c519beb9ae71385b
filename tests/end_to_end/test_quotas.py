"""Twenty clients at once against a small quota, on the real stack: all of it is answered, and not one call more.

`TIMES=10 pytest tests/end_to_end/test_quotas.py` plays each ten times.
"""

import os
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import httpx
import pytest

from local.stack import Stack
from tests.end_to_end.conftest import CallAs
from tests.support.clock import Clock
from tests.support.loopback import LOOPBACK
from tests.support.waiting import wait_until

type Json = dict[str, Any]

QUOTA, CLIENTS = 500, 20
PRODUCTS = "ProductsFunction"
TIMES = range(int(os.environ.get("TIMES", "1")))


class Small:
    """An application with a small quota, brought in by the operations themselves."""

    def __init__(self, stack: Stack, call_as: CallAs, plan_clock: Clock, per_month: int) -> None:
        self.stack, self.plan_clock = stack, plan_clock
        self._asks = call_as("onboarding-test", clock=None)
        self._approves = call_as("approver-test", clock=None)
        self.code = f"oak-{uuid.uuid4().hex[:8]}"
        self._done(self._asks.post("/v1/partners", {"code": self.code, "name": "Oak"}))
        asked = {
            "code": f"{self.code}-app",
            "name": "Oak web",
            "team": "Oak digital",
            "plan": "gold",
            "per_month": per_month,
            "products": ["quoting"],
            "scopes": ["products:read", "events:read"],
            "reason": "new_partner",
        }
        path = f"/v1/partners/{self.code}/applications"
        self.id = self._done(self._asks.post(path, asked))["id"]
        self.path = f"/v1/applications/{self.id}"
        yes = {"decision": "approve", "reason": "known_to_us"}
        self._done(self._approves.post(f"{self.path}/decision", yes))
        made = self._done(self._asks.post(f"{self.path}/provisioning", {}))
        answer = httpx.post(
            f"{stack.services_url}/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(made["client_id"], made["client_secret"]),
            **LOOPBACK,
        )
        self.token = answer.json()["access_token"]

    @staticmethod
    def _done(answer: httpx.Response) -> Json:
        assert answer.status_code < 300, answer.text
        body: Json = answer.json()
        return body

    def quota(self) -> Json:
        return self._done(self._asks.get(f"{self.path}/quota"))

    def events(self) -> list[str]:
        """What happened to the application, of its quota."""
        items = self.stack.dynamodb().query(
            TableName=self.stack.table("EventsTable"),
            KeyConditionExpression="#stream = :stream",
            ExpressionAttributeNames={"#stream": "stream"},
            ExpressionAttributeValues={":stream": {"S": self.id}},
        )["Items"]
        types = [item["type"]["S"] for item in items]
        return [each.rpartition("_")[2] for each in types if ".quota_" in each]

    def call(self, calls: Callable[[], bool]) -> Counter[str]:
        """What twenty clients are answered who call at once, for as long as each wants to."""

        def client(_: int) -> Counter[str]:
            answers: Counter[str] = Counter()
            headers = {"Authorization": f"Bearer {self.token}"}
            with httpx.Client(base_url=self.stack.base_url, headers=headers, **LOOPBACK) as http:
                while not answers["quota-exceeded"] and calls():
                    answers[self._answered(http)] += 1
            return answers

        with ThreadPoolExecutor(CLIENTS) as pool:
            return sum(pool.map(client, range(CLIENTS)), Counter())

    def _answered(self, http: httpx.Client) -> str:
        """`answered`, the code of the problem, or that the call broke off."""
        while True:
            answer = http.get("/v1/products")
            if answer.status_code < 400:
                return "answered"
            code = str(answer.json()["code"])
            if code != "throttled":
                return code
            self.plan_clock.let_pass(1)  # the plan's rate is no part of this


def always() -> bool:
    return True


def at_most(number: int) -> Callable[[], bool]:
    left = count(number - 1, -1)
    return lambda: next(left) >= 0


@pytest.fixture
def small(stack: Stack, call_as: CallAs, plan_clock: Clock) -> Callable[[], Small]:
    return lambda: Small(stack, call_as, plan_clock, QUOTA)


@pytest.mark.parametrize("time", TIMES)
def test_of_twenty_clients_calls_exactly_the_quota_is_answered(
    small: Callable[[], Small], time: int
) -> None:
    application = small()

    answers = application.call(always)

    assert answers == {"answered": QUOTA, "quota-exceeded": CLIENTS}, time
    quota = application.quota()
    assert (quota["limit"], quota["used"]) == (QUOTA, QUOTA)
    told = wait_until(application.events, lambda events: len(events) >= 2)
    assert told == ["used", "up"]  # nearly, and wholly: each once


@pytest.mark.parametrize("time", TIMES)
def test_a_worker_that_is_killed_between_calls_takes_none_with_it(
    small: Callable[[], Small], stack: Stack, call_as: CallAs, time: int
) -> None:
    application, harbour = small(), call_as("harbour-test")

    answers = application.call(at_most(QUOTA // 2))
    for _ in range(4):
        stack.lose_next_answer(PRODUCTS)  # another application's call: a worker dies with it
        assert harbour.get("/v1/products").status_code >= 500
    answers += application.call(always)

    assert answers == {"answered": QUOTA, "quota-exceeded": CLIENTS}, time


@pytest.mark.parametrize("time", TIMES)
def test_a_worker_that_is_killed_with_a_call_has_counted_it_and_no_other(
    small: Callable[[], Small], stack: Stack, time: int
) -> None:
    application = small()
    for _ in range(3):
        stack.lose_next_answer(PRODUCTS)

    answers = application.call(always)

    broken = sum(answers.values()) - answers["answered"] - answers["quota-exceeded"]
    assert broken == 3, answers
    assert answers["answered"] == QUOTA - broken, time
    assert application.quota()["used"] == QUOTA
