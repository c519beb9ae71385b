"""The types of events in a complaint's stream."""

from insurance.domain.core.event import EventType


class ComplaintEventType(EventType):
    RECEIVED = "complaint.received"
    ACKNOWLEDGED = "complaint.acknowledged"
    INVESTIGATED = "complaint.investigated"
    ANSWERED = "complaint.answered"
    REFERRED = "complaint.referred"
    CLOSED = "complaint.closed"
    REOPENED = "complaint.reopened"
    ASSIGNED = "complaint.assigned"
    NOTED = "complaint.noted"
    DEADLINE_MISSED = "complaint.deadline_missed"
    REDRESS_REQUESTED = "redress.requested"
    REDRESS_SUSPECTED = "redress.suspected"
    """Approved, and another person must look at the payee."""
    REDRESS_APPROVED = "redress.approved"
    REDRESS_REFUSED = "redress.refused"
    REDRESS_PAID = "redress.paid"
    REDRESS_FAILED = "redress.failed"
    REDRESS_RETURNED = "redress.returned"
    REDRESS_REVERSED = "redress.reversed"
    REDRESS_REPORT_KEPT = "redress.report_kept"
    """The bank reported what does not fit how far the redress is; so it is with the others."""
    REDRESS_REPORT_REVIEWED = "redress.report_reviewed"
    """What becomes of a kept report was proposed or refused, or the report was closed; so it is with the others."""
