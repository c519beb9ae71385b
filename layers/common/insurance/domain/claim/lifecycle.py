"""How far the handling of a claim has come, and every step that leads on from there."""

from enum import StrEnum


class Handling(StrEnum):
    NOTIFIED = "notified"
    VERIFYING = "verifying"
    """Something asked is missing."""
    ASSESSING = "assessing"
    """A person must look."""
    SETTLING = "settling"
    """Decided; what the decision brings is being done."""
    CLOSED = "closed"
    REOPENED = "reopened"


class Step(StrEnum):
    COMPLETE = "be completed"
    WAIT_FOR_FACTS = "wait for facts"
    REFER = "be referred"
    APPROVE = "be settled"
    DENY = "be denied"
    RESERVE = "have its reserve changed"
    CHANGE_PAYEE = "have its payee changed"
    PAY = "have more paid on it"
    LOSE_PAYMENT = "have its payment refused or failed"
    HOLD = "be put on hold"
    RELEASE = "be taken off hold"
    FINISH = "be closed"
    WITHDRAW = "be withdrawn"
    REOPEN = "be reopened"
    ASSIGN = "be given to a handler"
    NOTE = "have something noted"
    FOLLOW_UP = "be followed up"
    TAKE_EVIDENCE = "take evidence"
    MISS_DEADLINE = "miss a deadline"


UNDECIDED = (Handling.NOTIFIED, Handling.VERIFYING, Handling.ASSESSING, Handling.REOPENED)
OPEN = (*UNDECIDED, Handling.SETTLING)

NEXT = {
    **{(handling, Step.COMPLETE): handling for handling in UNDECIDED},
    **{(handling, Step.WAIT_FOR_FACTS): Handling.VERIFYING for handling in UNDECIDED},
    **{(handling, Step.REFER): Handling.ASSESSING for handling in UNDECIDED},
    **{(handling, Step.APPROVE): Handling.SETTLING for handling in UNDECIDED},
    **{(handling, Step.DENY): Handling.SETTLING for handling in UNDECIDED},
    **{(handling, Step.WITHDRAW): Handling.CLOSED for handling in UNDECIDED},
    **{(handling, Step.RESERVE): handling for handling in OPEN},
    **{(handling, Step.CHANGE_PAYEE): handling for handling in OPEN},
    **{(handling, Step.PAY): handling for handling in OPEN},
    **{(handling, Step.HOLD): handling for handling in OPEN},
    **{(handling, Step.RELEASE): handling for handling in OPEN},
    **{(handling, Step.ASSIGN): handling for handling in OPEN},
    **{(handling, Step.TAKE_EVIDENCE): handling for handling in OPEN},
    **{(handling, Step.MISS_DEADLINE): handling for handling in OPEN},
    **{(handling, Step.NOTE): handling for handling in Handling},
    **{(handling, Step.FOLLOW_UP): handling for handling in Handling},
    # The bank is never told that its report does not suit us: every state takes a lost payment.
    (Handling.NOTIFIED, Step.LOSE_PAYMENT): Handling.ASSESSING,
    (Handling.VERIFYING, Step.LOSE_PAYMENT): Handling.VERIFYING,
    (Handling.ASSESSING, Step.LOSE_PAYMENT): Handling.ASSESSING,
    (Handling.SETTLING, Step.LOSE_PAYMENT): Handling.ASSESSING,
    (Handling.REOPENED, Step.LOSE_PAYMENT): Handling.REOPENED,
    (Handling.CLOSED, Step.LOSE_PAYMENT): Handling.REOPENED,
    (Handling.SETTLING, Step.FINISH): Handling.CLOSED,
    (Handling.CLOSED, Step.REOPEN): Handling.REOPENED,
}

HELD_BACK = frozenset({Step.APPROVE, Step.DENY, Step.PAY, Step.WITHDRAW, Step.FINISH})
"""What waits while a claim is on hold."""
