"""Contractual quotas at the edge: each call of a partner's application counts, once it is known who sends it.

It counts whatever it is answered: also a refusal, a fault, a repetition. What the gateway refuses does not reach
us, and counts nothing; nor does a call beyond the quota. A month is one of UTC, by our own clock: that of test
mode moves no month. Staff are counted by nobody, and so are policyholders: what their partner has used up must not
keep them from reporting a loss.

A quota is a matter of contract, not of safety. Where calls cannot be counted now they are let through, and a metric
says how many.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from insurance import telemetry
from insurance.api.rate_limits import LIMIT, POLICY
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import QuotaExceeded, RateExceeded
from insurance.domain.partner.plans import PLANS
from insurance.domain.partner.quota import Quota, Span
from insurance.metrics import Metric
from insurance.operations.partners.count_calls import Counted, NotCounted, Quotas

if TYPE_CHECKING:
    from insurance.domain.control.decision import CompiledRule


def quota_of(event: Mapping[str, Any]) -> Quota | None:
    """The quota of who calls, as the authorizer has it; None: nobody counts these calls."""
    context = event["requestContext"].get("authorizer") or {}
    plan = PLANS.get(context.get("plan", ""))
    if plan is None or plan.per_month is None or context.get("kind") != CallerKind.APPLICATION:
        return None
    limit = int(context.get("per_month") or plan.per_month)
    return Quota(context["principal"], limit, plan.per_second, plan.burst)


class QuotaOfCall:
    """What one call has to do with its caller's quota."""

    def __init__(self, event: Mapping[str, Any], quotas: Callable[[], Quotas] | None) -> None:
        self._quota = quota_of(event) if quotas else None
        self._quotas = quotas
        self._counted: Counted | None = None
        self._month: Span | None = None
        self._rates: list[tuple[str, str]] = []
        """Of each rule that has a rate for the call: what it lets through, and what is left."""

    def count(self, caller: Caller, at: datetime) -> None:
        """Count the call, if its caller has a quota. If that is not possible, a metric says so.

        Raises:
            QuotaExceeded: The month's calls are used up.
        """
        if self._quota is None or self._quotas is None:
            return
        self._month = Span.month(at)
        try:
            self._counted = self._quotas().count(self._quota, at)
        except NotCounted as failure:
            _not_counted(failure, caller)
        except QuotaExceeded as refusal:
            self._counted = Counted(0, refusal.retry_after_seconds)
            raise

    def slow_down(self, by: CompiledRule, caller: Caller, at: datetime) -> None:
        """Count the call for a rule that has a rate for it. If that is not possible, a metric says so.

        Raises:
            RateExceeded: The calls of this minute, hour or day are used up.
        """
        rate = by.rule.rate
        if self._quotas is None or rate is None:
            return
        span = Span.of(at, rate.length)
        policy = f'"{by.id}";q={rate.calls};w={span.seconds}'
        of = Quota(f"{caller.application}#{by.id}", rate.calls, rate.calls, rate.calls, ())
        try:
            counted = self._quotas().count(of, at, span)
        except NotCounted as failure:
            _not_counted(failure, caller)
            return
        except QuotaExceeded as refusal:
            seconds = refusal.retry_after_seconds
            self._rates.append((policy, _left(by.id, Counted(0, seconds))))
            raise RateExceeded(by.policy, by.rule.code, by.rule.reason, seconds) from None
        self._rates.append((policy, _left(by.id, counted)))

    def told(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer with what is left, and the month beside the rates of the plan."""
        headers = answer["multiValueHeaders"]
        policies, left = list(headers.get(POLICY, ())), []
        if self._quota and self._month and policies:
            policies.append(f'"month";q={self._quota.limit};w={self._month.seconds}')
        if self._counted:
            left.append(_left("month", self._counted))
        policies += [policy for policy, _ in self._rates]
        left += [each for _, each in self._rates]
        headers |= {
            name: [", ".join(said)] for name, said in ((POLICY, policies), (LIMIT, left)) if said
        }
        return answer


def _left(name: str, counted: Counted) -> str:
    return f'"{name}";r={counted.left};t={counted.resets_in}'


def _not_counted(failure: NotCounted, caller: Caller) -> None:
    telemetry.count(Metric.CALLS_NOT_COUNTED)
    telemetry.logger.warning("not counted", reason=failure.reason, of=caller.principal)
