"""The types of the events in a claim's stream."""

from insurance.domain.core.event import EventType


class ClaimEventType(EventType):
    """What happened to a claim. Consumers and the audit trail know an event by its type."""

    NOTIFIED = "claim.notified"
    NOTIFIED_AND_INCOMPLETE = "claim.notified_and_incomplete"
    NOTIFIED_AND_HELD = "claim.notified_and_held"
    NOTIFIED_AND_REFERRED = "claim.notified_and_referred"
    NOTIFIED_AND_SETTLED = "claim.notified_and_settled"
    NOTIFIED_AND_NOTHING_PAYABLE = "claim.notified_and_nothing_payable"
    COMPLETED = "claim.completed"
    INCOMPLETE = "claim.incomplete"
    REFERRED = "claim.referred"
    SETTLED = "claim.settled"
    NOTHING_PAYABLE = "claim.nothing_payable"
    REVIEW_ASKED = "claim.review_asked"

    DENIAL_PROPOSED = "claim.denial_proposed"
    DENIAL_REFUSED = "claim.denial_refused"
    DENIED = "claim.denied"

    HELD = "claim.held"
    RELEASED = "claim.released"
    RESERVED = "claim.reserved"
    CLOSED = "claim.closed"
    REOPENED = "claim.reopened"
    ASSIGNED = "claim.assigned"
    NOTED = "claim.noted"
    DIARY_ENTRY_CREATED = "claim.diary_entry_created"
    DIARY_ENTRY_COMPLETED = "claim.diary_entry_completed"
    DEADLINE_MISSED = "claim.deadline_missed"

    PAYEE_NAMED = "claim.payee_named"
    PAYEE_PROPOSED = "claim.payee_proposed"
    PAYEE_CHANGED = "claim.payee_changed"
    PAYEE_REFUSED = "claim.payee_refused"
    PAYEE_CORRECTED = "claim.payee_corrected"

    EVIDENCE_ASKED = "claim.evidence_asked"
    EVIDENCE_RECEIVED = "claim.evidence_received"
    EVIDENCE_REFUSED = "claim.evidence_refused"

    PAYMENT_REQUESTED = "payment.requested"
    PAYMENT_APPROVED = "payment.approved"
    PAYMENT_SUSPECTED = "payment.suspected"
    PAYMENT_CLEARED = "payment.cleared"
    PAYMENT_REFUSED = "payment.refused"
    PAYMENT_CANCELLED = "payment.cancelled"
    PAYMENT_PAID = "payment.paid"
    PAYMENT_FAILED = "payment.failed"
    PAYMENT_RETURNED = "payment.returned"
    PAYMENT_REVERSED = "payment.reversed"
    PAYMENT_REPORT_KEPT = "payment.report_kept"
    PAYMENT_REPORT_REVIEWED = "payment.report_reviewed"
    """The bank reported what does not fit how far the payment is."""

    RECOVERY_IDENTIFIED = "recovery.identified"
    RECOVERY_PURSUED = "recovery.pursued"
    RECOVERY_RECEIVED = "recovery.received"
    RECOVERY_ABANDONED = "recovery.abandoned"
