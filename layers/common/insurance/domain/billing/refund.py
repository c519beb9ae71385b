"""Refunds: money on its way back to a customer, asked for by one person and approved by another."""

from typing import Final

from insurance.domain.bank.outgoing_payment import OutgoingPayment, PaymentStatus
from insurance.domain.core.identity import RefundId, ReturnId
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, Posting, post

PAID: Final = frozenset({PaymentStatus.PAID})


class Refund(OutgoingPayment):
    """One sum that goes back: first of what was paid too much, then of the premium."""

    id: RefundId | ReturnId
    of_suspense: Money

    @property
    def of_premium(self) -> Money:
        return self.amount - self.of_suspense

    @property
    def paid(self) -> bool:
        return self.status is PaymentStatus.PAID

    def booked_since(self, before: "Refund") -> tuple[Posting, ...]:
        """What the bank's report moves: cash goes when it is paid, and comes when it is sent back."""
        if self.paid is before.paid:
            return ()
        sign = 1 if self.paid else -1
        return (
            *_times(sign, Account.SUSPENSE, self.of_suspense),
            *_times(sign, Account.PREMIUM_RECEIVABLE, self.of_premium),
        )


def _times(sign: int, account: Account, amount: Money) -> tuple[Posting, ...]:
    return post(account, Account.CASH, amount if sign > 0 else -amount)
