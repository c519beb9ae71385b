"""Claims: from the first notice of a loss to the last payment."""

from insurance.domain.claim.claim import Claim, Hold, NoticedClaim, PayeeChange, Task
from insurance.domain.claim.decision import Decision, DecisionRecord
from insurance.domain.claim.lifecycle import Handling, Step
from insurance.domain.claim.limits import Draw
from insurance.domain.claim.payment import Payment, PaymentStatus
from insurance.domain.claim.reserve import CostType, Reserve, ReserveReason
from insurance.domain.claim.screening import ClearedMatch

__all__ = [
    "Claim",
    "ClearedMatch",
    "CostType",
    "Decision",
    "DecisionRecord",
    "Draw",
    "Handling",
    "Hold",
    "NoticedClaim",
    "PayeeChange",
    "Payment",
    "PaymentStatus",
    "Reserve",
    "ReserveReason",
    "Step",
    "Task",
]
