"""Payments of a claim: asked for, approved by somebody else where needed, and paid when the bank says so."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from insurance.domain.errors import SamePerson, WrongState
from insurance.domain.identity import PaymentId
from insurance.domain.money import Money
from insurance.domain.value import Value


class PaymentStatus(StrEnum):
    AWAITING_APPROVAL = "awaiting_approval"
    EXECUTING = "executing"
    """Handed to the bank; only the bank's report moves it on."""
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class PaymentStep(StrEnum):
    APPROVE = "be approved"
    REFUSE = "be refused"
    REPORT_PAID = "be reported paid"
    REPORT_FAILED = "be reported failed"


NEXT = {
    (PaymentStatus.AWAITING_APPROVAL, PaymentStep.APPROVE): PaymentStatus.EXECUTING,
    (PaymentStatus.AWAITING_APPROVAL, PaymentStep.REFUSE): PaymentStatus.CANCELLED,
    (PaymentStatus.EXECUTING, PaymentStep.REPORT_PAID): PaymentStatus.PAID,
    (PaymentStatus.EXECUTING, PaymentStep.REPORT_FAILED): PaymentStatus.FAILED,
}

COMMITTED = frozenset(
    {PaymentStatus.AWAITING_APPROVAL, PaymentStatus.EXECUTING, PaymentStatus.PAID}
)
"""States in which a payment counts towards what the claim costs."""


class Payment(Value):
    """One payment to the payee. Its id is the end-to-end reference that the bank is given."""

    id: PaymentId
    amount: Money
    status: PaymentStatus
    requested_by: str
    decided_by: str | None = None
    reason: str | None = None
    bank_reference: str | None = None
    finished_at: AwareDatetime | None = None

    @property
    def instruction_id(self) -> str | None:
        """What the bank is told to carry out, and reports on; derived, so it cannot be sent twice."""
        sent = {PaymentStatus.EXECUTING, PaymentStatus.PAID, PaymentStatus.FAILED}
        return self.id if self.status in sent else None

    def approved(self, *, by: str, reason: str | None) -> Self:
        """Four eyes: never by who asked for it."""
        moved = self._moved(PaymentStep.APPROVE)
        if by == self.requested_by:
            raise SamePerson(f"payment {self.id}")
        return moved.replace(decided_by=by, reason=reason)

    def refused(self, *, by: str, reason: str | None) -> Self:
        return self._moved(PaymentStep.REFUSE).replace(decided_by=by, reason=reason)

    def reported(
        self, *, paid: bool, bank_reference: str, at: AwareDatetime, reason: str | None
    ) -> Self:
        """As the bank reports it."""
        step = PaymentStep.REPORT_PAID if paid else PaymentStep.REPORT_FAILED
        return self._moved(step).replace(
            bank_reference=bank_reference, finished_at=at, reason=reason or self.reason
        )

    def _moved(self, step: PaymentStep) -> Self:
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(f"Payment {self.id}", self.status.replace("_", " "), step)
        return self.replace(status=status)
