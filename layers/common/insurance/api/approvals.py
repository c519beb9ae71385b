"""The decisions of a second person on a payment, as a request says them."""

from typing import Literal

from insurance.api.body import Request
from insurance.api.fields import Reason
from insurance.domain.bank.approval import Approval


class ApprovalRequest(Request):
    """Whether a payment is approved, and why."""

    decision: Literal["approve", "refuse"]
    reason: Reason

    def approval(self, by: str) -> Approval:
        return Approval(granted=self.decision == "approve", by=by, reason=self.reason)


class PayeeScreeningRequest(Request):
    """Whether the payee is another person than the sanctions list means, and how that is known."""

    decision: Literal["clear", "refuse"]
    reason: Reason

    def approval(self, by: str) -> Approval:
        return Approval(granted=self.decision == "clear", by=by, reason=self.reason)
