"""Issue and settle under faults: one policy, one payment, an unbroken chain, whatever breaks when.

microburst stands between the functions and the engine and holds, throttles or cuts calls; workers
are killed at chosen points. FAULT_SEEDS says how often each point is tried (20 before a release).
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from insurance.domain.core.event import Event, first_broken_link
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.transaction import TRIES

from local.processes import free_port
from local.settings import Settings
from local.stack import Stack, ephemeral
from tests.end_to_end.conftest import Caller, Json

type Call = Callable[[], httpx.Response]

SEEDS = int(os.environ.get("FAULT_SEEDS", "1"))
HOLD_MS = 400


class Faults:
    """A microburst proxy in front of the engine, and the rules it follows now."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._control = httpx.Client(timeout=10)

    def stand_before(self, engine: str) -> str:
        port = free_port(0, what="fault proxy", setting="-")
        url = f"http://127.0.0.1:{port}"
        with (self._folder / "microburst.log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "microburst", "--host", "127.0.0.1"),
                    *("--port", str(port), "--upstream", engine, "--no-resign"),
                ],
                stdout=log,
                stderr=log,
            )
        self._control.base_url = httpx.URL(f"{url}/_microburst")
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            try:
                self._control.get("/health")
            except httpx.ConnectError:
                time.sleep(0.05)
            else:
                return url
        raise TimeoutError("microburst did not start")

    @contextmanager
    def follow(self, *rules: Json) -> Iterator[None]:
        self._control.post("/rules", json=list(rules)).raise_for_status()
        self._control.delete("/fired").raise_for_status()
        try:
            yield
        finally:
            self._control.post("/rules", json=[]).raise_for_status()

    def fired(self) -> list[Json]:
        return list(self._control.get("/fired").json())

    def wait_until_fired(self, seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not self.fired() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.fired()

    def stop(self) -> None:
        self._control.close()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    made = Faults(tmp_path_factory.mktemp("microburst"))
    yield made
    made.stop()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, faults: Faults) -> Iterator[Stack]:
    """A stack of its own: its functions reach the engine through the faults."""
    settings = ephemeral(Settings(), folder=tmp_path_factory.mktemp("stack"), slots=3)
    with Stack(settings, dynamodb_proxy=faults.stand_before) as running:
        yield running


@dataclass(frozen=True)
class Fire:
    """A stack and what goes wrong in it."""

    stack: Stack
    faults: Faults


@pytest.fixture
def fire(stack: Stack, faults: Faults) -> Fire:
    return Fire(stack, faults)


def held(operation: str) -> Json:
    return {"service": "dynamodb", "operation": operation, "latency": HOLD_MS}


REPLY_LOST = {
    "service": "dynamodb",
    "operation": "TransactWriteItems",
    "times": TRIES,  # all replies are lost that a function asks for
    "response": {"abort_bytes": 1},
}


@contextmanager
def in_background(call: Call) -> Iterator[Future[httpx.Response]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call)


def killed_before_the_read(fire: Fire, function: str, call: Call, seed: int) -> None:
    killed_while_held(fire, function, call, "BatchGetItem", seed)


def killed_after_the_read(fire: Fire, function: str, call: Call, seed: int) -> None:
    killed_while_held(fire, function, call, "TransactWriteItems", seed)


def killed_while_held(fire: Fire, function: str, call: Call, operation: str, seed: int) -> None:
    moment = random.Random(seed).uniform(0, HOLD_MS / 2000)  # noqa: S311 (not a secret)
    with fire.faults.follow(held(operation)), in_background(call):
        fire.faults.wait_until_fired()
        time.sleep(moment)
        assert fire.stack.kill_busy(function) == 1


def reply_lost_after_the_commit(fire: Fire, _function: str, call: Call, _seed: int) -> None:
    with fire.faults.follow(REPLY_LOST):
        call()
        assert fire.faults.fired()


def killed_before_the_answer(fire: Fire, function: str, call: Call, _seed: int) -> None:
    fire.stack.lose_next_answer(function)
    assert call().status_code == 502


POINTS = [
    killed_before_the_read,
    killed_after_the_read,
    reply_lost_after_the_commit,
    killed_before_the_answer,
]


def until_answered(call: Call, *, tries: int = 10) -> httpx.Response:
    """Repeat a command with its key, as a client does, until the answer is final."""
    for _ in range(tries):
        answer = call()
        if answer.status_code < 500:
            break
        time.sleep(0.05)
    return answer


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_issuing_is_done_once_wherever_it_breaks(
    fire: Fire, harbour: Caller, risk: Json, point: Any, seed: int
) -> None:
    quote_id = accepted_quote(harbour, risk)

    def issue() -> httpx.Response:
        return harbour.post("/v1/policies", {"quote_id": quote_id}, key=quote_id)

    point(fire, "PolicyIssuanceFunction", issue, seed)
    answer = until_answered(issue)

    assert answer.status_code == 201, answer.text
    assert issue().json() == answer.json()
    events = stream(fire.stack, answer.json()["id"])
    assert [event.type for event in events] == ["policy.issued"]
    assert first_broken_link(events) is None
    assert_balanced(events)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("seed", range(SEEDS))
def test_settling_pays_once_wherever_it_breaks(
    fire: Fire, harbour: Caller, journey: Json, point: Any, seed: int
) -> None:
    claim_id = notified_claim(harbour, journey)

    def settle() -> httpx.Response:
        return harbour.post(f"/v1/claims/{claim_id}/settlement", {}, key=claim_id)

    point(fire, "SettlementFunction", settle, seed)
    answer = until_answered(settle)

    assert answer.status_code == 200, answer.text
    [payment] = answer.json()["payments"]
    assert payment["amount"] == {"amount": 250_000, "currency": "GBP"}
    assert wait_until_paid(harbour, claim_id) == [payment["id"]]
    events = stream(fire.stack, claim_id)
    assert [event.type for event in events] == ["claim.notified", "claim.settled", "payment.paid"]
    assert first_broken_link(events) is None
    assert_balanced(events)


BUSY = [
    *(
        {
            "service": "dynamodb",
            "operation": "TransactWriteItems",
            "body": f"length(TransactItems) == `{count}`",
            "probability": 0.3,
            "error": {
                "code": "TransactionCanceledException",
                "status": 400,
                "fields": {
                    "CancellationReasons": [
                        {"Code": "TransactionConflict", "Message": "Transaction is ongoing"},
                        *[{"Code": "None"}] * (count - 1),
                    ]
                },
            },
        }
        for count in range(2, 12)
    ),
    {
        "service": "dynamodb",
        "probability": 0.1,
        "error": {"code": "ProvisionedThroughputExceededException", "status": 400},
    },
]


def test_sixteen_clients_on_busy_tables_make_one_policy(
    fire: Fire, harbour: Caller, risk: Json
) -> None:
    quote_id = accepted_quote(harbour, risk)

    def issue(number: int) -> httpx.Response:
        key = f"{quote_id}-{number}"
        return until_answered(lambda: harbour.post("/v1/policies", {"quote_id": quote_id}, key=key))

    with fire.faults.follow(*BUSY), ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(issue, range(16)))
        fired = fire.faults.fired()

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
    assert fired
    [issued] = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    events = stream(fire.stack, issued)
    assert [event.type for event in events] == ["policy.issued"]
    assert first_broken_link(events) is None


def test_settling_on_busy_tables_pays_once(fire: Fire, harbour: Caller, journey: Json) -> None:
    claim_id = notified_claim(harbour, journey)

    with fire.faults.follow(*BUSY), ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(
                lambda _: until_answered(
                    lambda: harbour.post(f"/v1/claims/{claim_id}/settlement", {}, key=claim_id)
                ),
                range(8),
            )
        )

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert len(wait_until_paid(harbour, claim_id)) == 1
    assert first_broken_link(stream(fire.stack, claim_id)) is None


def accepted_quote(caller: Caller, risk: Json) -> str:
    quote_id = str(caller.post("/v1/quotes", risk).json()["id"])
    assert caller.post(f"/v1/quotes/{quote_id}/acceptance", {}).status_code == 200
    return quote_id


def notified_claim(caller: Caller, journey: Json) -> str:
    quote_id = accepted_quote(caller, journey["quote"])
    policy_id = caller.post("/v1/policies", {"quote_id": quote_id}).json()["id"]
    caller.http.headers["Coverwright-Clock"] = "2027-01-16T09:00:00Z"
    answer = caller.post("/v1/claims", {"policy_id": policy_id, **journey["claim"]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def wait_until_paid(caller: Caller, claim_id: str, seconds: float = 30) -> list[str]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        payments = caller.get(f"/v1/claims/{claim_id}").json()["payments"]
        if all(payment["status"] == "paid" for payment in payments):
            break
        time.sleep(0.05)
    return [payment["id"] for payment in payments if payment["status"] == "paid"]


def stream(stack: Stack, stream_id: str) -> list[Event]:
    """The events of a stream as they lie in the table."""
    pages = (
        stack.dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=stack.table("EventsTable"),
            KeyConditionExpression="#stream = :id",
            ExpressionAttributeNames={"#stream": "stream"},
            ExpressionAttributeValues={":id": {"S": stream_id}},
            ConsistentRead=True,
        )
    )
    return [read_event(dict(item)) for page in pages for item in page["Items"]]


def assert_balanced(events: list[Event]) -> None:
    """Every posting names both sides; what is left to check is that none is empty or negative."""
    for event in events:
        for posting in event.postings:
            assert posting.amount.amount > 0
            assert posting.debit is not posting.credit
