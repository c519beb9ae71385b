"""Payments of a claim or of redress: outgoing payments from which overdue premium may be set off."""

from datetime import date
from typing import Self

from pydantic import AwareDatetime

from insurance.domain.bank.outgoing_payment import OutgoingPayment, PaymentStep
from insurance.domain.bank.report import BankReport
from insurance.domain.claim.reserve import CostType
from insurance.domain.claim.rule import PayoutStep
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import PaymentId, RedressId
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class KeptBack(Value):
    """The part of a payment that stays with the insurer, for premium that its payee owes that day."""

    amount: Money
    overdue: Money
    """All the premium that was overdue."""
    since: date
    on: date


def kept_back_step(kept_back: KeptBack, before: Money) -> PayoutStep:
    """The last clause of a payout: what the payee owes is set off."""
    return PayoutStep(
        code="arrears_offset",
        name=f"Kept back for premium that is overdue since {kept_back.since}",
        figure=f"{kept_back.amount} of {kept_back.overdue} overdue on {kept_back.on}",
        before=before,
        after=before - kept_back.amount,
    )


class Payment(OutgoingPayment):
    """One payment of a claim or of redress, to its payee."""

    id: PaymentId | RedressId
    cost_type: CostType = CostType.INDEMNITY
    kept_back: KeptBack | None = None
    """Booked as a payment of premium on the policy's account; undone there if this payment is lost."""

    @property
    def net(self) -> Money:
        return self.amount - self.kept_back.amount if self.kept_back else self.amount

    def keeping_back(self, kept_back: KeptBack, *, at: AwareDatetime) -> Self:
        """This payment with premium set off. It is paid at once where nothing is left for the bank."""
        reduced = self.replace(kept_back=kept_back)
        if reduced.net:
            return reduced
        return reduced.moved(PaymentStep.SET_OFF).replace(finished_at=at)

    def reported(self, report: BankReport) -> Self:
        """The payment as the bank reports it.

        Raises:
            WrongState: The payment is not with the bank, or the bank has reported already.
        """
        if not self.net:
            raise WrongState(f"Payment {self.id}", "set off in full", "be reported by the bank")
        return super().reported(report)
