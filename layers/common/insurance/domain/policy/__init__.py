"""Policy life: the contract, its transactions, and what each of them costs."""

from insurance.domain.policy.policy import Policy
from insurance.domain.policy.status import PolicyStatus
from insurance.domain.policy.timeline import Segment
from insurance.domain.policy.transaction import (
    ChangedAnswers,
    ChargeKind,
    ChargeLine,
    Computation,
    Initiator,
    Terms,
    Transaction,
    TransactionKind,
)

__all__ = [
    "ChangedAnswers",
    "ChargeKind",
    "ChargeLine",
    "Computation",
    "Initiator",
    "Policy",
    "PolicyStatus",
    "Segment",
    "Terms",
    "Transaction",
    "TransactionKind",
]
