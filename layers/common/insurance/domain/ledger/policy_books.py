"""A policy's books: its balances, what is earned by a date, and whether everything agrees."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from insurance.domain.billing import BillingAccount
from insurance.domain.contract.proration import HALF_UP, Measure, earned
from insurance.domain.core.event import Event
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.posting import Account
from insurance.domain.policy import Policy
from insurance.domain.policy.charging import COOLING_OFF, NOTHING_BACK
from insurance.domain.policy.conditions import Conditions


class Check(NamedTuple):
    """Two ways to one figure: the postings, and a source that knows nothing of them."""

    code: str
    posted: Money
    source: Money
    within: int
    """How far apart rounding may leave them, in minor units."""

    @property
    def holds(self) -> bool:
        return abs(self.posted.amount - self.source.amount) <= self.within


class PolicyBooks(NamedTuple):
    balances: Mapping[Account, Money]
    """Debits less credits."""
    earned: Money
    unearned: Money
    checks: tuple[Check, ...]

    @property
    def healthy(self) -> bool:
        return all(check.holds for check in self.checks)


def keep_books(
    policy: Policy,
    account: BillingAccount | None,
    events: Sequence[Event],
    *,
    at: datetime,
    conditions: Conditions,
) -> PolicyBooks:
    """The books as these events (the policy's and its account's) leave them.

    Earned premium is a function of the date: nothing has to be posted for it to be known.
    """
    currency = policy.premium.net.currency
    balances = _balances(events, currency)
    by_now = earned(policy.earnings(), at, day_count=conditions.day_count, zone=conditions.zone)
    earned_money = Money(amount=HALF_UP.rounded(by_now), currency=currency)
    zero = Money.zero(currency)

    def posted(name: Account) -> Money:
        return balances.get(name, zero)

    written, unearned = -posted(Account.WRITTEN_PREMIUM), -posted(Account.UNEARNED_PREMIUM)
    fees = account.charge - account.forgone if account else zero
    received = account.received if account else zero
    total = sum(balance.amount for balance in balances.values())
    return PolicyBooks(
        balances=balances,
        earned=earned_money,
        unearned=written - earned_money,
        checks=(
            Check("zero_sum", Money(amount=total, currency=currency), zero, 0),
            Check("written_is_earned_and_unearned", written, unearned + _released(balances), 0),
            Check(
                "written_is_what_the_segments_say",
                written,
                written_by_segments(policy, conditions),
                rounding_of(policy, conditions),
            ),
            Check(
                "receivable_is_what_is_owed_less_what_was_paid",
                posted(Account.PREMIUM_RECEIVABLE),
                policy.charged + fees - received,
                0,
            ),
            Check(
                "cash_is_what_came_in",
                posted(Account.CASH),
                _came_in(account, zero),
                0,
            ),
            Check(
                "kept_back_is_what_claims_paid_in",
                posted(Account.CLAIMS_KEPT_BACK),
                account.set_off if account else zero,
                0,
            ),
            Check(
                "commission_is_what_the_transactions_say",
                posted(Account.COMMISSION_EXPENSE),
                policy.commission or zero,
                0,
            ),
        ),
    )


def _balances(events: Sequence[Event], currency: Currency) -> dict[Account, Money]:
    sums: Counter[Account] = Counter()
    for event in events:
        for posting in event.postings:
            sums[posting.debit] += posting.amount.amount
            sums[posting.credit] -= posting.amount.amount
    return {
        account: Money(amount=sums[account], currency=currency)
        for account in Account
        if account in sums
    }


def _released(balances: Mapping[Account, Money]) -> Money:
    """What was posted as earned already."""
    currency = next(iter(balances.values())).currency
    return -balances.get(Account.EARNED_PREMIUM, Money.zero(currency))


def _came_in(account: BillingAccount | None, zero: Money) -> Money:
    return account.cash if account else zero


def rounding_of(policy: Policy, conditions: Conditions) -> int:
    """How far apart rounding may leave what was written and what the segments say: one unit of the
    product's for each step."""
    return (len(policy.transactions) + 1) * conditions.rounding.unit


def written_by_segments(policy: Policy, conditions: Conditions) -> Money:
    """The net premium from what was in force how long at which price, what limits cost that stand again, and
    nothing else."""
    measure = Measure(policy.period, conditions.day_count, conditions.zone)
    void_until, parts, void_number = policy.period.start, Fraction(0), 0
    returned_from = {each.follows for each in policy.standing()}
    for each in policy.ends():
        if each.computation.method == COOLING_OFF:
            void_until, void_number = each.effective_at, each.number
        elif each.computation.method == NOTHING_BACK and each.number not in returned_from:
            price = policy.at(each.effective_at).premium.net.amount
            parts += price * measure.remaining(each.effective_at).exact
    for segment in policy.segments():
        if segment.period.start >= void_until:
            parts += segment.terms.premium.net.amount * measure.share(segment.period).exact
    for each in policy.standing():
        if each.reinstates is not None and each.number > void_number:
            parts += each.computation.net.amount
    return Money(amount=HALF_UP.rounded(parts), currency=policy.premium.net.currency)
