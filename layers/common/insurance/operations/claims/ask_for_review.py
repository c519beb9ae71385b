"""Ask for a review: a person looks again at an automated decision."""

from insurance.domain.claim import Claim, handling
from insurance.domain.core.stored import Stored
from insurance.operations.claims.claim_context import act_of, load_claim, store_claim
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command


def ask_for_review(
    claim_id: str, reason: str, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Give a handler the task of reviewing an automated decision. What was paid stays paid.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The last decision was not made by rules alone.
    """
    context = load_claim(claim_id, command, ports.claims)
    change = handling.ask_for_review(context.claim.record, reason, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)
