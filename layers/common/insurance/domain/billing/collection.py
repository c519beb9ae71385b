"""Collection: what is to be done about a policy's dues and notices at an instant, and when to look again.

Nothing is stored of this: the next step follows from the policy, its account and the clock. A
policy in arrears beyond the days of grace is given notice; it lapses when the notice is over and
what it names was not paid before; a payment in time ends the notice, and undoes a lapse where it
was told of too late. What was paid too much is used before anything is announced.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from insurance.domain.billing.account import BillingAccount, Invoice, statement
from insurance.domain.core.money import total as total_of
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.jurisdiction import NoticeKind, local_midnight
from insurance.domain.policy import Policy, Transaction
from insurance.domain.policy.notice import NON_PAYMENT, Notice, NoticeEnd


class Step(StrEnum):
    ASK = "ask_for_instalment"
    ANNOUNCE = "announce_lapse"
    ADJUST = "adjust_charge"
    """The price of the plan fell away with the contract, or came back with it."""
    CURE = "cure"
    LAPSE = "lapse"
    UNDO = "undo_lapse"
    """What was due had been paid in time, and was told of later."""
    USE = "use_suspense"
    CANCEL = "cancel"
    OVERTAKE = "overtake"
    """The notice has nothing left to end."""


class Todo(NamedTuple):
    """One step, and what it is taken on."""

    step: Step
    number: int
    """Of the due, the notice, the lapse or, of a charge, the transaction after which it is another."""


class Collection(NamedTuple):
    """A policy and its account at an instant, on the product's terms."""

    policy: Policy
    account: BillingAccount
    """As the policy stands."""
    booked: BillingAccount | None
    """As it is kept."""
    now: datetime
    zone: ZoneInfo
    grace_days: int
    gives_notice: bool
    """Whether arrears are announced at all: the product names whose notice rules."""

    @property
    def todo(self) -> Todo | None:
        """What is to be done now, one thing at a time."""
        return next(self._todos(), None)

    def next_look(self) -> datetime | None:
        """When there may be something to do again; None: not before something happens."""
        return min((each for each in self._moments() if each > self.now), default=None)

    def lapse_notice(self) -> Notice:
        """What is said to a payer who is in arrears beyond the days of grace."""
        late = self._beyond_grace()
        return Notice(
            number=len(self.policy.notices) + 1,
            kind=NoticeKind.LAPSE,
            reason=NON_PAYMENT,
            given_at=self.now,
            given_by=SYSTEM_ACTOR,
            arrears=total_of((each.open for each in late), late[0].open.currency),
            due_by=late[-1].due.due_on,
        )

    def due(self, number: int) -> Invoice:
        return next(each for each in self._invoices() if each.due.number == number)

    def _todos(self) -> Iterator[Todo]:
        if self.booked is not None and self.booked != self.account:
            yield Todo(Step.ADJUST, self.policy.next_number - 1)
        lapse = self.policy.cancelled_by()
        if lapse is not None and self._undone_by_payment(lapse):
            yield Todo(Step.UNDO, lapse.number)
        for notice in self.policy.notices:
            if notice.open:
                yield from self._of_notice(notice)
        if self.account.using_suspense(self.policy)[1]:
            yield Todo(Step.USE, len(self.account.paid_in))
        announced = self.policy.open_notice(NoticeKind.LAPSE)
        if self.gives_notice and not (announced or self._ended) and self._beyond_grace():
            yield Todo(Step.ANNOUNCE, len(self.policy.notices) + 1)
        for each in self._unasked():
            if each.due.due_on <= self._today:
                yield Todo(Step.ASK, each.due.number)

    def _of_notice(self, notice: Notice) -> Iterator[Todo]:
        at = notice.effective_at
        if self._ended or (at is not None and not self.policy.covers_at(at)):
            yield Todo(Step.OVERTAKE, notice.number)
        elif notice.kind is NoticeKind.LAPSE and self._made_good(notice, self.policy):
            yield Todo(Step.CURE, notice.number)
        elif at is not None and at <= self.now:
            lapses = notice.kind is NoticeKind.LAPSE
            yield Todo(Step.LAPSE if lapses else Step.CANCEL, notice.number)

    def _undone_by_payment(self, lapse: Transaction) -> bool:
        """Whether the policy would not have lapsed, had it been known what was paid by then."""
        notice = self.policy.carried_out_by(lapse)
        return notice is not None and self._made_good(notice, self.policy.before(lapse.number))

    def _made_good(self, notice: Notice, policy: Policy) -> bool:
        """Whether all that the notice names was in our hands before it took effect; for what, does
        not matter."""
        received = self.account.received + self.account.free_suspense
        if notice.effective_at is not None:
            last = notice.effective_at.astimezone(self.zone).date()
            late = (each for each in self.account.standing if each.received_on >= last)
            received -= total_of((each.amount for each in late), received.currency)
        found = statement(self.account, policy, self._today, zone=self.zone, received=received)
        return not any(
            each.open
            for each in found.invoices
            if notice.due_by is not None and each.due.due_on <= notice.due_by
        )

    def _beyond_grace(self) -> list[Invoice]:
        """What is late for longer than the days of grace, but for what was forgiven once."""
        forgiven = [
            each.due_by
            for each in self.policy.notices
            if each.ended is NoticeEnd.WITHDRAWN and each.due_by is not None
        ]
        since = max(forgiven, default=date.min)
        limit = self._today - timedelta(days=self.grace_days)
        return [each for each in self._invoices() if each.open and since < each.due.due_on < limit]

    def _moments(self) -> Iterator[datetime]:
        for each in self._unasked():
            yield local_midnight(each.due.due_on, self.zone)
        for notice in self.policy.notices:
            if notice.open and notice.effective_at is not None:
                yield notice.effective_at
        if self.gives_notice and not self._ended:
            for each in self._invoices():
                if each.open:
                    late = each.due.due_on + timedelta(days=self.grace_days + 1)
                    yield local_midnight(late, self.zone)

    def _unasked(self) -> list[Invoice]:
        return [
            each for each in self._invoices() if each.due.number > self.account.asked and each.open
        ]

    def _invoices(self) -> tuple[Invoice, ...]:
        return statement(self.account, self.policy, self._today, zone=self.zone).invoices

    @property
    def _today(self) -> date:
        return self.now.astimezone(self.zone).date()

    @property
    def _ended(self) -> bool:
        """Whether there is no cover left to end."""
        return self.policy.cancelled_by() is not None or self.now >= self.policy.period.end
