"""Approve or refuse a payment: another person than who asked for it, within their authority."""

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim, Task
from insurance.domain.claim.claim import Step
from insurance.domain.errors import NoAuthority
from insurance.domain.money import Money
from insurance.domain.product import Product
from insurance.operations.change_claim import load_claim, store_claim
from insurance.operations.ports import Claims, Kept, Products
from insurance.operations.receipt import Receipt


def approve_payment(
    claim_id: str,
    payment_id: str,
    *,
    approve: bool,
    reason: str,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    claims: Claims,
    receipt: Receipt,
) -> Kept[Claim]:
    """Send the payment to the bank, or cancel it and leave the claim to its handler."""
    file = load_claim(
        claim_id,
        expected_revision=expected_revision,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim, policy = file.claim.record, file.policy
    product = products.version(policy.product.code, policy.product.version)
    _check_authority(caller, claim.committed, product)
    payment = claim.payment(payment_id)
    if approve:
        decided = payment.approved(by=caller.principal, reason=reason)
        claim, type = claim.with_payment(decided).replace(task=None), "payment.approved"
    else:
        decided = payment.refused(by=caller.principal, reason=reason)
        task = Task(role="claims_handler", code="payment_refused", reason=reason, since=receipt.now)
        claim = claim.with_payment(decided).moved(Step.LOSE_PAYMENT, task=task)
        type = "payment.refused"
    return store_claim(claim, type, was=file.claim, caller=caller, claims=claims, receipt=receipt)


def _check_authority(caller: Caller, claim_total: Money, product: Product) -> None:
    """Some role's limit reaches the claim's total. No profile, no authority."""
    profiles = (product.claims.authority_of(role) for role in caller.roles)
    if not any(
        profile is not None and (profile.limit is None or claim_total <= profile.limit)
        for profile in profiles
    ):
        raise NoAuthority(f"a claim of {claim_total}")
