"""How far the handling of a claim has come, and every step that leads on from there."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Handling(StrEnum):
    NOTIFIED = "notified"
    """Reported; the rules have not been run."""
    VERIFYING = "verifying"
    """Something asked is missing."""
    ASSESSING = "assessing"
    """A person must look."""
    SETTLING = "settling"
    """Decided; what the decision brings is being done."""
    CLOSED = "closed"
    """There is nothing more to do."""
    REOPENED = "reopened"
    """Closed before, and looked at again."""


class ClaimStep(StrEnum):
    """What is done to a claim."""

    COMPLETE = "complete"
    WAIT_FOR_FACTS = "wait_for_facts"
    REFER = "refer"
    APPROVE = "approve"
    DENY = "deny"
    RESERVE = "reserve"
    CHANGE_PAYEE = "change_payee"
    PAY = "pay"
    LOSE_PAYMENT = "lose_payment"
    HOLD = "hold"
    RELEASE = "release"
    FINISH = "finish"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    ASSIGN = "assign"
    NOTE = "note"
    CHANGE_DIARY = "change_diary"
    TAKE_EVIDENCE = "take_evidence"
    MISS_DEADLINE = "miss_deadline"


REFUSED_STEPS: Final = MappingProxyType(
    {
        ClaimStep.COMPLETE: "be completed",
        ClaimStep.WAIT_FOR_FACTS: "wait for facts",
        ClaimStep.REFER: "be referred",
        ClaimStep.APPROVE: "be settled",
        ClaimStep.DENY: "be denied",
        ClaimStep.RESERVE: "have its reserve changed",
        ClaimStep.CHANGE_PAYEE: "have its payee changed",
        ClaimStep.PAY: "have more paid on it",
        ClaimStep.LOSE_PAYMENT: "have its payment refused or failed",
        ClaimStep.HOLD: "be put on hold",
        ClaimStep.RELEASE: "be taken off hold",
        ClaimStep.FINISH: "be closed",
        ClaimStep.WITHDRAW: "be withdrawn",
        ClaimStep.REOPEN: "be reopened",
        ClaimStep.ASSIGN: "be given to a handler",
        ClaimStep.NOTE: "have something noted",
        ClaimStep.CHANGE_DIARY: "have its diary changed",
        ClaimStep.TAKE_EVIDENCE: "take evidence",
        ClaimStep.MISS_DEADLINE: "miss a deadline",
    }
)
"""How a refusal names the step: "it cannot be settled"."""


UNDECIDED = (Handling.NOTIFIED, Handling.VERIFYING, Handling.ASSESSING, Handling.REOPENED)
OPEN = (*UNDECIDED, Handling.SETTLING)

NEXT: Final = {
    **{(handling, ClaimStep.COMPLETE): handling for handling in UNDECIDED},
    **{(handling, ClaimStep.WAIT_FOR_FACTS): Handling.VERIFYING for handling in UNDECIDED},
    **{(handling, ClaimStep.REFER): Handling.ASSESSING for handling in UNDECIDED},
    **{(handling, ClaimStep.APPROVE): Handling.SETTLING for handling in UNDECIDED},
    **{(handling, ClaimStep.DENY): Handling.SETTLING for handling in UNDECIDED},
    **{(handling, ClaimStep.WITHDRAW): Handling.CLOSED for handling in UNDECIDED},
    **{(handling, ClaimStep.RESERVE): handling for handling in OPEN},
    **{(handling, ClaimStep.CHANGE_PAYEE): handling for handling in OPEN},
    **{(handling, ClaimStep.PAY): handling for handling in OPEN},
    **{(handling, ClaimStep.HOLD): handling for handling in OPEN},
    **{(handling, ClaimStep.RELEASE): handling for handling in OPEN},
    **{(handling, ClaimStep.ASSIGN): handling for handling in OPEN},
    **{(handling, ClaimStep.TAKE_EVIDENCE): handling for handling in OPEN},
    **{(handling, ClaimStep.MISS_DEADLINE): handling for handling in OPEN},
    **{(handling, ClaimStep.NOTE): handling for handling in Handling},
    **{(handling, ClaimStep.CHANGE_DIARY): handling for handling in Handling},
    # The bank is never told that its report does not suit us: every state takes a lost payment.
    (Handling.NOTIFIED, ClaimStep.LOSE_PAYMENT): Handling.ASSESSING,
    (Handling.VERIFYING, ClaimStep.LOSE_PAYMENT): Handling.VERIFYING,
    (Handling.ASSESSING, ClaimStep.LOSE_PAYMENT): Handling.ASSESSING,
    (Handling.SETTLING, ClaimStep.LOSE_PAYMENT): Handling.ASSESSING,
    (Handling.REOPENED, ClaimStep.LOSE_PAYMENT): Handling.REOPENED,
    (Handling.CLOSED, ClaimStep.LOSE_PAYMENT): Handling.REOPENED,
    (Handling.SETTLING, ClaimStep.FINISH): Handling.CLOSED,
    (Handling.CLOSED, ClaimStep.REOPEN): Handling.REOPENED,
}

NOT_ON_HOLD: Final = frozenset(
    {ClaimStep.APPROVE, ClaimStep.DENY, ClaimStep.PAY, ClaimStep.WITHDRAW, ClaimStep.FINISH}
)
"""What waits while a claim is on hold."""
