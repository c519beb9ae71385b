"""Payments of a claim: asked for, approved by somebody else where needed, and paid when the bank says so."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime

from insurance.domain.claim.reserve import CostType
from insurance.domain.claim.rule import PayoutStep
from insurance.domain.core.errors import SamePerson, WrongState
from insurance.domain.core.identity import PaymentId, RedressId
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


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
    KEEP_BACK = "be kept back whole"
    """All of it is owed to us: there is nothing for the bank to do."""
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
    (PaymentStatus.EXECUTING, PaymentStep.KEEP_BACK): PaymentStatus.PAID,
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
    def net(self) -> Money:
        """What the bank is told to pay."""
        return self.amount

    @property
    def instruction_id(self) -> str | None:
        """What the bank is told to carry out, and reports on; derived, so it cannot be sent twice."""
        unsent = {
            PaymentStatus.AWAITING_APPROVAL,
            PaymentStatus.SCREENING,
            PaymentStatus.CANCELLED,
        }
        return None if self.status in unsent or not self.net else self.id

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


class KeptBack(Value):
    """What of a payment stays with us, for premium that its payee owes on the day."""

    amount: Money
    overdue: Money
    """All that was overdue."""
    since: date
    on: date


def kept_back_step(kept_back: KeptBack, before: Money) -> PayoutStep:
    """The last clause of a payout: what the payee owes stays with us."""
    return PayoutStep(
        code="arrears_offset",
        name=f"Kept back for premium that is overdue since {kept_back.since}",
        figure=f"{kept_back.amount} of {kept_back.overdue} overdue on {kept_back.on}",
        before=before,
        after=before - kept_back.amount,
    )


class Payment(Outgoing):
    """One payment of a claim or of redress, to its payee."""

    id: PaymentId | RedressId
    cost_type: CostType = CostType.INDEMNITY
    kept_back: KeptBack | None = None
    """Booked as paid in on the policy's account, and undone there if the payment comes to nothing."""

    @property
    def net(self) -> Money:
        return self.amount - self.kept_back.amount if self.kept_back else self.amount

    def keeping_back(self, kept_back: KeptBack, *, at: AwareDatetime) -> Self:
        """On its way less what is owed to us; done where nothing is left."""
        less = self.replace(kept_back=kept_back)
        if less.net:
            return less
        return less._moved(PaymentStep.KEEP_BACK).replace(finished_at=at)

    def reported(
        self, step: PaymentStep, *, bank_reference: str, at: AwareDatetime, reason: str | None
    ) -> Self:
        if not self.net:
            raise WrongState(f"Payment {self.id}", "kept back whole", step)
        return super().reported(step, bank_reference=bank_reference, at=at, reason=reason)
