"""The lifecycle of a complaint: its statuses, and the steps that lead from one to the next."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class ComplaintStatus(StrEnum):
    """How far the handling of a complaint has come."""

    RECEIVED = "received"
    """Nobody has acknowledged it yet."""
    ACKNOWLEDGED = "acknowledged"
    """The complainant was told that it came in."""
    INVESTIGATING = "investigating"
    """Somebody looks into it."""
    ANSWERED = "answered"
    """The final response was given."""
    REFERRED = "referred"
    """The ombudsman has the complaint."""
    CLOSED = "closed"
    """There is nothing more to do."""
    REOPENED = "reopened"
    """Closed before, and looked at again."""


class Step(StrEnum):
    """What moves a complaint on, or is added to it."""

    ACKNOWLEDGE = "acknowledge"
    INVESTIGATE = "investigate"
    ANSWER = "answer"
    REFER = "refer"
    """Refer it to the ombudsman."""
    CLOSE = "close"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    OFFER_REDRESS = "offer_redress"
    CHANGE_REDRESS = "change_redress"
    """Approve, refuse, clear or pay a redress."""
    LOSE_REDRESS = "lose_redress"
    """A payment of redress failed or came back."""
    ASSIGN = "assign"
    NOTE = "note"
    MISS_DEADLINE = "miss_deadline"


UNANSWERED: Final = (
    ComplaintStatus.RECEIVED,
    ComplaintStatus.ACKNOWLEDGED,
    ComplaintStatus.INVESTIGATING,
    ComplaintStatus.REOPENED,
)
OPEN: Final = (*UNANSWERED, ComplaintStatus.ANSWERED, ComplaintStatus.REFERRED)

NEXT: Final = MappingProxyType(
    {
        (ComplaintStatus.RECEIVED, Step.ACKNOWLEDGE): ComplaintStatus.ACKNOWLEDGED,
        (ComplaintStatus.ACKNOWLEDGED, Step.INVESTIGATE): ComplaintStatus.INVESTIGATING,
        (ComplaintStatus.REOPENED, Step.INVESTIGATE): ComplaintStatus.INVESTIGATING,
        (ComplaintStatus.INVESTIGATING, Step.ANSWER): ComplaintStatus.ANSWERED,
        (ComplaintStatus.ANSWERED, Step.CLOSE): ComplaintStatus.CLOSED,
        (ComplaintStatus.REFERRED, Step.CLOSE): ComplaintStatus.CLOSED,
        (ComplaintStatus.CLOSED, Step.REOPEN): ComplaintStatus.REOPENED,
        # Before the final response only if its deadline has passed (`Complaint.referred`).
        **{
            (status, Step.REFER): ComplaintStatus.REFERRED
            for status in (*UNANSWERED, ComplaintStatus.ANSWERED)
        },
        (ComplaintStatus.CLOSED, Step.REFER): ComplaintStatus.REFERRED,
        **{(status, Step.WITHDRAW): ComplaintStatus.CLOSED for status in UNANSWERED},
        (ComplaintStatus.INVESTIGATING, Step.OFFER_REDRESS): ComplaintStatus.INVESTIGATING,
        (ComplaintStatus.ANSWERED, Step.OFFER_REDRESS): ComplaintStatus.ANSWERED,
        (ComplaintStatus.REFERRED, Step.OFFER_REDRESS): ComplaintStatus.REFERRED,
        # The bank's report is accepted in every status. A closed complaint whose redress is lost
        # is open again.
        **{(status, Step.CHANGE_REDRESS): status for status in ComplaintStatus},
        **{(status, Step.LOSE_REDRESS): status for status in OPEN},
        (ComplaintStatus.CLOSED, Step.LOSE_REDRESS): ComplaintStatus.REOPENED,
        **{(status, Step.ASSIGN): status for status in OPEN},
        **{(status, Step.MISS_DEADLINE): status for status in UNANSWERED},
        **{(status, Step.NOTE): status for status in ComplaintStatus},
    }
)
