"""Contractual quotas at the edge: each call of a partner's application counts, once it is known who sends it.

It counts whatever it is answered: also a refusal, a fault, a repetition. What the gateway refuses does not reach
us, and counts nothing; nor does a call beyond the quota. A month is one of UTC, by our own clock: that of test
mode moves no month. Staff are counted by nobody, and so are policyholders: what their partner has used up must not
keep them from reporting a loss.

A quota is a matter of contract, not of safety. Where calls cannot be counted now they are let through, and a metric
says how many.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from insurance import telemetry
from insurance.api.rate_limits import LIMIT, POLICY
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import QuotaExceeded
from insurance.domain.partner.plans import PLANS
from insurance.domain.partner.quota import Month, Quota
from insurance.metrics import Metric
from insurance.operations.partners.count_calls import Counted, NotCounted, Quotas


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
        self._month: Month | None = None

    def count(self, caller: Caller, at: datetime) -> None:
        """Count the call, if its caller has a quota. If that is not possible, a metric says so.

        Raises:
            QuotaExceeded: The month's calls are used up.
        """
        if self._quota is None or self._quotas is None:
            return
        self._month = Month.of(at)
        try:
            self._counted = self._quotas().count(self._quota, at)
        except NotCounted as failure:
            telemetry.count(Metric.CALLS_NOT_COUNTED)
            telemetry.logger.warning("not counted", reason=failure.reason, of=caller.principal)
        except QuotaExceeded as refusal:
            self._counted = Counted(0, refusal.retry_after_seconds)
            raise

    def told(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The answer with what is left, and the month beside the rates of the plan."""
        headers = answer["multiValueHeaders"]
        if self._quota and self._month and POLICY in headers:
            month = f'"month";q={self._quota.limit};w={self._month.seconds}'
            headers[POLICY] = [f"{headers[POLICY][0]}, {month}"]
        if self._counted:
            headers[LIMIT] = [f'"month";r={self._counted.left};t={self._counted.resets_in}']
        return answer
