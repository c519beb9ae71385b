"""Statuses of a policy: several may hold at once, and they change with time alone."""

from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from insurance.domain.core.period import Period
from insurance.domain.core.value import Value


class PolicyStatus(StrEnum):
    """Facts about a policy at an instant; several may hold at once."""

    PENDING = "pending"
    """Issued; the term has not begun."""
    ON_RISK = "on_risk"
    """Within its term, and in cover."""
    CANCEL_PENDING = "cancel_pending"
    """A cancellation is announced, or takes effect later."""
    CANCELLED = "cancelled"
    """Ended before its term was over."""
    LAPSED = "lapsed"
    """Cancelled by the insurer because what was due was not paid."""
    EXPIRED = "expired"
    """Its term is over."""
    DELINQUENT = "delinquent"
    """In arrears beyond the days of grace, and given notice of it."""
    DO_NOT_RENEW = "do_not_renew"
    """Another term is not wanted."""


class StatusFacts(Value):
    """All that a policy's statuses follow from: a list keeps this and no more of the policy."""

    period: Period
    covered: tuple[Period, ...]
    """When the risk is insured."""
    cancelled_at: AwareDatetime | None = None
    lapsed: bool = False
    """Whether the cancellation is a lapse."""
    cancellation_announced: bool = False
    delinquent: bool = False
    do_not_renew: bool = False

    def status_at(self, now: datetime) -> tuple[PolicyStatus, ...]:
        """The statuses at an instant."""
        if now < self.period.start:
            return (PolicyStatus.PENDING, *self._further_statuses(now))
        if any(now in period for period in self.covered):
            return (PolicyStatus.ON_RISK, *self._further_statuses(now))
        if self.lapsed:
            return (PolicyStatus.LAPSED,)
        if now < self.period.end or self.cancelled_at is not None:
            return (PolicyStatus.CANCELLED,)
        return (PolicyStatus.EXPIRED,)

    def _further_statuses(self, now: datetime) -> tuple[PolicyStatus, ...]:
        """Statuses that a policy may have beside pending or on risk."""
        ends = self.cancelled_at is not None and now < self.cancelled_at
        facts = {
            PolicyStatus.CANCEL_PENDING: ends or self.cancellation_announced,
            PolicyStatus.DELINQUENT: self.delinquent,
            PolicyStatus.DO_NOT_RENEW: self.do_not_renew,
        }
        return tuple(status for status, holds in facts.items() if holds)
