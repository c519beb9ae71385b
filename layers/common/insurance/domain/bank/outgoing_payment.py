"""Outgoing payments: requested, approved by a second person where needed, and paid once the bank says so.

Payments of claims, refunds of premium, returns of unmatched money and redress share this lifecycle.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from pydantic import AwareDatetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.core.errors import WrongState
from insurance.domain.core.house_authority import RunningTotal
from insurance.domain.core.money import Money
from insurance.domain.core.segregation import Duty, check_segregation
from insurance.domain.core.value import Value
from insurance.domain.party.party import Payee

type Payees = Mapping[str, Payee]
"""Who is paid, by the payment's id."""


class PaymentStatus(StrEnum):
    """How far an outgoing payment has come."""

    AWAITING_APPROVAL = "awaiting_approval"
    SCREENING = "screening"
    """Approved, but another person must look at the payee: the name resembles one on a sanctions list,
    or a refund or redress goes to somebody else than it is owed to."""
    EXECUTING = "executing"
    """Handed to the bank; only the bank's report moves it on."""
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    """Paid, and sent back by the payee's bank."""
    REVERSED = "reversed"
    """Paid, and called back by us."""
    CANCELLED = "cancelled"


class PaymentStep(StrEnum):
    """What moves a payment from one status to the next."""

    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"
    SCREEN = "screen"
    """Approve it, and have a person look at the payee's name first."""
    CLEAR = "clear"
    SET_OFF = "set_off"
    """All of it is set off against overdue premium: there is nothing for the bank to do."""
    REPORT_PAID = "report_paid"
    REPORT_FAILED = "report_failed"
    REPORT_RETURNED = "report_returned"
    REPORT_REVERSED = "report_reversed"


NEXT: Final = MappingProxyType(
    {
        (PaymentStatus.AWAITING_APPROVAL, PaymentStep.APPROVE): PaymentStatus.EXECUTING,
        (PaymentStatus.AWAITING_APPROVAL, PaymentStep.REFUSE): PaymentStatus.CANCELLED,
        (PaymentStatus.AWAITING_APPROVAL, PaymentStep.CANCEL): PaymentStatus.CANCELLED,
        (PaymentStatus.AWAITING_APPROVAL, PaymentStep.SCREEN): PaymentStatus.SCREENING,
        (PaymentStatus.SCREENING, PaymentStep.CLEAR): PaymentStatus.EXECUTING,
        (PaymentStatus.SCREENING, PaymentStep.REFUSE): PaymentStatus.CANCELLED,
        (PaymentStatus.EXECUTING, PaymentStep.SET_OFF): PaymentStatus.PAID,
        (PaymentStatus.EXECUTING, PaymentStep.REPORT_PAID): PaymentStatus.PAID,
        (PaymentStatus.EXECUTING, PaymentStep.REPORT_FAILED): PaymentStatus.FAILED,
        (PaymentStatus.PAID, PaymentStep.REPORT_RETURNED): PaymentStatus.RETURNED,
        (PaymentStatus.PAID, PaymentStep.REPORT_REVERSED): PaymentStatus.REVERSED,
    }
)

REPORT_STEPS: Final = MappingProxyType(
    {
        BankOutcome.PAID: PaymentStep.REPORT_PAID,
        BankOutcome.FAILED: PaymentStep.REPORT_FAILED,
        BankOutcome.RETURNED: PaymentStep.REPORT_RETURNED,
        BankOutcome.REVERSED: PaymentStep.REPORT_REVERSED,
    }
)

OPEN: Final = frozenset(
    {PaymentStatus.AWAITING_APPROVAL, PaymentStatus.SCREENING, PaymentStatus.EXECUTING}
)
"""Statuses that somebody must still end: what the payment belongs to cannot close before."""

COMMITTED: Final = OPEN | {PaymentStatus.PAID}
"""Statuses in which a payment counts as money spent."""

CAME_BACK: Final = frozenset({PaymentStatus.RETURNED, PaymentStatus.REVERSED})
"""Statuses of money that was paid and is with us again."""

AGREED: Final = COMMITTED - {PaymentStatus.AWAITING_APPROVAL}
"""Statuses in which somebody has let the money go, though its payee may still be screened."""

NOT_SENT: Final = frozenset(
    {PaymentStatus.AWAITING_APPROVAL, PaymentStatus.SCREENING, PaymentStatus.CANCELLED}
)
"""Statuses of which the bank knows nothing."""


SENT: Final = frozenset({PaymentStatus.EXECUTING, PaymentStatus.PAID})
"""Statuses in which all who had to agree have agreed, to the payee too."""

KEPT: Final = frozenset(
    {
        # Another report comes late: that it was paid.
        (PaymentStatus.EXECUTING, PaymentStep.REPORT_RETURNED),
        (PaymentStatus.EXECUTING, PaymentStep.REPORT_REVERSED),
        # The bank contradicts itself.
        (PaymentStatus.PAID, PaymentStep.REPORT_FAILED),
        (PaymentStatus.FAILED, PaymentStep.REPORT_PAID),
        (PaymentStatus.FAILED, PaymentStep.REPORT_RETURNED),
        (PaymentStatus.FAILED, PaymentStep.REPORT_REVERSED),
        (PaymentStatus.RETURNED, PaymentStep.REPORT_FAILED),
        (PaymentStatus.RETURNED, PaymentStep.REPORT_REVERSED),
        (PaymentStatus.REVERSED, PaymentStep.REPORT_FAILED),
        (PaymentStatus.REVERSED, PaymentStep.REPORT_RETURNED),
    }
)
"""Reports that do not fit and are kept. What is in neither table says nothing new, or is said of a payment
that the bank was never told of."""

KEPT_MAX: Final = 10
"""Reports that one payment keeps."""


class KeptReport(Value):
    """A report that does not fit how far its payment is: it waits until it does, and for a person."""

    outcome: BankOutcome
    bank_reference: str
    executed_at: AwareDatetime
    reason: str | None = None

    @classmethod
    def of(cls, report: BankReport) -> Self:
        return cls(
            outcome=report.outcome,
            bank_reference=report.bank_reference,
            executed_at=report.executed_at,
            reason=report.reason,
        )

    def on(self, instruction_id: str) -> BankReport:
        """The report as it came."""
        return BankReport(
            instruction_id, self.outcome, self.bank_reference, self.executed_at, self.reason
        )


class OutgoingPayment(Value):
    """Money on its way out. Its id is the end-to-end reference that the bank is given."""

    id: str
    amount: Money
    status: PaymentStatus
    requested_by: str
    decided_by: str | None = None
    reason: str | None = None
    bank_reference: str | None = None
    finished_at: AwareDatetime | None = None
    over: tuple[RunningTotal, ...] = ()
    """The running totals that it would pass: a third person looks at it."""
    kept: tuple[KeptReport, ...] = ()
    """What the bank reported and does not fit, in the order in which it came."""

    @property
    def net(self) -> Money:
        """What the bank is told to pay."""
        return self.amount

    @property
    def instruction_id(self) -> str | None:
        """What the bank carries out and reports on; the payment's own id, so it is not sent twice."""
        return None if self.status in NOT_SENT or not self.net else self.id

    def decided(
        self, approval: Approval, *, suspect: bool = False, over: tuple[RunningTotal, ...] = ()
    ) -> Self:
        """The payment, approved or refused as a second person decided; see `approved`, `refused`.

        Raises:
            WrongState: The payment does not await approval.
            SamePerson: The person who requested it cannot approve it.
        """
        if approval.granted:
            suspect = suspect or bool(over)
            approved = self.approved(by=approval.by, reason=approval.reason, suspect=suspect)
            return approved.replace(over=over)
        return self.refused(by=approval.by, reason=approval.reason)

    def screened(self, approval: Approval) -> Self:
        """The payment, cleared or refused after a person looked at the payee's name.

        Raises:
            WrongState: The payment is not being screened.
            SamePerson: The person who requested or approved it cannot clear it.
        """
        if approval.granted:
            return self.cleared(by=approval.by)
        return self.refused(by=approval.by, reason=approval.reason)

    def approved(self, *, by: str, reason: str | None, suspect: bool = False) -> Self:
        """The payment, approved. A suspect payee is screened by a person before it goes out.

        Raises:
            WrongState: The payment does not await approval.
            SamePerson: The person who requested it cannot approve it.
        """
        approved = self.moved(PaymentStep.SCREEN if suspect else PaymentStep.APPROVE)
        self._check_second_person(Duty.PAYMENT_APPROVED, by)
        return approved.replace(decided_by=by, reason=reason)

    def refused(self, *, by: str, reason: str | None) -> Self:
        """The payment, refused at its approval or at its screening.

        Raises:
            WrongState: The payment awaits neither.
        """
        return self.moved(PaymentStep.REFUSE).replace(decided_by=by, reason=reason)

    def cleared(self, *, by: str) -> Self:
        """The payment on its way: the payee is not the person on the sanctions list.

        Raises:
            WrongState: The payment is not being screened.
            SamePerson: The person who requested or approved it cannot clear it.
        """
        cleared = self.moved(PaymentStep.CLEAR)
        self._check_second_person(Duty.PAYEE_CLEARED, by)
        return cleared

    def cancelled(self, *, by: str, reason: str | None) -> Self:
        """The payment, withdrawn before anybody approved it.

        Raises:
            WrongState: The payment does not await approval.
        """
        return self.moved(PaymentStep.CANCEL).replace(decided_by=by, reason=reason)

    def reported(self, report: BankReport) -> Self:
        """The payment as the bank reports it. What does not fit how far it is, because it came before
        another report or contradicts one, is a fact all the same: it is kept.

        Raises:
            WrongState: The bank was not told of the payment, or has said this before.
        """
        step, told = REPORT_STEPS[report.outcome], KeptReport.of(report)
        if (self.status, step) in KEPT and report.may_wait:
            return self._keeping(told)
        return self.moved(step).replace(
            bank_reference=report.bank_reference,
            finished_at=report.executed_at,
            reason=report.reason or self.reason,
            kept=tuple(each for each in self.kept if each != told),
        )

    def reported_with_kept(self, report: BankReport) -> Self:
        """The payment as the bank reports it, and as the reports leave it that were kept and fit then.

        Raises:
            WrongState: The bank was not told of the payment, or has said this before.
        """
        payment = self.reported(report)
        while (fitting := payment.fitting) is not None:
            payment = payment.reported(fitting)
        return payment

    @property
    def fitting(self) -> BankReport | None:
        """The first report that was kept and fits now."""
        for each in self.kept:
            if (self.status, REPORT_STEPS[each.outcome]) in NEXT:
                return each.on(self.id)
        return None

    def _keeping(self, told: KeptReport) -> Self:
        if told in self.kept or len(self.kept) >= KEPT_MAX:
            raise WrongState(f"{type(self).__name__} {self.id}", "known", "be reported again")
        return self.replace(kept=(*self.kept, told))

    def moved(self, step: PaymentStep) -> Self:
        """The payment after a step of the table `NEXT`.

        Raises:
            WrongState: The payment's status does not allow the step.
        """
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(
                f"{type(self).__name__} {self.id}",
                self.status.replace("_", " "),
                step,
                shown=f"take the step '{step.replace('_', ' ')}'",
            )
        return self.replace(status=status)

    def _check_second_person(self, duty: Duty, by: str) -> None:
        done = {Duty.PAYMENT_REQUESTED: self.requested_by, Duty.PAYMENT_APPROVED: self.decided_by}
        check_segregation(duty, by, done, f"{type(self).__name__.lower()} {self.id}")


def went_before(payee: Payee, payments: Sequence[OutgoingPayment], payees: Payees) -> bool:
    """Whether an earlier payment, that nobody objects to, went to the same name and account."""
    return any(payees.get(each.id) == payee for each in payments if each.status in SENT)
