"""Billing: plans, what is due when, what came in, and what is late."""

from insurance.domain.billing.account import BillingAccount, payment_postings
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.billing.instalments import (
    Due,
    InstalmentSchedule,
    OddUnits,
    Plan,
    plans_of,
    schedule,
)
from insurance.domain.billing.premium_payment import PremiumPayment
from insurance.domain.billing.refund import Refund
from insurance.domain.billing.statement import (
    BillingSummary,
    Invoice,
    PolicyInvoice,
    Statement,
    current_account,
    statement,
)
from insurance.domain.billing.suspense import SuspendedPayment, SuspenseStatus, UsedReference

__all__ = [
    "BillingAccount",
    "BillingEventType",
    "BillingSummary",
    "Due",
    "InstalmentSchedule",
    "Invoice",
    "OddUnits",
    "Plan",
    "PolicyInvoice",
    "PremiumPayment",
    "Refund",
    "Statement",
    "SuspendedPayment",
    "SuspenseStatus",
    "UsedReference",
    "current_account",
    "payment_postings",
    "plans_of",
    "schedule",
    "statement",
]
