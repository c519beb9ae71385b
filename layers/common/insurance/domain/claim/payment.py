"""Payments of a claim: asked for, approved by somebody else where needed, and paid when the bank says so."""

from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from insurance.domain.claim.reserve import CostType
from insurance.domain.errors import SamePerson, WrongState
from insurance.domain.identity import PaymentId, RedressId
from insurance.domain.money import Money
from insurance.domain.value import Value


class PaymentStatus(StrEnum):
    AWAITING_APPROVAL = "awaiting_approval"
    SCREENING = "screening"
    """Agreed, but the payee's name resembles one on a sanctions list: somebody must look."""
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
    APPROVE = "be approved"
    REFUSE = "be refused"
    CANCEL = "be cancelled"
    SUSPECT = "be screened"
    CLEAR = "be cleared"
    REPORT_PAID = "be reported paid"
    REPORT_FAILED = "be reported failed"
    REPORT_RETURNED = "be reported returned"
    REPORT_REVERSED = "be reported reversed"


NEXT = {
    (PaymentStatus.AWAITING_APPROVAL, PaymentStep.APPROVE): PaymentStatus.EXECUTING,
    (PaymentStatus.AWAITING_APPROVAL, PaymentStep.REFUSE): PaymentStatus.CANCELLED,
    (PaymentStatus.AWAITING_APPROVAL, PaymentStep.CANCEL): PaymentStatus.CANCELLED,
    (PaymentStatus.AWAITING_APPROVAL, PaymentStep.SUSPECT): PaymentStatus.SCREENING,
    (PaymentStatus.SCREENING, PaymentStep.CLEAR): PaymentStatus.EXECUTING,
    (PaymentStatus.SCREENING, PaymentStep.REFUSE): PaymentStatus.CANCELLED,
    (PaymentStatus.EXECUTING, PaymentStep.REPORT_PAID): PaymentStatus.PAID,
    (PaymentStatus.EXECUTING, PaymentStep.REPORT_FAILED): PaymentStatus.FAILED,
    (PaymentStatus.PAID, PaymentStep.REPORT_RETURNED): PaymentStatus.RETURNED,
    (PaymentStatus.PAID, PaymentStep.REPORT_REVERSED): PaymentStatus.REVERSED,
}

OPEN = frozenset(
    {PaymentStatus.AWAITING_APPROVAL, PaymentStatus.SCREENING, PaymentStatus.EXECUTING}
)
"""States that somebody still has to end: the claim cannot close over them."""

COMMITTED = OPEN | {PaymentStatus.PAID}
"""States in which a payment counts towards what the claim costs."""


class Outgoing(Value):
    """Money on its way out. Its id is the end-to-end reference that the bank is given."""

    id: str
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
        unsent = {
            PaymentStatus.AWAITING_APPROVAL,
            PaymentStatus.SCREENING,
            PaymentStatus.CANCELLED,
        }
        return None if self.status in unsent else self.id

    def approved(self, *, by: str, reason: str | None, suspect: bool = False) -> Self:
        """Four eyes: never by who asked for it. A suspect one is looked at before it goes out."""
        moved = self._moved(PaymentStep.SUSPECT if suspect else PaymentStep.APPROVE)
        if by == self.requested_by:
            raise SamePerson(f"{type(self).__name__.lower()} {self.id}")
        return moved.replace(decided_by=by, reason=reason)

    def refused(self, *, by: str, reason: str | None) -> Self:
        return self._moved(PaymentStep.REFUSE).replace(decided_by=by, reason=reason)

    def cleared(self, *, by: str) -> Self:
        """The payee is not who the list means. Not said by who asked for the payment."""
        moved = self._moved(PaymentStep.CLEAR)
        if by == self.requested_by:
            raise SamePerson(f"{type(self).__name__.lower()} {self.id}")
        return moved

    def cancelled(self, *, by: str, reason: str | None) -> Self:
        """Taken back before anybody approved it."""
        return self._moved(PaymentStep.CANCEL).replace(decided_by=by, reason=reason)

    def reported(
        self, step: PaymentStep, *, bank_reference: str, at: AwareDatetime, reason: str | None
    ) -> Self:
        """As the bank reports it."""
        return self._moved(step).replace(
            bank_reference=bank_reference, finished_at=at, reason=reason or self.reason
        )

    def _moved(self, step: PaymentStep) -> Self:
        status = NEXT.get((self.status, step))
        if status is None:
            raise WrongState(
                f"{type(self).__name__} {self.id}", self.status.replace("_", " "), step
            )
        return self.replace(status=status)


class Payment(Outgoing):
    """One payment of a claim or of redress, to its payee."""

    id: PaymentId | RedressId
    cost_type: CostType = CostType.INDEMNITY
