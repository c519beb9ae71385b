"""How far an outgoing payment has come, and what moves it."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from insurance.domain.bank.report import BankOutcome


class PaymentStatus(StrEnum):
    """How far an outgoing payment has come."""

    AWAITING_APPROVAL = "awaiting_approval"
    """Another person must approve it."""
    SCREENING = "screening"
    """Approved, but another person must look at the payee: the name resembles one on a sanctions list,
    a refund or redress goes to somebody else than it is owed to, or what we know of the payee was corrected."""
    EXECUTING = "executing"
    """Handed to the bank; only the bank's report moves it on."""
    PAID = "paid"
    """The bank reported that it paid."""
    FAILED = "failed"
    """The bank did not pay it."""
    RETURNED = "returned"
    """Paid, and sent back by the payee's bank."""
    REVERSED = "reversed"
    """Paid, and called back by us."""
    CANCELLED = "cancelled"
    """Withdrawn or refused before it went to the bank."""


class PaymentStep(StrEnum):
    """What moves a payment from one status to the next."""

    APPROVE = "approve"
    REFUSE = "refuse"
    CANCEL = "cancel"
    SCREEN = "screen"
    """Approve it, and have a person look at the payee's name first."""
    CLEAR = "clear"
    RECALL = "recall"
    """Take it off the queue for the bank: somebody must look at its payee again."""
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
        (PaymentStatus.EXECUTING, PaymentStep.RECALL): PaymentStatus.SCREENING,
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
