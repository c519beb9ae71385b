"""Claims of other policies, as a claim meets them on record."""

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim import (
    Decision,
    DecisionRecord,
    ReserveReason,
)

from tests.support.builders import NOW, gbp


def reserved(claim, cost_type, outstanding):
    return claim.with_reserve(
        cost_type, gbp(outstanding), ReserveReason.REVISED_ESTIMATE, by="staff-hana", at=NOW
    )


def executing(claim, cost_type, amount):
    return claim.paying(cost_type, gbp(amount), status=PaymentStatus.EXECUTING, by="staff-hana")


def record(decision=Decision.APPROVED, amount="500"):
    return DecisionRecord(decision=decision, amount=gbp(amount), by="staff-hana", at=NOW)
