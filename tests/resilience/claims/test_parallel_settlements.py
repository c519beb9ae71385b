"""Two hundred settlements at once on one limit, on a real engine that keeps failing."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from insurance.api.views.claims import ClaimView
from insurance.domain.core.errors import LimitMoved, StaleRevision, Unavailable
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.claims.settle_claim import settle_claim
from insurance.operations.idempotency import AlreadyAnswered, RecordedAnswer
from insurance.screening import BundledScreening

from tests.support.builders import PARTNER, make_command
from tests.support.claims import issued, loss
from tests.support.driving.http import Shelf
from tests.support.engine import quick_client
from tests.support.faults import Faults, cancelled, throttled
from tests.support.platform import Platform
from tests.support.products import shared_limits
from tests.support.stores import on_dynamodb

pytestmark = pytest.mark.xdist_group("resilience")

if TYPE_CHECKING:
    from insurance.operations.claims.ports import Claims
    from mypy_boto3_dynamodb import DynamoDBClient

CALLERS = 200
PATIENCE = 60
"""So often a caller repeats its call with the same key before it calls that no answer."""
LIMIT = 100_000
CALLER = PARTNER.replace(partner="harbour")
NOW = datetime(2027, 11, 20, 9, tzinfo=UTC)
SETTLE = "test POST /v1/claims/{claim_id}/settlement"
TRANSACTION_WRITES = 5
KINDS_OF_FAULT = 3


@dataclass
class Settlements:
    """What two hundred callers were told, and what it took."""

    claims: "Claims"
    told: Counter[str] = field(default_factory=Counter)

    def settle(self, claim_id: str) -> int:
        """What the caller's claim is paid, in minor units, once it has a final answer."""
        command = make_command(
            f"settle-{claim_id}", caller=CALLER, operation=SETTLE, now=NOW, render=answer
        )
        ports = ClaimPorts(
            Shelf(None, (shared_limits(),)),  # type: ignore[arg-type]  # no other is asked for
            self.claims,
            BundledScreening(),
        )
        for _ in range(PATIENCE):
            try:
                kept = settle_claim(claim_id, command, ports)
            except AlreadyAnswered as earlier:
                self.told["answered again"] += 1
                return paid(json.loads(earlier.answer.body))
            except (Unavailable, StaleRevision, LimitMoved) as busy:
                self.told[type(busy).__name__] += 1
            else:
                self.told["answered"] += 1
                return paid(json.loads(answer(kept).body))
        raise AssertionError(f"{claim_id} never had a final answer")


def answer(kept: Any) -> RecordedAnswer:
    return RecordedAnswer(ClaimView.of(kept, caller=CALLER).model_dump_json(exclude_none=True))


def paid(claim: dict[str, Any]) -> int:
    return sum(payment["amount"]["amount"] for payment in claim["payments"])


@pytest.fixture
def failing(faults: Faults) -> Faults:
    """An engine that loses replies, meets conflicts and throttles."""
    faults.inject(
        {"operation": "TransactWriteItems", "probability": 0.05, "response": {"abort_bytes": 1}},
        cancelled("TransactionConflict", writes=TRANSACTION_WRITES, share=0.30),
        throttled(share=0.10),
    )
    return faults


@pytest.mark.parametrize("smallest", [200, 900], ids=["sum under the limit", "sum above the limit"])
def test_what_is_approved_is_exactly_the_limit_or_the_sum(
    smallest: int, platform: Platform, dynamodb: "DynamoDBClient", failing: Faults
):
    amounts = [smallest + 7 * (place % 13) for place in range(CALLERS)]
    claim_ids, tables = noticed(platform, amounts), platform.tables
    impatient = quick_client(failing.url, connect_timeout=5, read_timeout=20)
    settlements = Settlements(on_dynamodb(impatient, tables).claims)

    with ThreadPoolExecutor(CALLERS) as callers:
        figures = list(callers.map(settlements.settle, claim_ids))

    injected = Counter(fault["action"].split(",")[0] for fault in failing.fired())
    print(f"{smallest}: {dict(settlements.told)}, {dict(injected)}")  # noqa: T201 - measured
    assert len(injected) == KINDS_OF_FAULT
    stored = [platform.get(f"/v1/claims/{claim_id}") for claim_id in claim_ids]
    assert sum(figures) == min(LIMIT, sum(amounts))
    assert [paid(claim) for claim in stored] == figures
    assert {claim["status"] for claim in stored} <= {"settling", "closed"}
    assert taken(dynamodb, tables) == min(LIMIT, sum(amounts))


def noticed(platform: Platform, amounts: list[int]) -> list[str]:
    """One claim a day, so that none is taken for another told twice."""
    platform.offering(shared_limits())
    policy, platform.now = issued(platform, "shared_limits", {}), NOW
    first = datetime(2026, 12, 2, 8, tzinfo=UTC)
    return [
        platform.post(
            "/v1/claims",
            loss(
                policy,
                "breakdown",
                {"amount": amount, "currency": "GBP"},
                occurred_at=(first + timedelta(days=place)).isoformat(),
            ),
        )["id"]
        for place, amount in enumerate(amounts)
    ]


def taken(dynamodb: "DynamoDBClient", tables: dict[str, str]) -> int:
    """What the limit's own item says."""
    items = dynamodb.scan(TableName=tables["claims"])["Items"]
    [used] = [item["used_term_limit"]["N"] for item in items if "used_term_limit" in item]
    return int(used)
