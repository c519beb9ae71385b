"""Approve or refuse a payment: another person than who asked for it, within their authority."""

from insurance.domain.claim import Claim, Task, attention
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import AlreadyErased, ClaimOnHold, PayeeUnsettled
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.party import Payee
from insurance.operations.claims.authority import check_authority
from insurance.operations.claims.change_claim import HANDLER, load_claim
from insurance.operations.claims.offset_arrears import store_less_arrears
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.screen_payment import screening_matches, to_screen
from insurance.operations.idempotency import Idempotency
from insurance.operations.parties.ports import Screening
from insurance.operations.products.ports import Products


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
    receipt: Idempotency,
) -> Stored[Claim]:
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
        found = screening_matches(claim, payee, screening)
        decided = payment.approved(by=caller.principal, reason=reason, suspect=bool(found))
        look = Task(role=HANDLER, code=TaskCode.CLEAR_SCREENING, reason=reason, since=receipt.now)
        claim = claim.agreed(decided).replace(
            task=to_screen(found, attention.task_beside_payments(claim), look)
        )
        type = "payment.suspected" if found else "payment.approved"
    else:
        decided = payment.refused(by=caller.principal, reason=reason)
        task = Task(role=HANDLER, code=TaskCode.PAYMENT_REFUSED, reason=reason, since=receipt.now)
        claim, type = claim.losing(decided, task), "payment.refused"
    return store_less_arrears(
        claim, type, file=file, product=product, caller=caller, claims=claims, receipt=receipt
    )


def _check_account(claim: Claim, payee: Payee | None) -> None:
    if payee is None or not payee.has_account:
        raise PayeeUnsettled(claim.id, "nobody is named with a bank account")
