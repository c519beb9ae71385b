"""Issue and settle under faults: one policy, one payment, an unbroken chain, whatever breaks when.

A proxy stands between the functions and the engine: it holds calls at a barrier, throttles them or
cuts their replies. A worker is killed while its call is held, so it dies at this point however fast
or slow the machine is.
"""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest
from insurance.domain.core.event import Event, first_broken_link
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.transaction import TRIES

from demo.samples import british_iban
from local.settings import Settings
from local.stack import Stack, ephemeral
from tests.end_to_end.conftest import Caller, Json
from tests.support.faults import Barrier, Faults, cancelled, reply_lost, running_faults, throttled
from tests.support.waiting import STRETCH, wait_until

type Call = Callable[[], httpx.Response]


@pytest.fixture(scope="module")
def fire(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Fire"]:
    """A stack of its own: its functions reach the engine through the faults."""
    folder = tmp_path_factory.mktemp("stack")
    settings = ephemeral(Settings(), folder=folder, slots=3, stretch=STRETCH, warm=False)
    log = tmp_path_factory.mktemp("faults") / "proxy.log"
    with ExitStack() as opened:
        proxies: list[Faults] = []

        def proxy(engine_url: str) -> str:
            proxies.append(opened.enter_context(running_faults(engine_url, log=log)))
            return proxies[0].url

        running = opened.enter_context(Stack(settings, dynamodb_proxy=proxy))
        yield Fire(running, proxies[0])


@pytest.fixture(scope="module")
def stack(fire: "Fire") -> Stack:
    return fire.stack


@dataclass(frozen=True)
class Fire:
    """A stack and what goes wrong in it."""

    stack: Stack
    faults: Faults


@dataclass(frozen=True)
class Command:
    """One command on one subject, repeated with its key as a client does."""

    function: str
    subject: str
    call: Call

    def until_answered(self) -> httpx.Response:
        return until_answered(self.call)


def until_answered(call: Call) -> httpx.Response:
    """Repeat a command with its key, as a client does, until the answer is final."""
    return wait_until(call, lambda answer: answer.status_code < 500)


def made(call: Call) -> Json:
    """The body of a step that must succeed; a busy answer is repeated, as by any client."""
    answer = until_answered(call)
    assert answer.status_code in {200, 201}, answer.text
    body: Json = answer.json()
    return body


@contextmanager
def in_background(call: Call) -> Iterator[Future[httpx.Response]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call)


def killed_before_the_read(fire: Fire, command: Command) -> httpx.Response:
    killed_while_held(fire, command, "BatchGetItem")
    return command.until_answered()


def killed_before_the_write(fire: Fire, command: Command) -> httpx.Response:
    killed_while_held(fire, command, "TransactWriteItems")
    return command.until_answered()


def killed_as_the_write_is_under_way(fire: Fire, command: Command) -> httpx.Response:
    """The dead worker's write reaches the engine before the client comes again."""
    killed_while_held(fire, command, "TransactWriteItems", meanwhile=Barrier.let_through)
    answer = command.until_answered()
    assert answer.headers["Idempotent-Replayed"] == "true"
    return answer


def killed_and_its_write_comes_late(fire: Fire, command: Command) -> httpx.Response:
    """The dead worker's write reaches the engine when the client's second try is answered."""
    answers: list[httpx.Response] = []

    def come_again_first(barrier: Barrier) -> None:
        answers.append(command.until_answered())
        barrier.let_through()

    killed_while_held(fire, command, "TransactWriteItems", meanwhile=come_again_first)
    assert "Idempotent-Replayed" not in answers[0].headers
    return answers[0]


def killed_while_held(
    fire: Fire,
    command: Command,
    operation: str,
    *,
    meanwhile: Callable[[Barrier], None] = lambda barrier: barrier.drop(),
) -> None:
    """Kill the worker that waits for this call; then say what becomes of the call."""
    environment = fire.stack.template.functions[command.function].environment
    by = environment["POWERTOOLS_SERVICE_NAME"]
    with fire.faults.barrier((operation, command.subject), by=by) as held:
        with in_background(command.call) as answer:
            held.wait()
            assert fire.stack.kill_busy(command.function) == 1
        held.open()
        meanwhile(held)
    assert answer.result().status_code == 502


def reply_lost_after_the_commit(fire: Fire, command: Command) -> httpx.Response:
    lost = reply_lost(command.subject, after_bytes=1, times=TRIES)
    with fire.faults.injected(lost):
        command.call()
        assert fire.faults.fired()
    return command.until_answered()


def killed_before_the_answer(fire: Fire, command: Command) -> httpx.Response:
    fire.stack.lose_next_answer(command.function)
    assert command.call().status_code == 502
    return command.until_answered()


at_every_point = pytest.mark.parametrize(
    "broken",
    [
        killed_before_the_read,
        killed_before_the_write,
        killed_as_the_write_is_under_way,
        killed_and_its_write_comes_late,
        reply_lost_after_the_commit,
        killed_before_the_answer,
    ],
)


@at_every_point
def test_issuing_is_done_once_wherever_it_breaks(
    fire: Fire, harbour: Caller, risk: Json, broken: Any
) -> None:
    quote_id = accepted_quote(harbour, risk)

    def issue() -> httpx.Response:
        return harbour.post("/v1/policies", {"quote_id": quote_id}, key=quote_id)

    answer = broken(fire, Command("PolicyIssuanceFunction", quote_id, issue))

    assert answer.status_code == 201, answer.text
    assert issue().json() == answer.json()
    events = stream(fire.stack, answer.json()["id"])
    assert [event.type for event in events] == ["policy.issued"]
    assert first_broken_link(events) is None
    assert_balanced(events)


@at_every_point
def test_settling_pays_once_wherever_it_breaks(
    fire: Fire, harbour: Caller, journey: Json, broken: Any
) -> None:
    claim_id = notified_claim(harbour, journey)

    def settle() -> httpx.Response:
        return harbour.post(f"/v1/claims/{claim_id}/settlement", {}, key=claim_id)

    answer = broken(fire, Command("SettlementFunction", claim_id, settle))

    assert answer.status_code == 200, answer.text
    [payment] = answer.json()["payments"]
    assert payment["amount"] == {"amount": 250_000, "currency": "GBP"}
    assert payments_when_paid(harbour, claim_id) == [payment["id"]]
    events = stream(fire.stack, claim_id)
    assert [event.type for event in events] == ["claim.notified", "claim.settled", "payment.paid"]
    assert first_broken_link(events) is None
    assert_balanced(events)


BUSY = [
    *(cancelled("TransactionConflict", writes=count, share=0.3) for count in range(2, 12)),
    throttled(share=0.1),
]


def test_sixteen_clients_on_busy_tables_make_one_policy(
    fire: Fire, harbour: Caller, risk: Json
) -> None:
    quote_id = accepted_quote(harbour, risk)

    def issue(number: int) -> httpx.Response:
        key = f"{quote_id}-{number}"
        return until_answered(lambda: harbour.post("/v1/policies", {"quote_id": quote_id}, key=key))

    with fire.faults.injected(*BUSY), ThreadPoolExecutor(16) as pool:
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

    with fire.faults.injected(*BUSY), ThreadPoolExecutor(8) as pool:
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
    assert len(payments_when_paid(harbour, claim_id)) == 1
    assert first_broken_link(stream(fire.stack, claim_id)) is None


def accepted_quote(caller: Caller, risk: Json) -> str:
    key = uuid.uuid4().hex
    quote_id = str(made(lambda: caller.post("/v1/quotes", risk, key=key))["id"])
    made(lambda: caller.post(f"/v1/quotes/{quote_id}/acceptance", {}, key=key))
    return quote_id


ACCOUNTS = count(20_000_000)
"""What is paid to one account for many claims waits for a person: each claim has its own."""


def notified_claim(caller: Caller, journey: Json) -> str:
    quote_id = accepted_quote(caller, journey["quote"])
    bought = {"quote_id": quote_id}
    policy_id = made(lambda: caller.post("/v1/policies", bought, key=quote_id))["id"]
    caller.http.headers["Coverwright-Clock"] = "2027-01-16T09:00:00Z"
    payee = journey["claim"]["payee"] | {"iban": british_iban(next(ACCOUNTS))}
    notice = {"policy_id": policy_id, **journey["claim"], "payee": payee}
    return str(made(lambda: caller.post("/v1/claims", notice, key=policy_id))["id"])


def payments_when_paid(caller: Caller, claim_id: str) -> list[str]:
    def payments() -> list[Json]:
        claim = made(lambda: caller.get(f"/v1/claims/{claim_id}"))
        return list(claim["payments"])

    paid = wait_until(payments, lambda all_: all(each["status"] == "paid" for each in all_))
    return [payment["id"] for payment in paid]


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
