"""Ask for a person: an automated decision is looked at again by somebody."""

from insurance.domain.claim import Claim, Decision, Handling, Step, Task
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import WrongState
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.operations.claims.change_claim import HANDLER, load_claim, store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.idempotency import Idempotency


def ask_for_review(
    claim_id: str,
    reason: str,
    *,
    expected_revision: int | None,
    caller: Caller,
    claims: Claims,
    receipt: Idempotency,
) -> Stored[Claim]:
    """A task for a handler; a closed claim is opened again. What was paid stays paid."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim = file.claim.record
    if not claim.decisions or not claim.decisions[-1].automated:
        raise WrongState(f"Claim {claim.id}", "not decided by rules alone", "be reviewed")
    task = Task(role=HANDLER, code=TaskCode.REVIEW_ASKED, reason=reason, since=receipt.now)
    if claim.handling is Handling.CLOSED:
        asked = claim.moved(Step.REOPEN, decision=Decision.PENDING, closed_as=None, task=task)
    else:
        asked = claim.replace(task=task)
    return store_claim(
        asked,
        "claim.review_asked",
        before=file.claim,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
