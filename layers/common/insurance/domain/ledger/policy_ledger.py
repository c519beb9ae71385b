"""A policy's ledger: its balances, what is earned by a date, and whether everything agrees."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from insurance.domain.billing import BillingAccount
from insurance.domain.contract.proration import HALF_UP, Measure, earned
from insurance.domain.core.event import Event
from insurance.domain.core.identity import PolicyId
from insurance.domain.core.money import Currency, Money
from insurance.domain.core.posting import Account
from insurance.domain.policy import Policy
from insurance.domain.policy.charging import COOLING_OFF, NOTHING_BACK
from insurance.domain.policy.conditions import Conditions


class LedgerCheck(NamedTuple):
    """One figure, by the postings and by a source that does not read them."""

    code: str
    posted: Money
    source: Money
    within: int
    """The difference that rounding may leave, in minor units."""

    @property
    def holds(self) -> bool:
        return abs(self.posted.amount - self.source.amount) <= self.within


class PolicyLedger(NamedTuple):
    """A policy's ledger as at an instant."""

    policy_id: PolicyId
    as_at: datetime
    """The instant that `earned` and `unearned` are worked out for."""
    balances: Mapping[Account, Money]
    """Debits less credits."""
    earned: Money
    unearned: Money
    checks: tuple[LedgerCheck, ...]

    @property
    def healthy(self) -> bool:
        return all(check.holds for check in self.checks)


def build_policy_ledger(
    policy: Policy,
    account: BillingAccount | None,
    events: Sequence[Event],
    *,
    at: datetime,
    conditions: Conditions,
) -> PolicyLedger:
    """Build the ledger from the events of the policy, its account and its earned premium.

    Earned premium is worked out for the instant `at`, whether it was posted yet or not.
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
    return PolicyLedger(
        policy_id=policy.id,
        as_at=at,
        balances=balances,
        earned=earned_money,
        unearned=written - earned_money,
        checks=(
            LedgerCheck("zero_sum", Money(amount=total, currency=currency), zero, 0),
            LedgerCheck(
                "written_is_earned_and_unearned", written, unearned + _posted_as_earned(balances), 0
            ),
            LedgerCheck(
                "written_is_what_the_segments_say",
                written,
                written_by_segments(policy, conditions),
                rounding_of(policy, conditions),
            ),
            LedgerCheck(
                "receivable_is_what_is_owed_less_what_was_paid",
                posted(Account.PREMIUM_RECEIVABLE),
                policy.charged + fees - received,
                0,
            ),
            LedgerCheck(
                "cash_is_what_came_in",
                posted(Account.CASH),
                account.cash if account else zero,
                0,
            ),
            LedgerCheck(
                "premium_set_off_is_what_claims_paid_in",
                posted(Account.PREMIUM_SET_OFF),
                account.set_off if account else zero,
                0,
            ),
            LedgerCheck(
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


def _posted_as_earned(balances: Mapping[Account, Money]) -> Money:
    """Return what was posted as earned."""
    currency = next(iter(balances.values())).currency
    return -balances.get(Account.EARNED_PREMIUM, Money.zero(currency))


def rounding_of(policy: Policy, conditions: Conditions) -> int:
    """Return by how much the written premium may differ from the segments, in minor units: one
    rounding unit of the product for each transaction."""
    return (len(policy.transactions) + 1) * conditions.rounding.unit


def written_by_segments(policy: Policy, conditions: Conditions) -> Money:
    """Work out the net premium from the segments alone: what was in force, how long and at which
    price, and what reinstated limits cost."""
    measure = Measure(policy.period, conditions.day_count, conditions.zone)
    void_until, parts, void_number = policy.period.start, Fraction(0), 0
    returned_from = {transaction.follows for transaction in policy.standing()}
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
