"""Earned premium: how much of a policy's premium was posted as earned, month by month."""

from datetime import datetime, timedelta
from typing import Self

from insurance.domain.contract.proration import HALF_UP, earned
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.identity import EarningsId, PolicyId, earnings_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, Posting, post
from insurance.domain.ledger.calendar import (
    AccountingPeriod,
    end_of,
    period_after,
    period_of,
)
from insurance.domain.policy import Policy
from insurance.domain.policy.conditions import Conditions


class EarnedPremium(Record):
    """The earned premium of a policy that is posted so far: through the end of a month."""

    id: Internal[EarningsId]
    policy_id: Internal[PolicyId]
    partner: Internal[str]
    through: Internal[AccountingPeriod]
    earned: Internal[Money]

    @classmethod
    def at_issue(cls, policy: Policy) -> Self:
        """Nothing is posted yet: it is posted through the month before the policy began."""
        return cls(
            id=earnings_id_for(policy.id),
            policy_id=policy.id,
            partner=policy.partner,
            through=period_after(period_of(policy.period.start), -1),
            earned=Money.zero(policy.premium.net.currency),
        )

    def posted(self, policy: Policy, conditions: Conditions, period: AccountingPeriod) -> Self:
        """Post everything that is earned by the end of the month, also what was missed before."""
        by_then = earned(
            policy.earnings(), end_of(period), day_count=conditions.day_count, zone=conditions.zone
        )
        money = Money(amount=HALF_UP.rounded(by_then), currency=self.earned.currency)
        return self.replace(through=period, earned=money)

    def postings(self, before: Self) -> tuple[Posting, ...]:
        return post(Account.UNEARNED_PREMIUM, Account.EARNED_PREMIUM, self.earned - before.earned)

    @property
    def effective_at(self) -> datetime:
        """The last instant of the month: its tax point."""
        return end_of(self.through) - timedelta(microseconds=1)
