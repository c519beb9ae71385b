"""Refunds: money that goes back to a customer, requested by one person and approved by another."""

from types import MappingProxyType
from typing import Final

from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.core.identity import RefundId, ReturnId
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, Posting, post

PAID: Final = frozenset({PaymentStatus.PAID})

TO_ANOTHER: Final = "The payee is not who holds the policy: another person must clear the payee."
"""Why a refund waits for a look at its payee after its approval."""

TO_ELSEWHERE: Final = (
    "Not so much premium came from this account: another person must clear the payee."
)
"""The same."""


REFUND_EVENTS: Final = MappingProxyType(
    {
        PaymentStatus.AWAITING_APPROVAL: BillingEventType.REFUND_REQUESTED,
        PaymentStatus.SCREENING: BillingEventType.REFUND_SCREENED,
        PaymentStatus.EXECUTING: BillingEventType.REFUND_APPROVED,
        PaymentStatus.CANCELLED: BillingEventType.REFUND_REFUSED,
        PaymentStatus.PAID: BillingEventType.REFUND_PAID,
        PaymentStatus.FAILED: BillingEventType.REFUND_FAILED,
        PaymentStatus.RETURNED: BillingEventType.REFUND_RETURNED,
        PaymentStatus.REVERSED: BillingEventType.REFUND_REVERSED,
    }
)
"""The event that leaves a refund with this status."""

RETURN_EVENTS: Final = MappingProxyType(
    {
        PaymentStatus.AWAITING_APPROVAL: BillingEventType.RETURN_REQUESTED,
        PaymentStatus.EXECUTING: BillingEventType.RETURN_APPROVED,
        PaymentStatus.CANCELLED: BillingEventType.RETURN_REFUSED,
        PaymentStatus.PAID: BillingEventType.RETURN_PAID,
        PaymentStatus.FAILED: BillingEventType.RETURN_FAILED,
        PaymentStatus.RETURNED: BillingEventType.RETURN_RETURNED,
        PaymentStatus.REVERSED: BillingEventType.RETURN_REVERSED,
    }
)
"""The event that leaves the return of a payment in suspense with this status."""


class Refund(OutgoingPayment):
    """One sum that goes back: first out of suspense, then out of the premium that was paid."""

    id: RefundId | ReturnId
    of_suspense: Money

    @property
    def of_premium(self) -> Money:
        return self.amount - self.of_suspense

    @property
    def paid(self) -> bool:
        return self.status is PaymentStatus.PAID

    def postings_since(self, before: "Refund") -> tuple[Posting, ...]:
        """What the bank's report posts: cash goes out when it is paid, and comes back if it returns."""
        if self.paid is before.paid:
            return ()
        sign = 1 if self.paid else -1
        return (
            *_times(sign, Account.SUSPENSE, self.of_suspense),
            *_times(sign, Account.PREMIUM_RECEIVABLE, self.of_premium),
        )


def _times(sign: int, account: Account, amount: Money) -> tuple[Posting, ...]:
    return post(account, Account.CASH, amount if sign > 0 else -amount)
