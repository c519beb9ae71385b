"""Task codes: what a piece of work asks of the person who takes it up."""

from enum import StrEnum


class TaskCode(StrEnum):
    """Why something stands in a work list. Clients may show a text of their own for each code."""

    # Claims
    INCOMPLETE = "incomplete"
    """Facts or evidence are missing."""
    REFERRED = "referred"
    """A rule, or a limit of authority, asks for a person."""
    REVIEW_ASKED = "review_asked"
    """The customer asked for a person to look at an automated decision."""
    CONFIRM_DECISION = "confirm_decision"
    DECISION_REFUSED = "decision_refused"
    REOPENED = "reopened"
    APPROVE_PAYEE = "approve_payee"
    CONFIRM_PAYEE = "confirm_payee"
    """The payee's name, address or account was corrected: name the payee again."""
    APPROVE_PAYMENT = "approve_payment"
    CLEAR_SCREENING = "clear_screening"
    """The payee's name resembles an entry of a sanctions list."""
    PAYMENT_REFUSED = "payment_refused"
    PAYMENT_CANCELLED = "payment_cancelled"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_RETURNED = "payment_returned"
    PAYMENT_REVERSED = "payment_reversed"
    PAYMENT_REPORT_KEPT = "payment_report_kept"
    """The bank reported what does not fit how far the payment is: ask the bank."""
    DEADLINE_MISSED = "deadline_missed"
    """A regulator's deadline passed without the act that it asks for."""
    DEADLINE_DUE = "deadline_due"
    """A regulator's deadline is the next thing on the claim."""
    DIARY_ENTRY_DUE = "diary_entry_due"
    """A diary entry came due."""

    # Complaints
    COMPLAINT_RECEIVED = "complaint_received"
    COMPLAINT_ACKNOWLEDGED = "complaint_acknowledged"
    COMPLAINT_INVESTIGATING = "complaint_investigating"
    COMPLAINT_ANSWERED = "complaint_answered"
    COMPLAINT_REFERRED = "complaint_referred"
    COMPLAINT_REOPENED = "complaint_reopened"
    APPROVE_REDRESS = "approve_redress"

    # Parties
    DATA_ACCESS = "data_access"
    """A person asks for their data; so do the others, for what each is named after."""
    DATA_RECTIFICATION = "data_rectification"
    DATA_ERASURE = "data_erasure"
    DATA_RESTRICTION = "data_restriction"
    DATA_OBJECTION = "data_objection"
    MATCH_DOUBTFUL = "match_doubtful"
    """Two records may be of one customer: a person says whether they are."""

    # Batches
    ROWS_IN_QUARANTINE = "rows_in_quarantine"
    """Rows of a file wait to be mended, taken as they are, or rejected."""

    # Quotes
    REFERRAL = "referral"
    """An underwriter decides whether the risk is accepted."""
