"""Settle a claim: verify it on all rules, value it, and pay it straight through where they allow it."""

from insurance.domain.claim import Claim
from insurance.domain.claim.payee_account import is_known_account
from insurance.domain.claim.settlement import settle
from insurance.domain.claim.totals import pools_of
from insurance.domain.core.stored import Stored
from insurance.operations.claims.claim_context import (
    act_of,
    find_matches,
    load_claim,
    store_claim,
    with_totals,
)
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command
from insurance.operations.running_totals import while_limits_move


def settle_claim(claim_id: str, command: Command, ports: ClaimPorts) -> Stored[Claim]:
    """Decide a claim by rules alone; where they cannot, a person gets the task of looking at it.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The claim is settled or closed, or waits for a person's decision.
        ClaimOnHold: Nothing is decided while it is on hold.
        AlreadyErased: The facts of the loss were erased.
        Unavailable: Other claims used the same limit first, too many times.
    """

    def decide(tries: int) -> Stored[Claim]:
        context = load_claim(claim_id, command, ports.claims)
        product = ports.products.version(context.policy.product)
        claim = context.claim.record
        pools = pools_of(
            claim.payee, context.policy, command.now, known_account=is_known_account(claim)
        )
        context = with_totals(context, pools, ports.claims, look=tries > 0)
        matches = find_matches(claim, claim.payee, ports.screening)
        change = settle(context, product, matches, act_of(command))
        return store_claim(change, context.claim, command, ports.claims)

    return while_limits_move(decide)
