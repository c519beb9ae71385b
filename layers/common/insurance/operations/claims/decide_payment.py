"""Decide a payment of a claim: a second person approves or refuses it, or clears its payee."""

from collections.abc import Sequence

from insurance.domain.bank.approval import Approval
from insurance.domain.claim import Claim, Payment, payments
from insurance.domain.claim.context import ClaimContext
from insurance.domain.core.stored import Stored
from insurance.domain.product import Product
from insurance.domain.screening.screening import ScreeningMatch
from insurance.operations.claims.claim_context import (
    act_of,
    find_matches,
    load_claim,
    store_claim,
    store_counted,
)
from insurance.operations.claims.ports import ClaimPorts
from insurance.operations.command import Command


def decide_payment(
    claim_id: str, payment_id: str, approval: Approval, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Send a payment to the bank, or refuse it and leave the claim to its handler.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        PaymentNotFound: The claim has no such payment.
        StaleRevision: Somebody else has changed the claim since the caller read it.
        NoAuthority: The claim's total, or what the caller approved that day, is above the limits of the
            caller's roles.
        SignInTooOld: The claim's total needs a sign-in just before.
        AlreadyErased: The payee's name and account were erased.
        ClaimOnHold: Nothing is paid while the claim is on hold.
        PayeeUnsettled: The payee was just changed, or has no account.
        WrongState: The payment does not await approval.
        SamePerson: Who requested the payment, named the payee or took the notice cannot approve it.
    """
    context, payment, product, matches = _load(claim_id, payment_id, command, ports)
    change = payments.decide_payment(
        context, payment, approval, product, matches, act=act_of(command)
    )
    return store_counted(change, context.claim, command, ports.claims)


def decide_screening(
    claim_id: str, payment_id: str, approval: Approval, command: Command, ports: ClaimPorts
) -> Stored[Claim]:
    """Send a payment whose payee is not the person on the sanctions list, or refuse it.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        PaymentNotFound: The claim has no such payment.
        StaleRevision: Somebody else has changed the claim since the caller read it.
        SignInTooOld: The payment needs a sign-in just before.
        ClaimOnHold: Nothing is paid while the claim is on hold.
        PayeeUnsettled: Another payee is proposed, was just approved, or is the claim's since the payment was
            approved; or the payee's details were corrected.
        WrongState: The payment is not being screened.
        SamePerson: Who requested or approved the payment, or named the payee, cannot clear it.
    """
    context, payment, product, matches = _load(claim_id, payment_id, command, ports)
    change = payments.decide_screening(
        context, payment, approval, product, matches, act=act_of(command)
    )
    return store_claim(change, context.claim, command, ports.claims)


def _load(
    claim_id: str, payment_id: str, command: Command, ports: ClaimPorts
) -> tuple[ClaimContext, Payment, Product, Sequence[ScreeningMatch]]:
    """The claim, the payment, the product, and what the payee's name resembles."""
    context = load_claim(claim_id, command, ports.claims)
    product = ports.products.version(context.policy.product)
    claim = context.claim.record
    payment = claim.payment(payment_id)
    return context, payment, product, find_matches(claim, claim.payee_of(payment), ports.screening)
