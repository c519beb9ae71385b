"""Random lives: whatever is done to a policy, in whatever order, its figures and its story agree.

LIVES=500 plays as many as the issue asks for (`make long`); by default fewer, for everyday runs.
"""

import os
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from insurance.domain.books import keep_books
from insurance.domain.books.sources import source_of
from insurance.domain.errors import (
    NoticeNotServed,
    OutsideTerm,
    TermsNotOffered,
    TooManyChanges,
    WrongState,
)
from insurance.domain.event import first_broken_link
from insurance.domain.jurisdiction import Channel
from insurance.domain.ledger import Account
from insurance.domain.money import Money
from insurance.domain.policy import Initiator, Policy, TransactionKind
from insurance.domain.proration import earned

from tests.policy_life.almanac import Almanac
from tests.policy_life.house import UNDERWRITER, House
from tests.policy_life.plain import plain_product, price

START, DAYS = date(2023, 7, 15), 366
REFUSALS = (WrongState, OutsideTerm, TermsNotOffered, TooManyChanges, NoticeNotServed)
TAX = {"code": "tax", "kind": "tax", "name": "Tax", "rate": "0.12", "on": ["net"]}
FEE = {"code": "fee", "kind": "fee", "name": "Policy fee", "amount": 25}
DEPOSIT = {"code": "deposit", "kind": "fee", "name": "Deposit", "amount": 10, "refund": "full"}
RULES = [
    {"by": "policyholder", "method": "short_rate", "retained": "0.10", "fee": 15},
    {"by": "insurer", "method": "pro_rata", "minimum_earned": "0.05"},
]
days = st.integers(0, DAYS - 1)


class Life(RuleBasedStateMachine):
    """One policy, and everything that can happen to it."""

    @initialize(
        day_count=st.sampled_from(["actual", "months", "30E/360", "milliseconds"]),
        dollars=st.integers(0, 5000),
        commission=st.booleans(),
        plan=st.sampled_from([None, "monthly"]),
        jurisdiction=st.sampled_from([None, "US-NY"]),
        grace=st.sampled_from([0, 10]),
    )
    def sell(self, *, day_count, dollars, commission, plan, jurisdiction, grace):
        rating = {"steps": [{"step": "base", "base": "price"}], "charges": [TAX, FEE, DEPOSIT]}
        if commission:
            rating["commission"] = "0.15"
        self.house = House(
            plain_product(
                day_count=day_count,
                rating=rating,
                life={
                    "cancellation": RULES,
                    "cooling_off_days": 14,
                    "grace_days": grace,
                    "notice": {"jurisdiction": jurisdiction} if jurisdiction else {},
                    "instalments": [{"code": "monthly", "count": 12, "charge_rate": "0.05"}],
                },
            ),
            now=datetime(2023, 7, 1, 9, tzinfo=UTC),
        )
        self.almanac = Almanac(self.house)
        self.almanac.issue(plan, start=START, all_answers=price(dollars))
        self.conditions = self.house.conditions
        self.balances: Counter[Account] = Counter()
        self.counted = 0
        self.answered: list[tuple[datetime, Policy]] = [(self.house.now, self.house.policy)]

    @rule(days=st.integers(0, 60), hours=st.integers(0, 23))
    def time_passes(self, days, hours):
        """By schedule what falls due is done before anybody does anything else."""
        self.house.now += timedelta(days=days, hours=hours)
        self.the_clockwork_runs()

    @rule(day=days, dollars=st.integers(0, 5000))
    def endorse(self, day, dollars):
        self.play(lambda: self.house.endorse(START + timedelta(days=day), **price(dollars)))

    @rule(day=days, insurer=st.booleans())
    def cancel(self, day, insurer):
        by = "insurer" if insurer else "policyholder"
        self.play(lambda: self.house.cancel(START + timedelta(days=day), by))

    @rule()
    def the_clockwork_runs(self):
        before = self.house.policy
        assert self.almanac.turn_to(self.house.now).failed == 0
        # What was done last is followed, never met, at the same instant.
        last = self.house.memory.events[self.house.policy_id][-1].processed_at
        self.house.now = max(self.house.now, last)
        if self.house.policy != before:
            self.answered.append((self.house.now, self.house.policy))

    @rule(part=st.sampled_from([Fraction(1, 3), Fraction(1), Fraction(2)]))
    def pay(self, part):
        """A part of what is late, all of it, or more."""
        late = self.almanac.billed().statement.overdue
        amount = late.times(Decimal(part.numerator) / part.denominator)
        if amount:
            self.almanac.take(amount)

    @rule(at=st.none() | days)
    def announce(self, at):
        on = START + timedelta(days=at) if at is not None else None
        self.move_notice(lambda: self.house.announce(on=on))

    @precondition(lambda self: any(not each.dispatch for each in self.open_notices()))
    @rule()
    def prove_dispatch(self):
        number = next(each.number for each in self.open_notices() if not each.dispatch)
        self.move_notice(lambda: self.house.prove_dispatch(channel=Channel.POST, number=number))

    def open_notices(self):
        return [each for each in self.house.policy.notices if each.open]

    def move_notice(self, step):
        try:
            step()
        except (WrongState, TooManyChanges):
            return
        self.answered.append((self.house.now, self.house.policy))

    @precondition(lambda self: self.house.policy.cancelled_by())
    @rule(day=days, gap=st.booleans())
    def reinstate(self, day, gap):
        on = START + timedelta(days=day) if gap else None
        self.play(lambda: self.house.reinstate(on, gap=gap, no_known_loss=not gap))

    @precondition(lambda self: self.house.policy.transactions)
    @rule(place=st.integers(0, 30))
    def reverse(self, place):
        transactions = self.house.policy.transactions
        number = transactions[place % len(transactions)].number
        self.play(
            lambda: self.house.change(
                "reversal", reason="a_mistake", number=number, caller=UNDERWRITER
            )
        )

    def play(self, step):
        before = self.house.policy
        try:
            serviced = step().serviced
        except REFUSALS:
            assert self.house.policy == before
            return
        assert serviced.difference == self.house.policy.charged - before.charged
        self.answered.append((self.house.now, self.house.policy))

    @invariant()
    def nothing_is_given_back_that_was_not_charged(self):
        policy = self.house.policy
        assert policy.charged.amount >= 0
        assert policy.written.amount >= 0

    @invariant()
    def the_insurer_ends_nothing_before_its_notice_is_over(self):
        if self.conditions.jurisdiction is None:
            return
        sent = [
            each.dispatch.dispatched_at
            for each in self.house.policy.notices
            if each.dispatch and each.ended == "carried_out"
        ]
        for each in self.house.policy.transactions:
            ends = each.kind is TransactionKind.CANCELLATION and each.by is Initiator.INSURER
            if ends and each.reapplies is None:
                # Fifteen whole days and more in New York; one of them may have 23 hours.
                assert any(each.effective_at - at > timedelta(days=15, hours=-1) for at in sent)

    @invariant()
    def nobody_owes_what_was_paid(self):
        billed = self.almanac.billed()
        statement, received = billed.statement, billed.account.received
        open_amounts = sum(each.open.amount for each in statement.invoices)
        assert open_amounts - statement.credit.amount == statement.owed.amount - received.amount

    @invariant()
    def the_postings_say_what_the_policy_says(self):
        balances, events = self.balances, self.house.memory.events[self.house.policy_id]
        for event in events[self.counted :]:
            self.counted += 1
            for posting in event.postings:
                balances[posting.debit] += posting.amount.amount
                balances[posting.credit] -= posting.amount.amount
        policy = self.house.policy
        commission = policy.commission or Money.zero(policy.premium.net.currency)
        assert balances[Account.PREMIUM_RECEIVABLE] == policy.charged.amount
        assert balances[Account.WRITTEN_PREMIUM] == -policy.written.amount
        assert balances[Account.UNEARNED_PREMIUM] == -policy.written.amount
        assert balances[Account.COMMISSION_EXPENSE] == commission.amount
        assert balances.total() == 0
        source = source_of(events[-1], lambda _product: self.conditions)
        assert source is not None
        assert _nonzero(source.balances) == _nonzero(balances)
        assert not source.apart

    @invariant()
    def the_books_agree_with_what_knows_nothing_of_postings(self):
        events = self.house.memory.events[self.house.policy_id]
        books = keep_books(
            self.house.policy, None, events, at=self.house.now, conditions=self.conditions
        )
        assert [check for check in books.checks if not check.holds] == []

    @invariant()
    def what_is_written_is_earned_by_the_end_and_not_after(self):
        policy, conditions = self.house.policy, self.conditions
        at = [policy.period.start, policy.period.end, policy.period.end + timedelta(days=90)]
        start, end, later = (
            earned(policy.earnings(), moment, day_count=conditions.day_count, zone=conditions.zone)
            for moment in at
        )
        assert [start, end, later] == [0, policy.written.amount, policy.written.amount]

    @invariant()
    def segments_follow_each_other_within_the_term(self):
        policy = self.house.policy
        periods = [segment.period for segment in policy.segments()]
        assert all(period.start >= policy.period.start for period in periods)
        assert all(period.end <= policy.period.end for period in periods)
        assert all(first.end <= second.start for first, second in pairwise(periods))

    def teardown(self):
        house = self.house
        assert first_broken_link(house.memory.events[house.policy_id]) is None
        latest = dict(self.answered)
        for known_at, policy in latest.items():
            assert house.policies.as_known(house.policy_id, known_at).record == policy


def _nonzero(balances: Counter[Account]) -> dict[Account, int]:
    return {account: amount for account, amount in balances.items() if amount}


Life.TestCase.settings = settings(
    max_examples=int(os.environ.get("LIVES", "40")),
    stateful_step_count=50 if "LIVES" in os.environ else 20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLives = Life.TestCase
