"""The lifecycle of a complaint: its statuses, and the steps that lead from one to the next."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Status(StrEnum):
    """How far the handling of a complaint has come."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    ANSWERED = "answered"
    """The final response was given."""
    REFERRED = "referred"
    """The ombudsman has the complaint."""
    CLOSED = "closed"
    REOPENED = "reopened"


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


UNANSWERED: Final = (Status.RECEIVED, Status.ACKNOWLEDGED, Status.INVESTIGATING, Status.REOPENED)
OPEN: Final = (*UNANSWERED, Status.ANSWERED, Status.REFERRED)

NEXT: Final = MappingProxyType(
    {
        (Status.RECEIVED, Step.ACKNOWLEDGE): Status.ACKNOWLEDGED,
        (Status.ACKNOWLEDGED, Step.INVESTIGATE): Status.INVESTIGATING,
        (Status.REOPENED, Step.INVESTIGATE): Status.INVESTIGATING,
        (Status.INVESTIGATING, Step.ANSWER): Status.ANSWERED,
        (Status.ANSWERED, Step.CLOSE): Status.CLOSED,
        (Status.REFERRED, Step.CLOSE): Status.CLOSED,
        (Status.CLOSED, Step.REOPEN): Status.REOPENED,
        # Before the final response only if its deadline has passed (`Complaint.referred`).
        **{(status, Step.REFER): Status.REFERRED for status in (*UNANSWERED, Status.ANSWERED)},
        (Status.CLOSED, Step.REFER): Status.REFERRED,
        **{(status, Step.WITHDRAW): Status.CLOSED for status in UNANSWERED},
        (Status.INVESTIGATING, Step.OFFER_REDRESS): Status.INVESTIGATING,
        (Status.ANSWERED, Step.OFFER_REDRESS): Status.ANSWERED,
        (Status.REFERRED, Step.OFFER_REDRESS): Status.REFERRED,
        # The bank's report is accepted in every status. A closed complaint whose redress is lost
        # is open again.
        **{(status, Step.CHANGE_REDRESS): status for status in Status},
        **{(status, Step.LOSE_REDRESS): status for status in OPEN},
        (Status.CLOSED, Step.LOSE_REDRESS): Status.REOPENED,
        **{(status, Step.ASSIGN): status for status in OPEN},
        **{(status, Step.MISS_DEADLINE): status for status in UNANSWERED},
        **{(status, Step.NOTE): status for status in Status},
    }
)
