"""Redress: money that is paid to put a complaint right. A second person must approve it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from insurance.domain.bank.outgoing_payment import COMMITTED, OutgoingPayment
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.complaint.event_types import ComplaintEventType
from insurance.domain.core.house_authority import RunningTotal
from insurance.domain.core.identity import RedressId
from insurance.domain.core.money import Currency, Money, total
from insurance.domain.party.party import Payee

REDRESS_MAX: Final = 10

UNAPPROVED: Final = frozenset({PaymentStatus.AWAITING_APPROVAL, PaymentStatus.SCREENING})
APPROVED: Final = COMMITTED - UNAPPROVED
PAID: Final = frozenset({PaymentStatus.PAID})
LOST: Final = frozenset({PaymentStatus.FAILED, PaymentStatus.RETURNED, PaymentStatus.REVERSED})
"""The bank did not pay it, or the money came back: the complaint is not put right."""

REPORTED: Final = MappingProxyType(
    {
        PaymentStatus.PAID: ComplaintEventType.REDRESS_PAID,
        PaymentStatus.FAILED: ComplaintEventType.REDRESS_FAILED,
        PaymentStatus.RETURNED: ComplaintEventType.REDRESS_RETURNED,
        PaymentStatus.REVERSED: ComplaintEventType.REDRESS_REVERSED,
    }
)
"""The event that leaves a redress with this status, by the bank's report."""


class Redress(OutgoingPayment):
    """One payment of redress."""

    id: RedressId


@dataclass(frozen=True, slots=True)
class RedressOffer:
    """The amount offered, its payee and the reason."""

    amount: Money
    payee: Payee
    reason: str


@dataclass(frozen=True, slots=True)
class RedressDecision:
    """Who decided about a redress, why and when."""

    by: str
    reason: str
    at: datetime
    over: tuple[RunningTotal, ...] = ()
    """The running totals that an approval would pass: a third person looks at it."""


def redress_total(
    redress: Iterable[Redress], statuses: frozenset[PaymentStatus], currency: Currency
) -> Money:
    """The sum of the redress in these statuses."""
    return total((payment.amount for payment in redress if payment.status in statuses), currency)
