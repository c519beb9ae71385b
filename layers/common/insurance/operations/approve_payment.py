"""Approve or refuse a payment: another person than who asked for it, within their authority."""

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim, Task, attention
from insurance.domain.errors import AlreadyErased, ClaimOnHold, PayeeUnsettled
from insurance.domain.party import Payee
from insurance.operations.authority import check_authority
from insurance.operations.change_claim import HANDLER, load_claim
from insurance.operations.offset_arrears import store_less_arrears
from insurance.operations.ports import Claims, Kept, Products, Screening
from insurance.operations.receipt import Receipt
from insurance.operations.screen_payment import suspicions, to_screen


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
    screening: Screening,
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
    product = products.version(policy.product)
    payment = claim.payment(payment_id)
    check_authority(caller, claim.committed_of(payment.cost_type), product, payment.cost_type)
    if approve:
        if file.claim.key is None:
            raise AlreadyErased(claim.id)  # the payee's name and account are gone
        if claim.hold is not None:
            raise ClaimOnHold(claim.id)
        claim.check_payee(receipt.now)
        payee = claim.payee_of(payment)
        _check_account(claim, payee)
        found = suspicions(claim, payee, screening)
        decided = payment.approved(by=caller.principal, reason=reason, suspect=bool(found))
        look = Task(role=HANDLER, code=attention.CLEAR_SCREENING, reason=reason, since=receipt.now)
        claim = claim.agreed(decided).replace(
            task=to_screen(found, attention.task_beside_payments(claim), look)
        )
        type = "payment.suspected" if found else "payment.approved"
    else:
        decided = payment.refused(by=caller.principal, reason=reason)
        task = Task(role=HANDLER, code="payment_refused", reason=reason, since=receipt.now)
        claim, type = claim.losing(decided, task), "payment.refused"
    return store_less_arrears(
        claim, type, file=file, product=product, caller=caller, claims=claims, receipt=receipt
    )


def _check_account(claim: Claim, payee: Payee | None) -> None:
    if payee is None or not payee.has_account:
        raise PayeeUnsettled(claim.id, "nobody is named with a bank account")
