"""Usage plans: whose key it is, how fast it may call and how often.

Throttles are token buckets (rate a second, burst); quotas count calls in a day, week or month and
are kept on disk. AWS documents both as best effort; here, in one process, they are exact.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

type Json = dict[str, Any]


@dataclass(frozen=True)
class Throttle:
    """A rate a second and how many may come at once."""

    rate: float
    burst: int


@dataclass(frozen=True)
class Quota:
    """So many calls in a period."""

    limit: int
    period: str

    def starts_at(self, now: datetime) -> datetime:
        """When the running period began (UTC; weeks begin on Sunday, as AWS counts them)."""
        day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        match self.period:
            case "WEEK":
                return day - timedelta(days=(day.weekday() + 1) % 7)
            case "MONTH":
                return day.replace(day=1)
            case _:
                return day


@dataclass(frozen=True)
class Plan:
    """A usage plan; per-method throttles are keyed `/path/METHOD` as the template writes them."""

    name: str
    throttle: Throttle | None
    quota: Quota | None
    methods: Mapping[str, Throttle] = field(default_factory=dict)


def plan_of(name: str, properties: Json) -> Plan:
    """A plan from an AWS::ApiGateway::UsagePlan."""
    quota = properties.get("Quota")
    return Plan(
        name=name,
        throttle=_throttle(properties.get("Throttle")),
        quota=Quota(int(quota["Limit"]), quota["Period"]) if quota else None,
        methods={
            method: throttle
            for stage in properties.get("ApiStages", ())
            for method, declared in stage.get("Throttle", {}).items()
            if (throttle := _throttle(declared))
        },
    )


def stage_throttles(settings: Iterable[Json]) -> dict[str, Throttle]:
    """The stage's own throttles by `/path/METHOD`, from the API's MethodSettings."""
    return {
        f"{setting.get('ResourcePath', '/*')}/{setting.get('HttpMethod', '*')}": Throttle(
            float(setting["ThrottlingRateLimit"]), int(setting["ThrottlingBurstLimit"])
        )
        for setting in settings
        if "ThrottlingRateLimit" in setting and "ThrottlingBurstLimit" in setting
    }


def _throttle(declared: Json | None) -> Throttle | None:
    if not declared:
        return None
    return Throttle(float(declared["RateLimit"]), int(declared["BurstLimit"]))


class Bucket:
    """A token bucket: refilled continuously, never above its burst."""

    def __init__(self, throttle: Throttle, clock: Callable[[], float]) -> None:
        self._throttle = throttle
        self._clock = clock
        self._tokens = float(throttle.burst)
        self._filled_at = clock()

    def take(self) -> bool:
        """Take one token if there is one."""
        now = self._clock()
        refill = (now - self._filled_at) * self._throttle.rate
        self._tokens = min(float(self._throttle.burst), self._tokens + refill)
        self._filled_at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Usage:
    """Calls counted by key and period, kept on disk so that a restart forgives nobody."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode = WAL")
        # A crash of the machine may forget the last calls; a crash of the process does not.
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS usage (key TEXT, since TEXT, calls INTEGER,"
            " PRIMARY KEY (key, since)) WITHOUT ROWID"
        )

    def count(self, key: str, quota: Quota, now: datetime) -> bool:
        """Count one call unless the quota is used up."""
        since = quota.starts_at(now).isoformat()
        cursor = self._database.execute(
            "INSERT INTO usage VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET calls = calls + 1"
            " WHERE calls < ?",
            (key, since, quota.limit),
        )
        return cursor.rowcount == 1

    def close(self) -> None:
        self._database.close()


@dataclass(frozen=True)
class ApiKey:
    """A key's value is never shown; its id is what logs and events carry."""

    id: str
    value: str
    plan: str
    enabled: bool = True


class Plans:
    """Admits a call or names what stopped it, in the order API Gateway applies its limits."""

    def __init__(
        self,
        plans: Iterable[Plan],
        stage: Mapping[str, Throttle],
        usage: Usage,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._plans = {plan.name: plan for plan in plans}
        self._stage = stage
        self._usage = usage
        self._clock = clock
        self._now = now
        self._buckets: dict[tuple[str, ...], Bucket] = {}

    def knows(self, plan: str) -> bool:
        return plan in self._plans

    def admit(self, key: ApiKey | None, *, path: str, method: str) -> str | None:
        """None, THROTTLED or QUOTA_EXCEEDED."""
        target = f"{path}/{method}"
        plan = self._plans.get(key.plan) if key else None
        if plan is not None and key is not None:
            own = _most_specific(plan.methods, path, method)
            if own and not self._take(("method", key.id, target), own):
                return "THROTTLED"
            if plan.throttle and not self._take(("plan", key.id), plan.throttle):
                return "THROTTLED"
        stage = _most_specific(self._stage, path, method)
        if stage and not self._take(("stage", target), stage):
            return "THROTTLED"
        if plan is not None and key is not None and plan.quota is not None:
            counted = self._usage.count(key.id, plan.quota, self._now())
            return None if counted else "QUOTA_EXCEEDED"
        return None

    def _take(self, name: tuple[str, ...], throttle: Throttle) -> bool:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = Bucket(throttle, self._clock)
        return bucket.take()


def _most_specific(throttles: Mapping[str, Throttle], path: str, method: str) -> Throttle | None:
    for target in (f"{path}/{method}", f"{path}/*", f"/*/{method}", "/*/*"):
        if target in throttles:
            return throttles[target]
    return None
