"""Our commands through our handlers, metered: one life of a policy, several times over."""

import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from io import StringIO
from itertools import chain
from types import SimpleNamespace
from typing import Any, NamedTuple

from insurance.domain.core.house_authority import RunningTotal
from insurance.domain.core.identity import Mode

from bench import machine, requests
from bench.meter.tally import Meter, Tally
from bench.requests import Ask

type Json = dict[str, Any]

FUNCTIONS = (
    "quoting", "policy_issuance", "policy_servicing", "claim_intake", "settlement", "customers",
    "payment_execution", "search",
)  # fmt: skip
SHARED = RunningTotal.PARTNER_ALL.value
QUOTING = ("quote", "preview", "quote for a known party")
LIVES = 8
"""Policies that the meter follows: an item that they share would be written by each of them."""


@dataclass
class Cost:
    """What one command costs, the dearest of all lives, and whether lives share an item."""

    name: str
    read_units: Decimal = Decimal(0)
    write_units: Decimal = Decimal(0)
    round_trips: int = 0
    idempotency_round_trips: int = 0
    replay_round_trips: int = 0
    _written: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def hottest_key(self) -> int:
        """Writes of the most written item over all lives: 1 when no two lives share one. The parts of a
        partner's day are left out: they are meant to be shared."""
        own = [times for (_, key), times in self._written.items() if SHARED not in key]
        return max(own, default=0)

    def add(self, tally: Tally) -> None:
        self.read_units = max(self.read_units, tally.read_units)
        self.write_units = max(self.write_units, tally.write_units)
        self.round_trips = max(self.round_trips, tally.round_trips)
        self.idempotency_round_trips = max(
            self.idempotency_round_trips, tally.idempotency_round_trips
        )
        self._written.update(tally.written)


class Costs(NamedTuple):
    """What the commands cost, and what the last of each answered."""

    by_command: dict[str, Cost]
    answers: dict[str, Json]


class Handlers:
    """Our functions in this process, their DynamoDB client metered."""

    def __init__(self, meter: Meter) -> None:
        wiring = import_module("insurance.wiring")
        self._handlers = {
            name: import_module(f"functions.{name}.app").handler for name in FUNCTIONS
        }
        self.dynamodb = wiring.dynamodb()
        meter.listen(self.dynamodb)

    def __call__(self, ask: Ask) -> Json:
        context = SimpleNamespace(
            function_name="bench", memory_limit_in_mb=1024, aws_request_id="bench",
            invoked_function_arn="arn:aws:lambda:eu-west-2:000000000000:function:bench",
        )  # fmt: skip
        with redirect_stdout(StringIO()):  # its log, which nobody reads here
            answer = self._handlers[ask.function](ask.event(), context)
        if answer["statusCode"] >= 300:
            raise RuntimeError(f"{ask.method} {ask.path}: {answer['statusCode']} {answer['body']}")
        body: Json = json.loads(answer["body"])
        return body


@contextmanager
def running() -> Iterator[tuple[Handlers, Meter, str]]:
    """Our handlers on a fresh engine. Once a process: what functions wire stays wired."""
    with machine.engine() as database, machine.key_service() as keys:
        machine.make_tables(database)
        os.environ |= environment(machine.endpoints(database, keys))
        meter = Meter(primary_keys(database))
        handlers = Handlers(meter)
        delivered()
        yield handlers, meter, database


def delivered() -> None:
    """As if an event had been delivered in test mode: the key that hashes accounts is there, and known."""
    import_module("insurance.wiring").stores().index_keys.token(Mode.TEST, "any", "value")


def environment(endpoints: dict[str, str]) -> dict[str, str]:
    """What any of the functions is given: the tables have one name for all of them."""
    merged: dict[str, str] = {}
    for function in FUNCTIONS:
        merged |= machine.function_environment(function, endpoints)
    del merged["AWS_DATA_PATH"]  # botocore's data are the same, cut or whole
    return merged | {"POWERTOOLS_DEV": "false", "POWERTOOLS_METRICS_DISABLED": "true"}


def primary_keys(database: str) -> dict[str, tuple[str, ...]]:
    """The key attributes of each table."""
    dynamodb = machine.client(database)
    return {
        name: tuple(
            part["AttributeName"]
            for part in dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]
        )
        for name in dynamodb.list_tables()["TableNames"]
    }


def measure(call: Handlers, meter: Meter, *, lives: int = LIVES, mark: str = "life") -> Costs:
    """One life after another through every command; the last answers beside the costs."""
    costs: dict[str, Cost] = {}
    answers: dict[str, Json] = {}

    def run(name: str, ask: Ask) -> Json:
        if name in QUOTING:  # a process reads every three seconds what stops it (docs/adr/0049)
            call(requests.preview())
        with meter.measuring() as tally:
            answers[name] = call(ask)
        costs.setdefault(name, Cost(name)).add(tally)
        return answers[name]

    call(
        requests.preview()
    )  # a process reads once a minute which versions are sold (docs/adr/0009)
    for life in range(lives):
        key = f"{mark}-{life}"
        for name, ask in chain(
            commands(call, run, key), of_another_policy(call, run, f"{key}-other")
        ):
            replay(costs[name], meter, call, ask)
    return Costs(costs, answers)


def replay(cost: Cost, meter: Meter, call: Callable[[Ask], Json], ask: Ask) -> None:
    """The same request again: what a repeated call costs."""
    if ask.key is None:
        return
    with meter.measuring() as tally:
        call(ask)
    cost.replay_round_trips = max(cost.replay_round_trips, tally.round_trips)


def commands(
    call: Callable[[Ask], Json], run: Callable[[str, Ask], Json], key: str
) -> Iterator[tuple[str, Ask]]:
    """One life: each command is run once, and named with its request so that it can be repeated."""

    def step(name: str, ask: Ask) -> Json:
        answers.append((name, ask))
        return run(name, ask)

    answers: list[tuple[str, Ask]] = []
    quote_id = step("quote", requests.quote(key))["id"]
    yield answers.pop()
    step("preview", requests.preview())
    yield answers.pop()
    step("accept", requests.accept(quote_id, key))
    yield answers.pop()
    policy = step("issue", requests.issue(quote_id, key))
    yield answers.pop()
    step("read policy", requests.read_policy(policy["id"]))
    yield answers.pop()
    step("check coverage", requests.check(policy["id"]))
    yield answers.pop()
    claim_id = step("notify claim", requests.notify(policy["id"], key))["id"]
    yield answers.pop()
    claim = step("settle claim", requests.settle(claim_id, key))
    yield answers.pop()
    large = call(
        requests.notify(
            policy["id"], f"{key}-large", amount=700000, occurred_at="2027-01-03T17:00:00Z"
        )
    )
    waiting = call(requests.settle(large["id"], f"{key}-large"))
    payment_id = waiting["payments"][0]["id"]
    step("approve payment", requests.approve(large["id"], payment_id, key))
    yield answers.pop()
    step("report payment", requests.report(claim["payments"][0]["id"], key))
    yield answers.pop()
    step("erase party", requests.erase(issued(call, f"{key}-old")["party_id"], key))
    yield answers.pop()


def of_another_policy(
    call: Callable[[Ask], Json], run: Callable[[str, Ask], Json], key: str
) -> Iterator[tuple[str, Ask]]:
    """Commands that would leave the first policy another one than the others find."""
    policy = issued(call, key)
    policy_id = policy["id"]
    yield from of_one_party(call, run, policy["party_id"], key)
    asked = {
        "notify and settle": requests.notify_and_settle(policy_id, key),
        "endorse policy": requests.endorse(policy_id, key),
        "cancel policy": requests.cancel(policy_id, key),
    }
    for name, ask in asked.items():
        run(name, ask)
        yield name, ask


def of_one_party(
    call: Callable[[Ask], Json], run: Callable[[str, Ask], Json], party_id: str, key: str
) -> Iterator[tuple[str, Ask]]:
    """The third policy of a customer: with the second one, the party got its first event."""
    second = call(requests.quote_for(party_id, f"{key}-second"))["id"]
    call(requests.accept(second, f"{key}-second"))
    call(requests.issue(second, f"{key}-second"))
    ask = requests.quote_for(party_id, f"{key}-third")
    third = run("quote for a known party", ask)["id"]
    yield "quote for a known party", ask
    call(requests.accept(third, f"{key}-third"))
    ask = requests.issue(third, f"{key}-third")
    run("issue for a known party", ask)
    yield "issue for a known party", ask


def issued(call: Callable[[Ask], Json], key: str) -> Json:
    """A policy of its own, from quote to issue."""
    quote_id = call(requests.quote(key))["id"]
    call(requests.accept(quote_id, key))
    return call(requests.issue(quote_id, key))
