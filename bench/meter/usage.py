"""What counting calls costs, by how many of them one delivery of the access log holds."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, NamedTuple

from insurance.access_log import operation_ids
from insurance.domain.core.identity import Mode
from insurance.domain.usage.call import LoggedCall, UsageAccount
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.usage.meter import DynamoDBMeter
from insurance.operations.usage.ports import MeterTime

from bench import machine
from bench.meter.tally import Meter

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLS = 1000
SECONDS_A_DELIVERY = 5
"""How long calls are collected for a delivery here; AWS promises nothing."""
APPLICATIONS, OPERATIONS = 3, 10
SIZES = (1, 10, 100, 1000)
BEGINS = datetime(2026, 11, 20, 9, tzinfo=UTC)
KEPT_DAYS = 400


class CountingCost(NamedTuple):
    """Of a thousand calls."""

    calls_a_delivery: int
    write_units: float
    read_units: float
    round_trips: float


def measure(meter: Meter, database: str) -> "Sequence[CountingCost]":
    """The same calls again and again, in deliveries of each size, to a log stream of their own."""
    client = machine.client(database)
    table = machine.function_environment("usage", {})["USAGE_TABLE"]
    usage = DynamoDBMeter(client, Tables(lambda _: table))
    meter.listen(client)
    time = MeterTime(BEGINS + timedelta(days=1), KEPT_DAYS)
    costs = []
    for size in SIZES:
        with meter.measuring() as tally:
            for part in batched(calls(size), size, strict=False):
                usage.count(f"stream-{size}", part, time)
        read, write, trips = (float(each) * 1000 / CALLS for each in tally.cost)
        costs.append(CountingCost(size, write, read, trips))
    meter.leave(client)
    return costs


def calls(size: int) -> Iterator[LoggedCall]:
    """Of three applications that call ten operations, nine of ten calls with success."""
    some, names = random.Random(7), sorted(operation_ids().values())[:OPERATIONS]  # noqa: S311 - repeatable
    for number in range(CALLS):
        application = f"app_test_{some.randrange(APPLICATIONS):020}"
        yield LoggedCall(
            id=f"{size}-{number}",
            at=BEGINS + timedelta(seconds=number / size * SECONDS_A_DELIVERY),
            account=UsageAccount(application, "oak", Mode.TEST),
            operation=some.choice(names),
            status=some.choices([200, 404, 422, 429], [90, 4, 4, 2])[0],
            latency_ms=int(some.lognormvariate(3.5, 0.8)),
            bytes=some.randrange(300, 3000),
        )
