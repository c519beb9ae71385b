"""Move a claim on: what every step of it shares."""

from collections.abc import Callable

from insurance.domain.claim import Claim, attention
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    ClaimNotFound,
    LimitMoved,
    StaleRevision,
    Unavailable,
)
from insurance.domain.core.event import DestroyedKey, Event
from insurance.domain.core.stored import Stored
from insurance.operations.claims.ports import AccountMove, ClaimContext, Claims
from insurance.operations.idempotency import Idempotency

HANDLER = attention.HANDLER
LIMIT_TRIES = 10


def load_claim(
    claim_id: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    claims: Claims,
    receipt: Idempotency,
    evidence: bool = False,
) -> ClaimContext:
    """The claim and its policy, if the caller may see them and they are as the caller thinks."""
    load = claims.load_evidence if evidence else claims.load
    file = load(claim_id, receipt)
    if not caller.sees(claim_id, file.claim.record.partner):
        raise ClaimNotFound(claim_id)
    if expected_revision is not None and expected_revision != file.claim.head.sequence:
        raise StaleRevision(claim_id)
    return file


def store_claim(
    claim: Claim,
    type: str,
    *,
    before: Stored[Claim],
    caller: Caller,
    claims: Claims,
    receipt: Idempotency,
    moved: AccountMove | None = None,
    answer: object = None,
) -> Stored[Claim]:
    """Append the event, with the postings that the change makes, and store the claim.

    What is answered is the claim as it is kept, or `answer` where the command is about a part of it.

    A claim whose people were erased can still be paid, refused or closed: what says nothing of
    them needs no key. What somebody writes about that step is then not kept: it could not be sealed.
    """
    claim = attention.with_deadlines(attention.with_what_waits(claim, receipt.now), receipt.now)
    if before.key is None:
        claim = claim.without_texts()
    event = Event.following(
        before.head,
        claim,
        before.key or DestroyedKey(),
        stream=claim.id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
        postings=claim.booked_since(before.record),
    )
    kept = Stored(claim, event.head, before.key)
    claims.change(event, claim, before=before, receipt=receipt.record(answer or kept), moved=moved)
    return kept


def while_limits_move[R](decide: Callable[[], R]) -> R:
    """Load, decide and store again for as long as other claims take of the same limits first."""
    for _ in range(LIMIT_TRIES):
        try:
            return decide()
        except LimitMoved:
            continue
    raise Unavailable("The limit that the policy's claims share")
