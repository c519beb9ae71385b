"""Claims: from the first notice of a loss to the last payment."""

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.decision import Decision, DecisionRecord
from insurance.domain.claim.diary import DiaryEntry, Note, ReportChannel
from insurance.domain.claim.lifecycle import ClaimStep, Handling
from insurance.domain.claim.limits import LimitUsage
from insurance.domain.claim.payee_change import PayeeChange
from insurance.domain.claim.payment import Payment
from insurance.domain.claim.register import NoticedClaim
from insurance.domain.claim.reserve import CostType, Reserve, ReserveReason
from insurance.domain.claim.task import Hold, Task
from insurance.domain.screening.screening import ClearedMatch

__all__ = [
    "Claim",
    "ClaimStep",
    "ClearedMatch",
    "CostType",
    "Decision",
    "DecisionRecord",
    "DiaryEntry",
    "Handling",
    "Hold",
    "LimitUsage",
    "Note",
    "NoticedClaim",
    "PayeeChange",
    "Payment",
    "PaymentStatus",
    "ReportChannel",
    "Reserve",
    "ReserveReason",
    "Task",
]
