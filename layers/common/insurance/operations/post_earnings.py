"""Post earned premium: what a policy has earned by the end of a month, once for each month."""

from datetime import datetime

from insurance.domain.books.calendar import AccountingPeriod, end_of
from insurance.domain.books.earnings import EarnedPremium
from insurance.domain.errors import WrongState
from insurance.domain.event import Event, Head, NothingToSeal
from insurance.domain.money import Money
from insurance.domain.policy.conditions import Conditions
from insurance.operations.ports import Earnings, Products

ACTOR = "clockwork"


def post_earnings(
    policy_id: str,
    period: AccountingPeriod,
    *,
    products: Products,
    earnings: Earnings,
    now: datetime,
) -> Money | None:
    """Post what is not posted yet; None when the month, or a later one, was posted before.

    Safe to repeat, and to miss: the next month catches up. Raises StaleRevision when another run
    posts the same policy at the same time.
    """
    if now < end_of(period):
        raise WrongState(f"Period {period}", "not over", "be posted")
    file = earnings.load(policy_id)
    policy = file.policy.record
    was = file.earned.record if file.earned else EarnedPremium.at_issue(policy)
    if period <= was.through:
        return None
    product = products.version(policy.product)
    posted = was.posted(policy, Conditions.of(product), period)
    event = Event.following(
        file.earned.head if file.earned else Head(),
        posted,
        NothingToSeal(),
        stream=posted.id,
        type="premium.earned",
        actor=ACTOR,
        now=now,
        effective_at=posted.effective_at,
        postings=posted.postings(was),
    )
    earnings.store(event, file=file)
    return posted.earned - was.earned
