"""Billing: plans, what is due when, what came in, and what is late."""

from insurance.domain.billing.account import (
    BillingAccount,
    Invoice,
    PaymentIn,
    Statement,
    payment_postings,
    statement,
)
from insurance.domain.billing.instalments import Due, OddUnits, Plan, Schedule, plans_of, schedule
from insurance.domain.billing.refund import Refund
from insurance.domain.billing.suspense import BookedOn, SuspendedPayment

__all__ = [
    "BillingAccount",
    "BookedOn",
    "Due",
    "Invoice",
    "OddUnits",
    "PaymentIn",
    "Plan",
    "Refund",
    "Schedule",
    "Statement",
    "SuspendedPayment",
    "payment_postings",
    "plans_of",
    "schedule",
    "statement",
]
