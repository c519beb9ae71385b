"""Post earned premium: what a policy has earned by the end of a month, once for each month."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.ledger.calendar import (
    AccountingPeriod,
    end_of,
    period_after,
    period_of,
)
from insurance.domain.ledger.earnings import EarnedPremium
from insurance.domain.policy.conditions import Conditions
from insurance.operations.ledger.ports import Earnings, EarningsContext
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class PremiumEarner:
    """The look at a policy at the end of a month."""

    products: Products
    earnings: Earnings

    def look(self, policy_id: str, now: datetime) -> datetime | None:
        """Post up to the last month that is over; then look at the end of the next, as long as
        something is left to earn.

        Safe to repeat, and to miss: the next month catches up. A change of the policy after its
        last look enters another.
        """
        try:
            file = self.earnings.load(policy_id)
        except PolicyNotFound:
            return None
        policy = file.policy.record
        period = period_after(period_of(now), -1)
        earned = self.post(file, period, now)
        whole = earned.earned == policy.written
        if whole and (policy.cancelled_by() is not None or end_of(period) >= policy.period.end):
            return None
        return end_of(period_after(period))

    def post(self, file: EarningsContext, period: AccountingPeriod, now: datetime) -> EarnedPremium:
        """What is posted then: with the month, unless it, or a later one, was posted before, or has
        earned nothing.

        Raises StaleRevision when another run posts the same policy at the same time.
        """
        policy = file.policy.record
        before = file.earned.record if file.earned else EarnedPremium.at_issue(policy)
        conditions = Conditions.of(self.products.version(policy.product))
        posted = before.posted(policy, conditions, period)
        if period <= before.through or posted.earned == before.earned:
            return before
        event = Event.following(
            file.earned.head if file.earned else StreamPosition(),
            posted,
            NothingToSeal(),
            stream=posted.id,
            type="premium.earned",
            actor=SYSTEM_ACTOR,
            now=now,
            effective_at=posted.effective_at,
            postings=posted.postings(before),
        )
        self.earnings.store(event, file=file)
        return posted
