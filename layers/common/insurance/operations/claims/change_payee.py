"""Change the payee of a claim: proposed by one person, approved by another, not paid at once."""

from insurance.domain.claim import Claim, payee
from insurance.domain.claim.authority import check_profile
from insurance.domain.claim.payee_account import signs_of
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Payee
from insurance.operations.claims.claim_context import (
    act_of,
    find_matches,
    load_claim,
    store_claim,
)
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command


def propose_payee(
    claim_id: str, proposed: Payee, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Name the payee. The first one stands at once; another one waits for a second person.

    Raises:
        ClaimNotFound: The claim does not exist, or the caller may not see it.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The claim is closed.
        AlreadyErased: The claim's people were erased.
    """
    context = load_claim(claim_id, command, ports.claims, naming=proposed)
    signs = signs_of(
        proposed,
        context.payee_account,
        context.policy,
        context.claim.record.id,
        billing=context.account,
    )
    change = payee.propose_payee(context.claim.record, proposed, signs, act_of(command))
    return store_claim(change, context.claim, command, ports.claims)


def approve_payee(
    claim_id: str, cleared_because: str | None, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Let the new payee stand, to be paid after a cooling period.

    Args:
        claim_id: The claim.
        cleared_because: Where the name resembles one on the sanctions list: how it is known that
            the payee is another person.
        command: The command.
        ports: What the operation needs from outside.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: No other payee is proposed, or the claim is closed.
        SamePerson: The person who proposed the payee cannot approve it.
        ScreeningOpen: The name resembles one on the list, and no reason is given.
    """
    context = load_claim(claim_id, command, ports.claims)
    claim, act = context.claim.record, act_of(command)
    check_profile(command.caller, ports.products.version(context.policy.product))
    proposed = payee.check_payee_change(claim, act)
    matches = find_matches(claim, proposed.payee, ports.screening)
    change = payee.approve_payee(claim, proposed, matches, cleared_because, act)
    return store_claim(change, context.claim, command, ports.claims)


def refuse_payee(claim_id: str, command: Command, ports: ClaimPorts) -> Stored[Claim]:
    """Leave the claim with the payee it has.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: No other payee is proposed, or the claim is closed.
        SamePerson: The person who proposed the payee cannot refuse it.
    """
    context = load_claim(claim_id, command, ports.claims)
    claim = context.claim.record
    check_profile(command.caller, ports.products.version(context.policy.product))
    payee.check_payee_change(claim, act_of(command))
    return store_claim(payee.refuse_payee(claim), context.claim, command, ports.claims)
