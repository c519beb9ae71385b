"""Random lives: whatever is done to a policy, in whatever order, its figures and its story agree.

LIVES=500 plays as many as the issue asks for (`make lives`); by default fewer, for everyday runs.
"""

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from insurance.domain.bank.outgoing_payment import COMMITTED
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.billing import Refund
from insurance.domain.contract.proration import Measure, earned
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    ArrearsOpen,
    NoticeNotServed,
    OutsideTerm,
    RefundTooLarge,
    TermsNotOffered,
    TooManyChanges,
    WrongState,
)
from insurance.domain.core.event import Event, first_broken_link
from insurance.domain.core.identity import billing_id_for, earnings_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.period import Period
from insurance.domain.core.posting import Account
from insurance.domain.jurisdiction.jurisdiction import DispatchChannel
from insurance.domain.ledger.calendar import end_of, period_of
from insurance.domain.ledger.policy_ledger import build_policy_ledger
from insurance.domain.ledger.sources import source_of
from insurance.domain.policy import Initiator, Policy, TransactionKind
from insurance.operations.billing.decide_refund import decide_refund, screen_refund
from insurance.operations.billing.ports import RefundPorts
from insurance.operations.billing.report_refund import report_refund
from insurance.operations.billing.request_refund import RefundInput, request_refund
from insurance.operations.billing.resolve_suspense import use_suspense
from insurance.operations.command import Command
from insurance.operations.parties.ports import Screening
from insurance.operations.policy.issue_policy import issue_policy
from insurance.operations.quoting.accept_quote import accept_quote

from tests.fakes.quoting import quoting_ports
from tests.support.billing import ADA, BANK, NOBODY, granted, person
from tests.support.plain import plain_product, price
from tests.support.platform import Platform
from tests.support.policy_life import PARTNER, UNDERWRITER
from tests.support.refunds import Everybody

START, DAYS = date(2023, 7, 15), 366
REFUSALS = (ArrearsOpen, WrongState, OutsideTerm, TermsNotOffered, TooManyChanges, NoticeNotServed)
TAX = {"code": "tax", "kind": "tax", "name": "Tax", "rate": "0.12", "on": ["net"]}
FEE = {"code": "fee", "kind": "fee", "name": "Policy fee", "amount": 25}
DEPOSIT = {"code": "deposit", "kind": "fee", "name": "Deposit", "amount": 10, "refund": "full"}
RULES = [
    {"by": "policyholder", "method": "short_rate", "retained": "0.10", "fee": 15},
    {"by": "insurer", "method": "pro_rata", "minimum_earned": "0.05"},
]
days = st.integers(0, DAYS - 1)
FIONA, FRANK = person("fiona"), person("frank", "supervisor")
REPORTS = {
    PaymentStatus.EXECUTING: [BankOutcome.PAID, BankOutcome.FAILED],
    PaymentStatus.PAID: [BankOutcome.RETURNED, BankOutcome.REVERSED],
}


@dataclass
class Term:
    """One term of the policy, and what was answered of it, when."""

    policy_id: str
    start: date
    answered: list[tuple[datetime, Policy]] = field(default_factory=list)
    balances: Counter[Account] = field(default_factory=Counter)
    counted: int = 0


class Life(RuleBasedStateMachine):
    """One policy, the terms that follow it, and everything that can happen to them."""

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
        self.platform = Platform(
            plain_product(
                day_count=day_count,
                rating=rating,
                life={
                    "cancellation": RULES,
                    "cooling_off_days": 14,
                    "grace_days": grace,
                    "notice": {"jurisdiction": jurisdiction} if jurisdiction else None,
                    "instalments": [{"code": "monthly", "count": 12, "charge_rate": "0.05"}],
                },
            ),
            now=datetime(2023, 7, 1, 9, tzinfo=UTC),
        )
        self.platform.issue_on_plan(plan, start=START, all_answers=price(dollars))
        self.conditions = self.platform.conditions
        self.terms: list[Term] = []
        self.begin(self.platform.policy_id)

    def begin(self, policy_id):
        """A term; what is done from now on is done to it."""
        self.platform.policy_id = policy_id
        start = self.platform.policy.period.start.astimezone(self.platform.product.zone).date()
        self.term = Term(policy_id, start)
        self.terms.append(self.term)
        self.answer()

    def answer(self):
        self.term.answered.append((self.platform.now, self.platform.policy))

    @rule(days=st.integers(0, 60), hours=st.integers(0, 23))
    def time_passes(self, days, hours):
        """By schedule what falls due is done before anybody does anything else."""
        self.platform.now += timedelta(days=days, hours=hours)
        self.the_scheduler_runs()

    @rule()
    def the_term_is_nearly_over(self):
        """When the next one is offered."""
        nearly = self.platform.policy.period.end - timedelta(days=15)
        self.platform.now = max(self.platform.now, nearly)
        self.the_scheduler_runs()

    @rule(day=days, dollars=st.integers(0, 5000))
    def endorse(self, day, dollars):
        self.play(
            lambda: self.platform.endorse(self.term.start + timedelta(days=day), **price(dollars))
        )

    @rule(day=days, insurer=st.booleans())
    def cancel(self, day, insurer):
        by = "insurer" if insurer else "policyholder"
        self.play(lambda: self.platform.cancel(self.term.start + timedelta(days=day), by))

    @rule()
    def the_scheduler_runs(self):
        assert self.platform.turn_to(self.platform.now).failed == 0
        # What was done last is followed, never met, at the same instant.
        last = [self.events(each.policy_id)[-1].processed_at for each in self.terms]
        self.platform.now = max(self.platform.now, *last)
        here = self.term
        for each in self.terms:
            self.turn_to(each)
            self.answer()
            self.all_is_earned_that_is_written_once_all_is_over()
        self.turn_to(here)

    def events(self, stream: str) -> list[Event]:
        return self.platform.memory.events[stream]

    def turn_to(self, term):
        self.term, self.platform.policy_id = term, term.policy_id

    @precondition(lambda self: len(self.terms) > 1)
    @rule(place=st.integers(0, 10))
    def another_term_is_looked_at(self, place):
        self.turn_to(self.terms[place % len(self.terms)])

    @precondition(lambda self: self.invited())
    @rule()
    def renew(self):
        """The next term is taken up as it was offered; this one goes on to its end."""
        invitation = self.platform.policy.invitation
        assert invitation is not None
        quote_id = invitation.quote_id
        ports = quoting_ports(self.platform.products, self.platform.stores.quotes)
        accept_quote(quote_id, self.platform.command("accept"), ports)
        issuing = self.platform.issuing_ports
        issued = issue_policy(quote_id, self.platform.command("issue"), issuing)
        ends = self.platform.policy.period.end
        self.begin(issued.record.id)
        assert self.platform.policy.period.start == ends

    def invited(self) -> bool:
        """Whether there is an offer of the next term that can be taken up now."""
        invitation = self.platform.policy.invitation
        if invitation is None or invitation.outcome != "bindable":
            return False
        quote = self.platform.stores.quotes.get(invitation.quote_id).record
        return bool(quote.status == "bindable" and self.platform.now < quote.valid_until)

    @rule(
        part=st.sampled_from([Fraction(1, 3), Fraction(1), Fraction(2)]),
        early=st.booleans(),
        days_ago=st.sampled_from([0, 0, 7, 60]),
    )
    def pay(self, part, early, days_ago):
        """A part of what is late or of all that is open, all of it, or more; it may be told late."""
        statement = self.platform.billed().statement
        open = sum((each.open for each in statement.invoices), statement.overdue.times(Decimal(0)))
        amount = (open if early else statement.overdue).times(
            Decimal(part.numerator) / part.denominator
        )
        if amount:
            self.platform.pay_today(amount, on=self.platform.now.date() - timedelta(days=days_ago))

    @precondition(lambda self: self.account().refundable(self.platform.policy))
    @rule(
        part=st.sampled_from([Fraction(1, 3), Fraction(1)]),
        more=st.sampled_from([0, 0, 1]),
        fates=st.lists(st.booleans(), max_size=4),
    )
    def refund(self, part, more, fates):
        """Of all that was paid and is not owed, or of a unit more, which nobody gets; it may move
        on at once."""
        free = self.account().refundable(self.platform.policy)
        asked = free.replace(amount=int(free.amount * part) + more)
        if not asked:
            return
        try:
            refund = RefundInput(asked, ADA, "Sold.")
            request_refund(self.platform.policy_id, refund, *self.given(PARTNER))
        except RefundTooLarge:
            assert asked > free
            return
        assert asked <= free
        for fate in fates:
            self.move(self.account().refunds[-1], well=fate)

    @precondition(lambda self: self.account().refunds)
    @rule(place=st.integers(0, 10), well=st.booleans())
    def a_refund_moves_on(self, place, well):
        refunds = self.account().refunds
        self.move(refunds[place % len(refunds)], well=well)

    def move(self, refund, *, well):
        """A second person agrees or not, a third looks at a payee who resembles a listed one, and
        the bank reports: paid or failed, and of one that was paid, that it came back."""
        where = (self.platform.policy_id, refund.id)
        try:
            if refund.status is PaymentStatus.AWAITING_APPROVAL:
                lists: Screening = NOBODY if well else Everybody()
                decide_refund(*where, granted(FIONA), *self.given(FIONA, lists))
            elif refund.status is PaymentStatus.SCREENING:
                screen_refund(*where, granted(FRANK)._replace(granted=well), *self.given(FRANK))
            elif refund.status in REPORTS:
                outcome = REPORTS[refund.status][0 if well else 1]
                report = BankReport(refund.id, outcome, "BK-1", self.platform.now, None)
                report_refund(report, *self.given(BANK))
        except RefundTooLarge:  # owed again: it is not paid, and somebody refuses it
            assert (
                self.account().received - self.account().owed(self.platform.policy) < refund.amount
            )
            decide_refund(*where, granted(FIONA)._replace(granted=False), *self.given(FIONA))

    @precondition(lambda self: self.account().in_suspense)
    @rule()
    def use_what_was_paid_too_much(self):
        use_suspense(self.platform.policy_id, *self.given(FIONA))

    def account(self):
        return self.platform.billed().account

    def refunds(self, *statuses: PaymentStatus) -> list[Refund]:
        return [each for each in self.account().refunds if each.status in statuses]

    def given(self, caller: Caller, screening: Screening = NOBODY) -> tuple[Command, RefundPorts]:
        ports = replace(self.platform.refund_ports, screening=screening)
        return self.platform.command("refund", caller=caller), ports

    @rule(at=st.none() | days)
    def announce(self, at):
        on = self.term.start + timedelta(days=at) if at is not None else None
        self.move_notice(lambda: self.platform.announce(on=on))

    @precondition(lambda self: any(not each.dispatch for each in self.open_notices()))
    @rule()
    def prove_dispatch(self):
        number = next(each.number for each in self.open_notices() if not each.dispatch)
        self.move_notice(
            lambda: self.platform.prove_dispatch(channel=DispatchChannel.POST, number=number)
        )

    def open_notices(self):
        return [each for each in self.platform.policy.notices if each.open]

    def move_notice(self, step):
        try:
            step()
        except (WrongState, TooManyChanges):
            return
        self.answer()

    @precondition(lambda self: self.platform.policy.cancelled_by())
    @rule(day=days, gap=st.booleans())
    def reinstate(self, day, gap):
        on = self.term.start + timedelta(days=day) if gap else None
        self.play(lambda: self.platform.reinstate(on, gap=gap, no_known_loss=not gap))

    @precondition(lambda self: self.platform.policy.transactions)
    @rule(place=st.integers(0, 30))
    def reverse(self, place):
        transactions = self.platform.policy.transactions
        number = transactions[place % len(transactions)].number
        self.play(
            lambda: self.platform.change(
                "reversal", reason="a_mistake", number=number, caller=UNDERWRITER
            )
        )

    def play(self, step):
        before = self.platform.policy
        try:
            serviced = step().serviced
        except REFUSALS:
            assert self.platform.policy == before
            return
        assert serviced.difference == self.platform.policy.charged - before.charged
        self.answer()

    @invariant()
    def nothing_is_given_back_that_was_not_charged(self):
        policy = self.platform.policy
        assert policy.charged.amount >= 0
        assert policy.written.amount >= 0

    @invariant()
    def the_insurer_ends_nothing_before_its_notice_is_over(self):
        if self.conditions.jurisdiction is None:
            return
        sent = [
            each.dispatch.dispatched_at
            for each in self.platform.policy.notices
            if each.dispatch and each.ended in {"carried_out", "cured"}
        ]
        for each in self.platform.policy.transactions:
            ends = each.kind is TransactionKind.CANCELLATION and each.by is Initiator.INSURER
            if ends and each.reapplies is None:
                # Fifteen whole days and more in New York; one of them may have 23 hours.
                assert any(each.effective_at - at > timedelta(days=15, hours=-1) for at in sent)

    @invariant()
    def nobody_gets_back_more_than_was_paid(self):
        account = self.account()
        paid = sum(each.amount.amount for each in account.paid_in)
        refunds = [each.amount.amount for each in account.refunds if each.status in COMMITTED]
        assert sum(refunds) <= paid
        assert account.received.amount >= 0
        moved = self.posted(billing_id_for(self.platform.policy_id))
        assert moved[Account.CASH] == account.cash.amount >= 0
        assert -moved[Account.SUSPENSE] == account.in_suspense.amount >= 0

    def posted(self, stream):
        """Debits less credits of a stream that is not the policy's own."""
        balances: Counter[Account] = Counter()
        for event in self.platform.memory.events.get(stream, ()):
            _add(balances, event)
        return balances

    @invariant()
    def instalments_add_up_to_what_is_owed(self):
        statement = self.platform.billed().statement
        assert sum(each.due.amount.amount for each in statement.invoices) == statement.owed.amount

    @invariant()
    def nobody_owes_what_was_paid(self):
        billed = self.platform.billed()
        statement, received = billed.statement, billed.account.received
        open_amounts = sum(each.open.amount for each in statement.invoices)
        assert open_amounts - statement.credit.amount == statement.owed.amount - received.amount

    @invariant()
    def the_postings_say_what_the_policy_says(self):
        balances, events = self.term.balances, self.events(self.platform.policy_id)
        for event in events[self.term.counted :]:
            self.term.counted += 1
            _add(balances, event)
        policy = self.platform.policy
        commission = policy.commission or Money.zero(policy.premium.net.currency)
        assert balances[Account.PREMIUM_RECEIVABLE] == policy.charged.amount
        assert balances[Account.WRITTEN_PREMIUM] == -policy.written.amount
        assert balances[Account.UNEARNED_PREMIUM] == -policy.written.amount
        assert balances[Account.COMMISSION_EXPENSE] == commission.amount
        assert balances.total() == 0
        source = source_of(events[-1], lambda _product: self.conditions)
        assert source is not None
        assert _nonzero(source.balances) == _nonzero(balances)
        assert not source.mismatched

    @invariant()
    def the_books_agree_with_what_knows_nothing_of_postings(self):
        policy_id, recorded = self.platform.policy_id, self.platform.memory.events
        kept = self.platform.stores.billing.get(policy_id).account  # as it was posted
        account = kept.record if kept else None
        events = [*recorded[policy_id], *recorded.get(billing_id_for(policy_id), ())]
        events += recorded.get(earnings_id_for(policy_id), ())
        books = build_policy_ledger(
            self.platform.policy, account, events, at=self.platform.now, conditions=self.conditions
        )
        assert [check for check in books.checks if not check.holds] == []

    @invariant()
    def what_is_written_is_earned_by_the_end_and_not_after(self):
        policy, conditions = self.platform.policy, self.conditions
        at = [policy.period.start, policy.period.end, policy.period.end + timedelta(days=90)]
        start, end, later = (
            earned(policy.earnings(), moment, day_count=conditions.day_count, zone=conditions.zone)
            for moment in at
        )
        assert [start, end, later] == [0, policy.written.amount, policy.written.amount]

    def all_is_earned_that_is_written_once_all_is_over(self):
        """By the end of the month in which the term ended, or a later change was made."""
        policy, last = self.platform.policy, self.events(self.platform.policy_id)[-1].processed_at
        if self.platform.now >= end_of(period_of(max(policy.period.end, last))):
            moved = self.posted(earnings_id_for(policy.id))
            assert -moved[Account.EARNED_PREMIUM] == policy.written.amount

    @invariant()
    def shares_of_the_term_add_up_wherever_it_is_split(self):
        policy, conditions = self.platform.policy, self.conditions
        measure = Measure(policy.period, conditions.day_count, conditions.zone)
        edges = {policy.period.start, policy.period.end}
        edges |= {each.effective_at for each in policy.transactions}
        spans = [Period(start=start, end=end) for start, end in pairwise(sorted(edges))]
        assert sum(measure.share(span).exact for span in spans) == 1

    @invariant()
    def segments_follow_each_other_within_the_term(self):
        policy = self.platform.policy
        periods = [segment.period for segment in policy.segments()]
        assert all(period.start >= policy.period.start for period in periods)
        assert all(period.end <= policy.period.end for period in periods)
        assert all(first.end <= second.start for first, second in pairwise(periods))

    def teardown(self):
        platform = self.platform
        for term in self.terms:
            assert first_broken_link(self.events(term.policy_id)) is None
            latest = dict(term.answered)
            for known_at, policy in latest.items():
                assert platform.policies.as_known(term.policy_id, known_at).record == policy


def _add(balances: Counter[Account], event: Event) -> None:
    for posting in event.postings:
        balances[posting.debit] += posting.amount.amount
        balances[posting.credit] -= posting.amount.amount


def _nonzero(balances: Counter[Account]) -> dict[Account, int]:
    return {account: amount for account, amount in balances.items() if amount}


Life.TestCase.settings = settings(
    max_examples=int(os.environ.get("LIVES", "40")),
    stateful_step_count=50 if "LIVES" in os.environ else 20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestLives = Life.TestCase
