"""Claims: from the first notice of a loss to the last payment."""

from insurance.domain.claim.claim import (
    Claim,
    Decision,
    Handling,
    NoticedClaim,
    Task,
)
from insurance.domain.claim.payment import Payment, PaymentStatus

__all__ = [
    "Claim",
    "Decision",
    "Handling",
    "NoticedClaim",
    "Payment",
    "PaymentStatus",
    "Task",
]
