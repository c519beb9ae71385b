"""Limits and deductibles of a policy's whole life: what one term uses, every other one lacks."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from insurance.domain.core.errors import LimitMoved, Unavailable
from insurance.domain.product import InvalidProduct
from insurance.operations.claims.ports import ClaimPorts, Claims
from insurance.operations.claims.settle_claim import settle_claim
from insurance.operations.idempotency import RecordedAnswer
from insurance.screening import BundledScreening

from tests.support.builders import PARTNER, make_command
from tests.support.driving.http import Shelf
from tests.support.engine import client, make_tables, running_engine
from tests.support.platform import Platform, platform_on
from tests.support.sales import Json, on_sale, product, selling

LIFELONG = product(
    covers=[
        {
            "code": "main",
            "aggregates": [
                {"code": "lifetime", "kind": "limit", "amount": 1000, "per": "life"},
                {"code": "yearly", "kind": "limit", "amount": 600, "per": "term"},
            ],
            "claim": {"payout": [{"up_to_aggregate": "yearly"}, {"up_to_aggregate": "lifetime"}]},
        },
        {
            "code": "extra",
            "aggregates": [
                {"code": "own_share", "kind": "deductible", "amount": 300, "per": "life"}
            ],
            "claim": {"payout": [{"less_aggregate": "own_share"}]},
        },
    ]
)


def paid(claim: Json) -> int:
    return sum(int(payment["amount"]["amount"]) for payment in claim["payments"]) // 100


@pytest.fixture(params=["memory", "engine"])
def platform(request: pytest.FixtureRequest) -> Iterator[Platform]:
    """The handlers, on stores in memory and on a real engine."""
    if request.param == "memory":
        with selling(LIFELONG) as platform:
            yield platform
        return
    with running_engine() as url:
        dynamodb = client(url)
        with platform_on(dynamodb, make_tables(dynamodb)) as platform:
            yield on_sale(platform, LIFELONG)


def test_what_one_term_takes_of_a_life_the_next_ones_lack(platform):
    first = platform.sell()
    assert paid(platform.claim(first, "500", "2026-12-10")) == 500
    second = platform.renewed(first, "2027-11-20")
    third = platform.renewed(second, "2028-11-20")

    assert paid(platform.claim(third, "700", "2029-01-10")) == 500  # of the year there were 600
    assert paid(platform.claim(third, "700", "2029-02-10")) == 0


def test_a_claim_told_of_late_takes_of_the_same_limit(platform):
    first = platform.sell()
    second = platform.renewed(first, "2027-11-20")
    platform.claim(second, "600", "2027-12-10")

    late = platform.claim(first, "600", "2027-11-10")

    assert paid(late) == 400
    checked = platform.post(
        "/v1/coverage-checks",
        {
            "policy_id": second,
            "cover": "main",
            "occurred_at": "2027-12-10T08:00:00Z",
            "claimed": {"amount": 100, "currency": "GBP"},
        },
    )
    assert checked["steps"][1]["figure"] == "0.00 GBP left of 1000.00 GBP"


def test_a_deductible_of_a_life_is_borne_once(platform):
    first = platform.sell()
    assert paid(platform.claim(first, "200", "2026-12-10", "extra")) == 0
    second = platform.renewed(first, "2027-11-20")

    assert paid(platform.claim(second, "200", "2027-12-10", "extra")) == 100
    assert paid(platform.claim(second, "200", "2028-01-10", "extra")) == 200


def test_a_limit_that_is_charged_for_standing_again_is_one_of_a_term():
    row = {
        "code": "a",
        "kind": "limit",
        "amount": 10,
        "per": "life",
        "reinstatements": {"count": 1, "premium_rate": 1},
    }
    with pytest.raises(InvalidProduct, match="aggregates/0/per"):
        product(covers=[{"code": "main", "aggregates": [row]}])


def test_terms_that_take_of_a_life_at_once_never_take_more_than_it_has():
    with running_engine() as url:
        dynamodb = client(url)
        with platform_on(dynamodb, make_tables(dynamodb)) as platform:
            on_sale(platform, LIFELONG)
            first = platform.sell()
            second = platform.renewed(first, "2027-11-20")
            platform.noon_of("2028-03-01")
            losses = [
                platform.loss(policy, "100", f"{month}-{day:02d}")
                for policy, month in ((first, "2027-08"), (second, "2027-12"))
                for day in range(2, 22, 2)
            ]
            claims = [platform.post("/v1/claims", loss)["id"] for loss in losses]
            store = platform.parts.stores.claims

            with ThreadPoolExecutor(8) as callers:
                paid_to = list(callers.map(lambda each: settled(each, store), claims))

    assert sum(paid_to) == 100_000
    assert max(sum(paid_to[:10]), sum(paid_to[10:])) <= 60_000


def settled(claim_id: str, store: Claims) -> int:
    """What the claim is paid, asked for as often as it takes."""
    command = make_command(
        f"settle-{claim_id}",
        caller=PARTNER.replace(partner="harbour"),
        now=datetime(2028, 3, 1, tzinfo=UTC),
        render=lambda _: RecordedAnswer("{}"),
    )
    ports = ClaimPorts(
        Shelf(None, (LIFELONG,)),  # type: ignore[arg-type]  # no other is asked for
        store,
        BundledScreening(),
    )
    while True:
        try:
            claim = settle_claim(claim_id, command, ports).record
        except (LimitMoved, Unavailable):
            continue
        return sum(payment.amount.amount for payment in claim.payments)
