"""Usage plans: what a caller may do in a second and in a month, and who is asked first."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.aws.gateway.plans import (
    ApiKey,
    Bucket,
    Plan,
    Plans,
    Quota,
    Throttle,
    Usage,
    plan_of,
    stage_throttles,
)
from local.aws.services.api_keys import ApiKeys
from local.aws.services.store import open_store

KEY = ApiKey(id="k", value="secret", plan="bronze")


class Clock:
    def __init__(self) -> None:
        self.seconds = 0.0
        self.date = datetime(2026, 11, 30, 12, tzinfo=UTC)

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def usage(tmp_path: Path) -> Iterator[Usage]:
    with closing(Usage(tmp_path / "gateway.sqlite")) as opened:
        yield opened


def make_plans(usage: Usage, clock: Clock, plan: Plan, stage: dict[str, Throttle]) -> Plans:
    return Plans([plan], stage, usage, clock=clock, now=lambda: clock.date)


def test_a_bucket_lets_a_burst_through_and_then_its_rate(clock: Clock) -> None:
    bucket = Bucket(Throttle(rate=2, burst=3), clock)

    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.seconds = 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    clock.seconds = 100
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_a_methods_own_throttle_is_asked_beside_the_plans(usage: Usage, clock: Clock) -> None:
    plan = plan_of(
        "bronze",
        {
            "Throttle": {"RateLimit": 100, "BurstLimit": 100},
            "ApiStages": [{"Throttle": {"/v1/policies/POST": {"RateLimit": 1, "BurstLimit": 1}}}],
        },
    )
    plans = make_plans(usage, clock, plan, {})

    posts = [plans.admit(KEY, path="/v1/policies", method="POST") for _ in range(2)]
    gets = [plans.admit(KEY, path="/v1/policies", method="GET") for _ in range(2)]

    assert (posts, gets) == ([None, "THROTTLED"], [None, None])


def test_the_stages_throttle_holds_for_callers_without_a_plan(usage: Usage, clock: Clock) -> None:
    stage = stage_throttles(
        [
            {
                "ResourcePath": "/*",
                "HttpMethod": "*",
                "ThrottlingRateLimit": 1,
                "ThrottlingBurstLimit": 1,
            }
        ]
    )
    plans = make_plans(usage, clock, Plan("bronze", None, None), stage)

    assert plans.admit(None, path="/v1/staff", method="POST") is None
    assert plans.admit(None, path="/v1/staff", method="POST") == "THROTTLED"


def test_one_keys_haste_is_not_anothers(usage: Usage, clock: Clock) -> None:
    plans = make_plans(usage, clock, Plan("bronze", Throttle(1, 1), None), {})
    other = ApiKey(id="other", value="x", plan="bronze")

    assert plans.admit(KEY, path="/", method="GET") is None
    assert plans.admit(KEY, path="/", method="GET") == "THROTTLED"
    assert plans.admit(other, path="/", method="GET") is None


def test_a_quota_is_counted_on_disk_and_ends_with_its_period(tmp_path: Path, clock: Clock) -> None:
    plan = Plan("bronze", None, Quota(limit=2, period="MONTH"))
    outcomes = []
    for _ in range(3):
        with closing(Usage(tmp_path / "kept.sqlite")) as usage:
            plans = make_plans(usage, clock, plan, {})
            outcomes.append(plans.admit(KEY, path="/", method="GET"))
    with closing(Usage(tmp_path / "kept.sqlite")) as usage:
        clock.date = datetime(2026, 12, 1, tzinfo=UTC)
        outcomes.append(make_plans(usage, clock, plan, {}).admit(KEY, path="/", method="GET"))

    assert outcomes == [None, None, "QUOTA_EXCEEDED", None]


@pytest.mark.parametrize(
    ("period", "begins"),
    [("DAY", (2026, 12, 2)), ("WEEK", (2026, 11, 29)), ("MONTH", (2026, 12, 1))],
)
def test_when_a_period_began(period: str, begins: tuple[int, int, int]) -> None:
    wednesday = datetime(2026, 12, 2, 15, tzinfo=UTC)

    assert Quota(1, period).starts_at(wednesday) == datetime(*begins, tzinfo=UTC)


def test_keys_are_found_by_value_after_a_restart(tmp_path: Path) -> None:
    value = "x" * 20
    with closing(open_store(tmp_path / "services.sqlite")) as store:
        keys = ApiKeys(store, {"p": "bronze"})
        made = keys.create_api_key({"name": "n", "value": value, "enabled": True})
        keys.create_usage_plan_key({"usagePlanId": "p", "keyId": made["id"]})
    with closing(open_store(tmp_path / "services.sqlite")) as store:
        keys = ApiKeys(store, {"p": "bronze"})
        assert keys.find(value) == ApiKey(id=made["id"], value=value, plan="p")
        assert keys.find("n") is None
