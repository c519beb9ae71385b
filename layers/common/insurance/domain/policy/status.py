"""The status of a policy, and its flags: they change with time alone."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import AwareDatetime

from insurance.domain.core.period import Period
from insurance.domain.core.value import Value


class PolicyStatus(StrEnum):
    """How far the life of a policy has come at an instant."""

    PENDING = "pending"
    """Issued; the term has not begun."""
    ON_RISK = "on_risk"
    """Within its term, and in cover."""
    CANCELLED = "cancelled"
    """Ended before its term was over."""
    LAPSED = "lapsed"
    """Cancelled by the insurer because what was due was not paid."""
    EXPIRED = "expired"
    """Its term is over."""


class PolicyFlag(StrEnum):
    """What else holds of a policy that is pending or on risk; several may at once."""

    CANCEL_PENDING = "cancel_pending"
    """A cancellation is announced, or takes effect later."""
    DELINQUENT = "delinquent"
    """In arrears beyond the days of grace, and given notice of it."""
    DO_NOT_RENEW = "do_not_renew"
    """Another term is not wanted."""


class PolicyState(NamedTuple):
    """The status of a policy and its flags, at an instant."""

    status: PolicyStatus
    flags: tuple[PolicyFlag, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The status, then the flags."""
        return (self.status, *self.flags)


class StatusFacts(Value):
    """All that a policy's status and flags follow from: a list keeps this and no more of the policy."""

    period: Period
    covered: tuple[Period, ...]
    """When the risk is insured."""
    cancelled_at: AwareDatetime | None = None
    lapsed: bool = False
    """Whether the cancellation is a lapse."""
    cancellation_announced: bool = False
    delinquent: bool = False
    do_not_renew: bool = False

    def state_at(self, now: datetime) -> PolicyState:
        """The status and the flags at an instant."""
        if now < self.period.start:
            return PolicyState(PolicyStatus.PENDING, self._flags(now))
        if any(now in period for period in self.covered):
            return PolicyState(PolicyStatus.ON_RISK, self._flags(now))
        if self.lapsed:
            return PolicyState(PolicyStatus.LAPSED)
        if now < self.period.end or self.cancelled_at is not None:
            return PolicyState(PolicyStatus.CANCELLED)
        return PolicyState(PolicyStatus.EXPIRED)

    def _flags(self, now: datetime) -> tuple[PolicyFlag, ...]:
        ends = self.cancelled_at is not None and now < self.cancelled_at
        facts = {
            PolicyFlag.CANCEL_PENDING: ends or self.cancellation_announced,
            PolicyFlag.DELINQUENT: self.delinquent,
            PolicyFlag.DO_NOT_RENEW: self.do_not_renew,
        }
        return tuple(flag for flag, holds in facts.items() if holds)
