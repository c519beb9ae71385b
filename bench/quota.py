"""What counting a call for its application's month costs: 100,000 calls of 20 processes, on the engine.

Which process a call comes to is chance, and repeatable. The engine meters what is written.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Final

from insurance.domain.partner.plans import PLANS
from insurance.domain.partner.quota import Quota
from insurance.dynamodb.quotas import DynamoDBQuotas
from insurance.dynamodb.tables import Tables
from insurance.operations.partners.count_calls import Quotas

from bench.meter.tally import Meter
from tests.support.engine import template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CALLS: Final = 100_000
PROCESSES: Final = 20
WITHOUT_ROUND_TRIP: Final = 0.95
"""Which part of the calls needs none, at least."""
AT: Final = datetime(2026, 11, 30, 15, tzinfo=UTC)


@dataclass(frozen=True)
class Counting:
    """What so many calls cost."""

    calls: int
    write_units: float
    with_round_trip: int

    @property
    def units_per_call(self) -> float:
        return self.write_units / self.calls

    @property
    def without_round_trip(self) -> float:
        """Which part of the calls."""
        return 1 - self.with_round_trip / self.calls


def measure(dynamodb: "DynamoDBClient") -> dict[str, Counting]:
    """By what is measured: a plan's calls in the middle of a month, and a whole month to its last call."""
    return {
        "a call of a month": _measured(dynamodb, "silver"),
        "a month of 100,000": _measured(dynamodb, "bronze"),
    }


def _measured(dynamodb: "DynamoDBClient", name: str) -> Counting:
    plan, chance = PLANS[name], Random(45)  # noqa: S311 - repeatable
    quota = Quota(f"app_test_{name}", plan.per_month or 0, plan.per_second, plan.burst)
    table = template().resources["QuotasTable"].name
    processes = [
        Quotas(DynamoDBQuotas(dynamodb, Tables(lambda _: table))) for _ in range(PROCESSES)
    ]
    meter = Meter({}, apart=frozenset())
    meter.listen(dynamodb)
    with meter.measuring() as tally:
        trips = 0
        for _ in range(CALLS):
            before = tally.round_trips
            chance.choice(processes).count(quota, AT)
            trips += tally.round_trips > before
    meter.leave(dynamodb)
    return Counting(CALLS, float(tally.write_units), trips)
