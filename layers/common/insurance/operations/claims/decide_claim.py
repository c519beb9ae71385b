"""Decide a claim: a person approves it in whole or part, denies it, or pays it as goodwill."""

from insurance.domain.claim import Claim
from insurance.domain.claim.assessment import DecisionInput, confirm, decide, refuse
from insurance.domain.claim.payee_account import is_known_account
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


def decide_claim(
    claim_id: str, decision: DecisionInput, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Carry out a decision. A denial of a larger claim waits for a second person.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        ClaimOnHold: Nothing is decided while the claim is on hold.
        WrongState: The claim is decided, or a decision waits to be confirmed.
        DecisionNotPossible: The rules do not allow the decision, or its amount.
        AlreadyErased: The facts of the loss were erased.
        Unavailable: Other claims used the same limit first, too many times.
    """

    def decide_once(tries: int) -> Stored[Claim]:
        context = load_claim(claim_id, command, ports.claims)
        product = ports.products.version(context.policy.product)
        claim = context.claim.record
        pools = pools_of(
            claim.payee,
            context.policy,
            command.now,
            known_account=is_known_account(claim),
            alone=command.caller,
        )
        context = with_totals(context, pools, ports.claims, look=tries > 0)
        matches = find_matches(claim, claim.payee, ports.screening)
        change = decide(context, decision, product, matches, act_of(command))
        return store_claim(change, context.claim, command, ports.claims)

    return while_limits_move(decide_once)


def confirm_decision(claim_id: str, command: Command, ports: ClaimPorts) -> Stored[Claim]:
    """Let a proposed denial stand, as a second person.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: No decision is proposed.
        NoAuthority: The claim is above the limits of the caller's roles.
        SamePerson: The person who proposed the decision cannot confirm it.
        ClaimOnHold: Nothing is decided while the claim is on hold.
    """
    context = load_claim(claim_id, command, ports.claims)
    product = ports.products.version(context.policy.product)
    change = confirm(context.claim.record, product, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def refuse_decision(
    claim_id: str, reason: str, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Refuse a proposed denial, as a second person: the claim is assessed again.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: No decision is proposed.
        NoAuthority: The claim is above the limits of the caller's roles.
        SamePerson: The person who proposed the decision cannot refuse it.
    """
    context = load_claim(claim_id, command, ports.claims)
    product = ports.products.version(context.policy.product)
    change = refuse(context.claim.record, reason, product, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)
