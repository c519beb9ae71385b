"""Outgoing payments: requested, approved by a second person where needed, and paid once the bank says so.

Payments of claims, refunds of premium, returns of unmatched money and redress share this lifecycle.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Self

from pydantic import AwareDatetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.kept_report import (
    KEPT_MAX,
    STATUS_OF,
    KeptReport,
    ReportReview,
    ResolutionDecision,
    is_kept,
)
from insurance.domain.bank.payment_status import NEXT, REPORT_STEPS, PaymentStatus, PaymentStep
from insurance.domain.bank.report import BankReport
from insurance.domain.core.errors import KeptReportNotFound, WrongState
from insurance.domain.core.house_authority import RunningTotal, check_sign_in
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import words_of
from insurance.domain.core.segregation import Duty, check_segregation
from insurance.domain.core.value import Value
from insurance.domain.party.party import Payee

type Payees = Mapping[str, Payee]
"""Who is paid, by the payment's id."""


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


PAYEE_CORRECTED: Final = (
    "The payee's name, address or account was corrected since: another person must clear the payee."
)


class OutgoingPayment(Value):
    """Money on its way out. Its id is the end-to-end reference that the bank is given."""

    id: str
    amount: Money
    status: PaymentStatus
    requested_by: str
    decided_by: str | None = None
    cleared_by: str | None = None
    """The third person, who looked at the payee; None: nobody had to."""
    reason: str | None = None
    bank_reference: str | None = None
    finished_at: AwareDatetime | None = None
    over: tuple[RunningTotal, ...] = ()
    """The running totals that it would pass: a third person looks at it."""
    payee_corrected_at: AwareDatetime | None = None
    """When the payee's name, address or account was corrected, while this was on its way: a third person
    looks at it."""
    kept: tuple[KeptReport, ...] = ()
    """What the bank reported and does not fit, in the order in which it came."""
    reports_kept: int = 0
    """How many reports were kept ever: the next one's number is one more."""

    @property
    def net(self) -> Money:
        """What the bank is told to pay."""
        return self.amount

    @property
    def waits_because(self) -> list[str]:
        """In words, why a third person looks at it, beside what is known of its payee."""
        corrected = [PAYEE_CORRECTED] if self.payee_corrected_at is not None else []
        return [*words_of(self.over), *corrected]

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
        """The payment, approved. A payee who is suspect, or was corrected, is looked at by a person before it goes out.

        Raises:
            WrongState: The payment does not await approval.
            SamePerson: The person who requested it cannot approve it.
        """
        suspect = suspect or self.payee_corrected_at is not None
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
        return cleared.replace(cleared_by=by)

    def cancelled(self, *, by: str, reason: str | None) -> Self:
        """The payment, withdrawn before anybody approved it.

        Raises:
            WrongState: The payment does not await approval.
        """
        return self.moved(PaymentStep.CANCEL).replace(decided_by=by, reason=reason)

    def with_payee_corrected(self, at: datetime) -> Self:
        """The payment held until a third person has looked at its payee, whose details were corrected. One that
        waited for the bank is recalled; one that is finished stays."""
        if self.status not in OPEN:
            return self
        held = self.replace(payee_corrected_at=at)
        return held.moved(PaymentStep.RECALL) if self.status is PaymentStatus.EXECUTING else held

    def reported(self, report: BankReport) -> Self:
        """The payment as the bank reports it. What does not fit how far it is, because it came before
        another report or contradicts one, is a fact all the same: it is kept.

        Raises:
            WrongState: The bank was not told of the payment, or has said this before.
        """
        if is_kept(self.status, report):
            return self._keeping(report)
        return self.moved(REPORT_STEPS[report.outcome])._as_reported(report)

    def reported_with_kept(self, report: BankReport) -> Self:
        """The payment as the bank reports it, and as the reports leave it that were kept and fit then.

        Raises:
            WrongState: The bank was not told of the payment, or has said this before.
        """
        return self.reported(report).settled()

    def settled(self) -> Self:
        """The payment as the reports leave it that were kept and fit now."""
        payment = self
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

    def kept_report(self, number: int) -> KeptReport:
        """The kept report of this number.

        Raises:
            KeptReportNotFound: There is none any more.
        """
        for each in self.kept:
            if each.number == number:
                return each
        raise KeptReportNotFound(f"{self.id}_{number}")

    def reviewed(self, review: ReportReview) -> Self:
        """The payment after a person's step on a kept report; applied as the report says, where two agree.

        Raises:
            KeptReportNotFound: It is resolved, or never was.
            WrongState: Something is proposed already, or nothing is.
            SamePerson: Who proposed it, or requested the payment, cannot approve it.
            SignInTooOld: The payment's amount needs a sign-in just before.
        """
        report = self.kept_report(review.number)
        if review.proposed is not None:
            if report.resolution is not None:
                raise WrongState(
                    f"Report {self.id}_{report.number}", "proposed", "be proposed again"
                )
            return self._with_kept(report.replace(resolution=review.proposed))
        proposed, approval = report.resolution, review.approval
        if proposed is None or approval is None:
            raise WrongState(f"Report {self.id}_{report.number}", "not proposed", "be decided")
        if not approval.granted:
            return self._with_kept(report.replace(resolution=None))
        done = {Duty.RESOLUTION_PROPOSED: proposed.by, Duty.PAYMENT_REQUESTED: self.requested_by}
        about = f"report {self.id}_{report.number}"
        check_segregation(Duty.RESOLUTION_APPROVED, approval.by, done, about)
        check_sign_in(review.caller, self.amount)
        if proposed.decision is ResolutionDecision.CLOSE:
            return self.replace(kept=tuple(each for each in self.kept if each != report))
        applied = self.replace(status=STATUS_OF[report.outcome])
        return applied._as_reported(report.on(self.id))

    def _as_reported(self, report: BankReport) -> Self:
        return self.replace(
            bank_reference=report.bank_reference,
            finished_at=report.executed_at,
            reason=report.reason or self.reason,
            kept=tuple(each for each in self.kept if not each.says(report)),
        )

    def _with_kept(self, changed: KeptReport) -> Self:
        kept = (changed if each.number == changed.number else each for each in self.kept)
        return self.replace(kept=tuple(kept))

    def _keeping(self, report: BankReport) -> Self:
        if any(each.says(report) for each in self.kept) or len(self.kept) >= KEPT_MAX:
            raise WrongState(f"{type(self).__name__} {self.id}", "known", "be reported again")
        number = max((each.number for each in self.kept), default=0)
        number = max(number, self.reports_kept) + 1
        return self.replace(kept=(*self.kept, KeptReport.of(report, number)), reports_kept=number)

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


def recalled(before: Sequence[OutgoingPayment], after: Iterable[OutgoingPayment]) -> list[str]:
    """The payments that waited for the bank, and do not go to it now."""
    waited = {payment.id for payment in before if payment.status is PaymentStatus.EXECUTING}
    return [
        payment.id
        for payment in after
        if payment.id in waited and payment.status is PaymentStatus.SCREENING
    ]


def cleared_before(payee: Payee, payments: Sequence[OutgoingPayment], payees: Payees) -> bool:
    """Whether a third person let an earlier payment go to the same name and account, and nobody objects to it."""
    cleared = (each for each in payments if each.cleared_by and each.status in SENT)
    return any(payees.get(each.id) == payee for each in cleared)
