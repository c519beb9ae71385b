"""Recover what a claim has cost: identify, pursue, receive, abandon."""

from insurance.domain.claim import Claim, recoveries
from insurance.domain.claim.recoveries import RecoveryInput
from insurance.domain.claim.recovery import Sharing
from insurance.domain.core.money import Money
from insurance.domain.core.stored import Stored
from insurance.domain.product import Product
from insurance.operations.claims.claim_context import (
    act_of,
    load_as_handler,
    store_claim,
    store_counted,
)
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command


def identify_recovery(
    claim_id: str, recovery: RecoveryInput, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Add a way in which money that was paid may come back.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: Nothing was paid on the claim, so nothing can come back.
        ClaimFull: It has as many recoveries as it can hold.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = recoveries.identify_recovery(context.claim.record, recovery)
    return store_claim(change, context.claim, command, ports.claims)


def pursue_recovery(
    claim_id: str, number: str, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Note that the debtor is asked for the money.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        RecoveryNotFound: The claim has no recovery of this number.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims.
        WrongState: The recovery is not just identified.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = recoveries.pursue_recovery(context.claim.record, number)
    return store_claim(change, context.claim, command, ports.claims)


def receive_recovery(
    claim_id: str, number: str, amount: Money, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Post money that came in, and share it with the insured as the product says.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        RecoveryNotFound: The claim has no recovery of this number.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims, or none in so
            large an amount, or in so much in one day.
        WrongState: The recovery is not pursued, or it has come to its end.
        ClaimFull: The claim has as many payments as it can hold.
    """
    context, product = load_as_handler(claim_id, command, ports)
    change = recoveries.receive_recovery(
        context.claim.record, number, amount, _sharing(product), act_of(command)
    )
    return store_counted(change, context.claim, command, ports.claims)


def abandon_recovery(
    claim_id: str, number: str, reason_code: str, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Give a recovery up and write off what was still expected.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        RecoveryNotFound: The claim has no recovery of this number.
        StaleRevision: Somebody else has changed it since the caller read it.
        NoAuthority: None of the caller's roles has a say in the product's claims, or none in so
            large an amount, or in so much in one day.
        WrongState: The recovery has come to its end already.
    """
    context, _ = load_as_handler(claim_id, command, ports)
    change = recoveries.abandon_recovery(context.claim.record, number, reason_code, act_of(command))
    return store_counted(change, context.claim, command, ports.claims)


def _sharing(product: Product) -> Sharing:
    """Who comes first when less comes back than was lost, as the product has it."""
    return Sharing(product.claims.recovery_deductible)
