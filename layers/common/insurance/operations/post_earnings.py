"""Post earned premium: what a policy has earned by the end of a month, once for each month."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.books.calendar import AccountingPeriod, end_of, period_after, period_of
from insurance.domain.books.earnings import EarnedPremium
from insurance.domain.errors import PolicyNotFound
from insurance.domain.event import Event, Head, NothingToSeal
from insurance.domain.policy.conditions import Conditions
from insurance.operations.by_clockwork import CLOCKWORK
from insurance.operations.ports import Earnings, EarningsFile, Products


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

    def post(self, file: EarningsFile, period: AccountingPeriod, now: datetime) -> EarnedPremium:
        """What is posted then: with the month, unless it, or a later one, was posted before, or has
        earned nothing.

        Raises StaleRevision when another run posts the same policy at the same time.
        """
        policy = file.policy.record
        was = file.earned.record if file.earned else EarnedPremium.at_issue(policy)
        conditions = Conditions.of(self.products.version(policy.product))
        posted = was.posted(policy, conditions, period)
        if period <= was.through or posted.earned == was.earned:
            return was
        event = Event.following(
            file.earned.head if file.earned else Head(),
            posted,
            NothingToSeal(),
            stream=posted.id,
            type="premium.earned",
            actor=CLOCKWORK,
            now=now,
            effective_at=posted.effective_at,
            postings=posted.postings(was),
        )
        self.earnings.store(event, file=file)
        return posted
