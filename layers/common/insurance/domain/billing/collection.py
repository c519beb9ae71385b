"""Collection: the next step to take on a policy's dues and notices, and when to check again.

Nothing of this is stored: the next step follows from the policy, its account and the time. A policy
in arrears beyond the days of grace is given notice. It lapses when the notice ends and the arrears
that it names were not paid before. A payment in time ends the notice, and reverses a lapse where the
payment was reported too late. Money in suspense is used before a lapse is announced.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from insurance.domain.billing.account import BillingAccount
from insurance.domain.billing.statement import Invoice, statement
from insurance.domain.core.money import total as total_of
from insurance.domain.core.system_actor import SYSTEM_ACTOR
from insurance.domain.jurisdiction.jurisdiction import NoticeKind, local_midnight
from insurance.domain.policy import Initiator, Policy, Transaction, TransactionKind
from insurance.domain.policy.notice import NON_PAYMENT, Notice, NoticeEnd
from insurance.domain.policy.transaction_input import TransactionInput

PAID_IN_TIME: Final = "paid_in_time"
"""The reason of a lapse's reversal."""


class CollectionStep(StrEnum):
    """One kind of step on a policy's dues and notices."""

    INVOICE = "invoice"
    ANNOUNCE = "announce_lapse"
    ADJUST = "adjust_charge"
    """The price of the plan fell away with the contract, or came back with it."""
    CURE = "cure"
    LAPSE = "lapse"
    REVERSE_LAPSE = "reverse_lapse"
    """The arrears had been paid in time, but the payment was reported later."""
    USE_SUSPENSE = "use_suspense"
    CANCEL = "cancel"
    SUPERSEDE = "supersede"
    """The notice has nothing left to end."""


class CollectionTask(NamedTuple):
    """One step, and what it is taken on."""

    step: CollectionStep
    number: int
    """Of the due, the notice or the lapse; of a charge, the transaction that changed it."""


class Collection(NamedTuple):
    """A policy and its account at an instant, on the product's terms."""

    policy: Policy
    account: BillingAccount
    """As the policy stands."""
    stored: BillingAccount | None
    """As it is stored; None: nothing is stored yet."""
    now: datetime
    zone: ZoneInfo
    grace_days: int
    gives_notice: bool
    """Whether a lapse is announced at all: the product names a jurisdiction with notice rules."""

    @property
    def task(self) -> CollectionTask | None:
        """The next step to take now; None: there is none."""
        return next(self._tasks(), None)

    def next_check(self) -> datetime | None:
        """When there may be a step to take again; None: not before the policy or account changes."""
        return min((time for time in self._times() if time > self.now), default=None)

    def lapse_notice(self) -> Notice:
        """The notice to a payer who is in arrears beyond the days of grace."""
        late = self._beyond_grace()
        return Notice(
            number=len(self.policy.notices) + 1,
            kind=NoticeKind.LAPSE,
            reason=NON_PAYMENT,
            given_at=self.now,
            given_by=SYSTEM_ACTOR,
            arrears=total_of((invoice.open for invoice in late), late[0].open.currency),
            due_by=late[-1].due.due_on,
        )

    def end_of_cover(self, number: int) -> TransactionInput:
        """The cancellation that a notice announced: cover ends when the notice says.

        Raises:
            ValueError: It was not proven that the notice was sent.
        """
        notice = self.policy.notices[number - 1]
        if notice.effective_at is None:
            raise ValueError("only a notice whose dispatch is proven is carried out")
        return TransactionInput(
            kind=TransactionKind.CANCELLATION,
            effective_at=notice.effective_at,
            by=Initiator.INSURER,
            reason=notice.reason,
        )

    def lapse_reversal(self, number: int) -> tuple[TransactionInput, Notice]:
        """The reversal of a lapse, as if cover had never ended, and its notice as cured.

        The customer need not declare that nothing happened meanwhile.

        Raises:
            ValueError: Cover did not end by a notice.
        """
        lapse = self.policy.transaction(number)
        notice = self.policy.carried_out_by(lapse)
        if notice is None:
            raise ValueError("only a lapse after a notice is reversed")
        reversal = TransactionInput(
            kind=TransactionKind.REVERSAL,
            effective_at=lapse.effective_at,
            by=Initiator.INSURER,
            reason=PAID_IN_TIME,
            number=lapse.number,
        )
        return reversal, notice.replace(ended=NoticeEnd.CURED, ended_at=self.now)

    def due(self, number: int) -> Invoice:
        return next(invoice for invoice in self._invoices() if invoice.due.number == number)

    def _tasks(self) -> Iterator[CollectionTask]:
        if self.stored is not None and self.stored != self.account:
            yield CollectionTask(CollectionStep.ADJUST, self.policy.next_number - 1)
        lapse = self.policy.cancelled_by()
        if lapse is not None and self._paid_in_time(lapse):
            yield CollectionTask(CollectionStep.REVERSE_LAPSE, lapse.number)
        for notice in self.policy.notices:
            if notice.open:
                yield from self._of_notice(notice)
        if self.account.with_suspense_used(self.policy)[1]:
            yield CollectionTask(CollectionStep.USE_SUSPENSE, len(self.account.paid_in))
        announced = self.policy.open_notice(NoticeKind.LAPSE)
        if self.gives_notice and not (announced or self._ended) and self._beyond_grace():
            yield CollectionTask(CollectionStep.ANNOUNCE, len(self.policy.notices) + 1)
        for invoice in self._not_invoiced():
            if invoice.due.due_on <= self._today:
                yield CollectionTask(CollectionStep.INVOICE, invoice.due.number)

    def _of_notice(self, notice: Notice) -> Iterator[CollectionTask]:
        at = notice.effective_at
        if self._ended or (at is not None and not self.policy.covers_at(at)):
            yield CollectionTask(CollectionStep.SUPERSEDE, notice.number)
        elif notice.kind is NoticeKind.LAPSE and self._arrears_paid(notice, self.policy):
            yield CollectionTask(CollectionStep.CURE, notice.number)
        elif at is not None and at <= self.now:
            lapses = notice.kind is NoticeKind.LAPSE
            yield CollectionTask(
                CollectionStep.LAPSE if lapses else CollectionStep.CANCEL, notice.number
            )

    def _paid_in_time(self, lapse: Transaction) -> bool:
        """Whether the arrears were paid before the lapse, though the payment was reported later."""
        notice = self.policy.carried_out_by(lapse)
        return notice is not None and self._arrears_paid(notice, self.policy.before(lapse.number))

    def _arrears_paid(self, notice: Notice, policy: Policy) -> bool:
        """Whether we held as much as the notice names before it took effect, whatever it was paid for."""
        received = self.account.received + self.account.free_suspense
        if notice.effective_at is not None:
            last = notice.effective_at.astimezone(self.zone).date()
            late = (paid for paid in self.account.valid_payments if paid.received_on >= last)
            received -= total_of((paid.amount for paid in late), received.currency)
        paid_up = statement(self.account, policy, self._today, zone=self.zone, received=received)
        return not any(
            invoice.open
            for invoice in paid_up.invoices
            if notice.due_by is not None and invoice.due.due_on <= notice.due_by
        )

    def _beyond_grace(self) -> list[Invoice]:
        """The invoices that are late for longer than the days of grace, less those of a notice that
        was withdrawn."""
        forgiven = [
            notice.due_by
            for notice in self.policy.notices
            if notice.ended is NoticeEnd.WITHDRAWN and notice.due_by is not None
        ]
        since = max(forgiven, default=date.min)
        limit = self._today - timedelta(days=self.grace_days)
        return [
            invoice
            for invoice in self._invoices()
            if since < invoice.due.due_on < limit and invoice.open
        ]

    def _times(self) -> Iterator[datetime]:
        for invoice in self._not_invoiced():
            yield local_midnight(invoice.due.due_on, self.zone)
        for notice in self.policy.notices:
            if notice.open and notice.effective_at is not None:
                yield notice.effective_at
        if self.gives_notice and not self._ended:
            for invoice in self._invoices():
                if invoice.open:
                    late = invoice.due.due_on + timedelta(days=self.grace_days + 1)
                    yield local_midnight(late, self.zone)

    def _not_invoiced(self) -> list[Invoice]:
        return [
            invoice
            for invoice in self._invoices()
            if invoice.due.number > self.account.invoiced and invoice.open
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
