"""Post earned premium: what a policy has earned by the end of a month, once for each month."""

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
from insurance.domain.ledger.event_types import LedgerEventType
from insurance.domain.policy.conditions import Conditions
from insurance.operations.ledger.ports import EarningsContext, EarningsPorts


def post_earned_premium(policy_id: str, now: datetime, ports: EarningsPorts) -> datetime | None:
    """Post a policy's earned premium up to the last month that is over.

    Returns the end of the next month, or None when nothing is left to earn. It is safe to repeat,
    and a month that was missed is caught up by the next. A later change of the policy schedules
    another run.

    Raises:
        StaleRevision: Another run is posting for the same policy.
    """
    try:
        context = ports.earnings.load(policy_id)
    except PolicyNotFound:
        return None
    policy = context.policy.record
    period = period_after(period_of(now), -1)
    posted = post_month(context, period, now, ports)
    is_all_earned = posted.earned == policy.written
    has_ended = policy.cancelled_by() is not None or end_of(period) >= policy.period.end
    return None if is_all_earned and has_ended else end_of(period_after(period))


def post_month(
    context: EarningsContext, period: AccountingPeriod, now: datetime, ports: EarningsPorts
) -> EarnedPremium:
    """Post what is earned by the end of a month, unless that month or a later one was posted.

    Returns what is posted then.

    Raises:
        StaleRevision: Another run is posting for the same policy.
    """
    policy = context.policy.record
    before = context.earned.record if context.earned else EarnedPremium.at_issue(policy)
    conditions = Conditions.of(ports.products.version(policy.product))
    posted = before.posted(policy, conditions, period)
    if period <= before.through or posted.earned == before.earned:
        return before
    event = Event.following(
        context.earned.head if context.earned else StreamPosition(),
        posted,
        NothingToSeal(),
        stream=posted.id,
        type=LedgerEventType.PREMIUM_EARNED,
        actor=SYSTEM_ACTOR,
        now=now,
        effective_at=posted.effective_at,
        postings=posted.postings(before),
    )
    ports.earnings.store(event, context=context)
    return posted
