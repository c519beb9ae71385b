"""Payments of a claim or of redress: outgoing payments from which overdue premium may be set off."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from pydantic import AwareDatetime

from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStep
from insurance.domain.bank.report import BankReport
from insurance.domain.claim.reserve import CostType
from insurance.domain.contract.rule import PayoutStep
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import PaymentId, RedressId
from insurance.domain.core.money import Money
from insurance.domain.core.value import Value


class PremiumSetOff(Value):
    """The part of a payment that stays with the insurer, for premium that its payee owes that day."""

    amount: Money
    overdue: Money
    """All the premium that was overdue."""
    since: date
    on: date


def set_off_step(set_off: PremiumSetOff, before: Money) -> PayoutStep:
    """The last clause of a payout: what the payee owes is set off."""
    return PayoutStep(
        code="premium_set_off",
        name=f"Set off against premium that is overdue since {set_off.since}",
        figure=f"{set_off.amount} of {set_off.overdue} overdue on {set_off.on}",
        before=before,
        after=before - set_off.amount,
    )


class Payment(OutgoingPayment):
    """One payment of a claim or of redress, to its payee."""

    id: PaymentId | RedressId
    cost_type: CostType = CostType.INDEMNITY
    set_off: PremiumSetOff | None = None
    """Posted as a payment of premium on the policy's account; undone there if this payment is lost."""

    @property
    def net(self) -> Money:
        return self.amount - self.set_off.amount if self.set_off else self.amount

    def with_set_off(self, set_off: PremiumSetOff, *, at: AwareDatetime) -> Self:
        """This payment with premium set off. It is paid at once where nothing is left for the bank."""
        reduced = self.replace(set_off=set_off)
        if reduced.net:
            return reduced
        return reduced.moved(PaymentStep.SET_OFF).replace(finished_at=at)

    def reported(self, report: BankReport) -> Self:
        """The payment as the bank reports it.

        Raises:
            WrongState: The bank was not told of the payment, or has said this before.
        """
        if not self.net:
            raise WrongState(f"Payment {self.id}", "set off in full", "be reported by the bank")
        return super().reported(report)


def doubts_of(payments: Iterable[Payment]) -> list[str]:
    """Why nothing is paid without a second person while it is not known what the bank has paid."""
    return [
        f"The bank's report on {payment.id} does not fit: has it paid {payment.amount}?"
        for payment in payments
        if payment.kept
    ]
