"""Types of the events of billing accounts and of payments in suspense."""

from insurance.domain.core.event import EventType


class BillingEventType(EventType):
    """What happened to an account, or to a payment in suspense."""

    PLAN_CHOSEN = "billing.plan_chosen"
    INSTALMENT_DUE = "billing.instalment_due"
    CHARGE_ADJUSTED = "billing.charge_adjusted"
    PAYMENT_RECEIVED = "billing.payment_received"
    PAYMENT_SUSPENDED = "billing.payment_suspended"
    SUSPENSE_USED = "billing.suspense_used"
    SUSPENSE_ALLOCATED = "billing.suspense_allocated"
    ARREARS_OFFSET = "billing.arrears_offset"
    OFFSET_TAKEN_BACK = "billing.offset_taken_back"
    REFUND_REQUESTED = "billing.refund_requested"
    REFUND_APPROVED = "billing.refund_approved"
    REFUND_SCREENED = "billing.refund_screened"
    REFUND_REFUSED = "billing.refund_refused"
    REFUND_PAID = "billing.refund_paid"
    REFUND_FAILED = "billing.refund_failed"
    REFUND_RETURNED = "billing.refund_returned"
    REFUND_REVERSED = "billing.refund_reversed"
    RETURN_REQUESTED = "billing.return_requested"
    RETURN_APPROVED = "billing.return_approved"
    RETURN_REFUSED = "billing.return_refused"
    RETURN_PAID = "billing.return_paid"
    RETURN_FAILED = "billing.return_failed"
    RETURN_RETURNED = "billing.return_returned"
    RETURN_REVERSED = "billing.return_reversed"
