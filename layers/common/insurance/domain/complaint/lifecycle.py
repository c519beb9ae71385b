"""How far the handling of a complaint has come, and every step that leads on from there."""

from enum import StrEnum


class Status(StrEnum):
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    INVESTIGATING = "investigating"
    ANSWERED = "answered"
    """The final response was given."""
    REFERRED = "referred"
    """The ombudsman has it."""
    CLOSED = "closed"
    REOPENED = "reopened"


class Step(StrEnum):
    ACKNOWLEDGE = "be acknowledged"
    INVESTIGATE = "be investigated"
    ANSWER = "be answered"
    REFER = "be referred to the ombudsman"
    CLOSE = "be closed"
    WITHDRAW = "be withdrawn"
    REOPEN = "be reopened"
    REDRESS = "have redress offered"
    PAY = "have its redress paid"
    LOSE_REDRESS = "have its redress fail or come back"
    ASSIGN = "be given to a handler"
    NOTE = "have something noted"
    MISS_DEADLINE = "miss a deadline"


UNANSWERED = (Status.RECEIVED, Status.ACKNOWLEDGED, Status.INVESTIGATING, Status.REOPENED)
OPEN = (*UNANSWERED, Status.ANSWERED, Status.REFERRED)

NEXT = {
    (Status.RECEIVED, Step.ACKNOWLEDGE): Status.ACKNOWLEDGED,
    (Status.ACKNOWLEDGED, Step.INVESTIGATE): Status.INVESTIGATING,
    (Status.REOPENED, Step.INVESTIGATE): Status.INVESTIGATING,
    (Status.INVESTIGATING, Step.ANSWER): Status.ANSWERED,
    (Status.ANSWERED, Step.CLOSE): Status.CLOSED,
    (Status.REFERRED, Step.CLOSE): Status.CLOSED,
    (Status.CLOSED, Step.REOPEN): Status.REOPENED,
    # The ombudsman is asked after the answer, or when there is none in time.
    **{(status, Step.REFER): Status.REFERRED for status in (*UNANSWERED, Status.ANSWERED)},
    (Status.CLOSED, Step.REFER): Status.REFERRED,
    **{(status, Step.WITHDRAW): Status.CLOSED for status in UNANSWERED},
    (Status.INVESTIGATING, Step.REDRESS): Status.INVESTIGATING,
    (Status.ANSWERED, Step.REDRESS): Status.ANSWERED,
    (Status.REFERRED, Step.REDRESS): Status.REFERRED,
    **{(status, Step.PAY): status for status in Status},
    # The bank is never told that its report does not suit us. What was put right and is not any more
    # is not closed.
    **{(status, Step.LOSE_REDRESS): status for status in OPEN},
    (Status.CLOSED, Step.LOSE_REDRESS): Status.REOPENED,
    **{(status, Step.ASSIGN): status for status in OPEN},
    **{(status, Step.MISS_DEADLINE): status for status in UNANSWERED},
    **{(status, Step.NOTE): status for status in Status},
}
