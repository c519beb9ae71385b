"""The sum equals the log, on a real engine: deliveries come twice, cut anew, and the function dies between any two calls."""

import json
import os
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from insurance.access_log import read_delivery
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode
from insurance.dynamodb.stores import Stores
from insurance.operations.command import Query
from insurance.operations.usage.count_calls import count_calls
from insurance.operations.usage.ports import UsagePorts
from insurance.operations.usage.read_usage import read_statement

from tests.fakes.keys import PlainKeys
from tests.support.access_log import AT, ELM_WEB, OAK_BATCH, OAK_WEB, PARTNER_OF, delivery, line
from tests.support.engine import make_tables
from tests.support.fuse import Fuse, Killed

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("resilience")

SEEDS = int(os.environ.get("LOSS_SEEDS", "3"))
STREAMS = ("a", "b", "c")
STATUSES = ("200", "200", "200", "401", "403", "404", "409", "422", "429")
CLASSES = {
    "200": "succeeded",
    "401": "unauthorized",
    "403": "forbidden",
    "404": "not_found",
    "409": "conflict",
    "422": "invalid",
    "429": "limited",
}
NOW = AT + timedelta(hours=1)


class Mortal:
    """A client before or after whose calls the process may die."""

    def __init__(self, client: "DynamoDBClient", fuse: Fuse) -> None:
        self._client, self._fuse = client, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return (
            self._fuse.guard(found) if name in {"batch_get_item", "transact_write_items"} else found
        )


def ports_on(client: Any, tables: dict[str, str]) -> UsagePorts:
    stores = Stores(lambda: client, tables.__getitem__, PlainKeys, PlainKeys)
    return UsagePorts(stores.meter, stores.registry, lambda: 400)


def written(some: Random, number: int) -> dict[str, list[Json]]:
    """The lines of some minutes, by log stream."""
    streams: dict[str, list[Json]] = {stream: [] for stream in STREAMS}
    for each in range(number):
        at: datetime = AT + timedelta(milliseconds=some.randrange(200_000))
        streams[some.choice(STREAMS)].append(
            line(
                f"call-{each}",
                at,
                application=some.choice([OAK_WEB, OAK_BATCH, ELM_WEB]),
                resource=some.choice(["/v1/quotes/{quote_id}", "/v1/products", "/v1/quotes/quo_1"]),
                status=some.choice(STATUSES),
                bytes=str(some.randrange(5000)),
            )
        )
    return streams


def cuts(some: Random, lines: list[Json]) -> list[list[Json]]:
    """All lines in another order, in deliveries of other sizes, and some of them once more."""
    shuffled = some.sample(lines, len(lines)) + some.sample(lines, len(lines) // 5)
    parts = []
    while shuffled:
        size = some.randrange(1, 25)
        parts.append(shuffled[:size])
        del shuffled[:size]
    return parts


def by_hand(lines: list[Json], partner: str) -> Counter[Any]:
    names = {"/v1/quotes/{quote_id}": "getQuote", "/v1/products": "listProducts"}
    sums: Counter[Any] = Counter()
    for each in lines:
        if PARTNER_OF[each["application"]] == partner:
            place = (each["application"], names.get(each["resource"], "none"))
            sums[*place, CLASSES[each["status"]]] += 1
            sums[*place, "bytes"] += int(each["bytes"])
    return sums


def by_statement(ports: UsagePorts, partner: str) -> Counter[Any]:
    caller = Caller(
        principal="app",
        kind=CallerKind.APPLICATION,
        partner=partner,
        roles=frozenset(),
        scopes=frozenset(),
        mode=Mode.TEST,
    )
    statement = read_statement(None, f"{AT:%Y-%m}", Query(caller, NOW, NOW), ports)
    assert statement.corrections == []
    sums: Counter[Any] = Counter()
    for row in statement.operations:
        for outcome, calls in row.tally.outcomes.items():
            sums[row.application, row.operation, outcome.value] += calls
        sums[row.application, row.operation, "bytes"] += row.tally.bytes
    return sums


@pytest.mark.parametrize("seed", range(SEEDS))
def test_statements_are_the_log_whatever_comes_again_and_whoever_dies(
    seed: int, dynamodb: "DynamoDBClient"
) -> None:
    some, tables = Random(seed), make_tables(dynamodb)  # noqa: S311 - repeatable
    streams = written(some, 300)
    deliveries = [
        (stream, part)
        for stream, lines in streams.items()
        for _again in range(2)
        for part in cuts(some, lines)
    ]
    some.shuffle(deliveries)
    deaths = 0
    for stream, part in deliveries:
        packed = json.loads(json.dumps(delivery(part, stream)))
        for attempt in range(3):
            # The third attempt always lives: what fails to the end waits for a person.
            fuse = Fuse(some.randrange(3) if attempt < 2 else 1000, after=some.random() < 0.5)
            ports = ports_on(Mortal(dynamodb, fuse), tables)
            batch = read_delivery(packed)
            with suppress(Killed):
                count_calls(batch.stream, batch.calls, ports, now=NOW)
                break
            deaths += 1

    assert deaths > len(deliveries) / 4
    every = [each for lines in streams.values() for each in lines]
    ports = ports_on(dynamodb, tables)
    for partner in ("oak", "elm"):
        assert by_statement(ports, partner) == by_hand(every, partner)
