"""Take in the bank's report: only it makes a payment paid."""

from datetime import datetime

from insurance.domain.bank.outgoing_payment import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.claim import Claim, ReserveReason, Task
from insurance.domain.claim.payment import Payment
from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import claim_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.core.tasks import TaskCode
from insurance.operations.claims.change_claim import HANDLER, load_claim, store_claim
from insurance.operations.claims.offset_arrears import take_back
from insurance.operations.claims.ports import Claims
from insurance.operations.idempotency import Idempotency

TASKS = {
    BankOutcome.FAILED: TaskCode.PAYMENT_FAILED,
    BankOutcome.RETURNED: TaskCode.PAYMENT_RETURNED,
    BankOutcome.REVERSED: TaskCode.PAYMENT_REVERSED,
}


def report_payment(
    report: BankReport, *, caller: Caller, claims: Claims, receipt: Idempotency
) -> Stored[Claim]:
    """Book the payment and close the claim, or leave a failed or returned one to the handler."""
    file = load_claim(
        claim_id_for(report.instruction_id),
        expected_revision=None,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    before = file.claim.record
    payment = before.payment(report.instruction_id).reported(report)
    moved = None
    if payment.status is PaymentStatus.PAID:
        claim = before.with_paid(payment, by=caller.principal, at=receipt.now)
        type = "payment.paid"
    else:
        claim = _lost(before, payment, report, by=caller.principal, at=receipt.now)
        type = f"payment.{report.outcome}"
        moved = take_back(
            payment, file.account, by=caller.principal, key=file.claim.key, now=receipt.now
        )
    return store_claim(
        claim, type, before=file.claim, caller=caller, claims=claims, receipt=receipt, moved=moved
    )


def _lost(before: Claim, payment: Payment, report: BankReport, *, by: str, at: datetime) -> Claim:
    """What failed is still in the reserve; what came back is owed again."""
    why = report.reason or "The bank could not carry the payment out."
    claim = before.losing(
        payment, Task(role=HANDLER, code=TASKS[report.outcome], reason=why, since=at)
    )
    if report.outcome is BankOutcome.FAILED:
        return claim
    outstanding = claim.reserve_of(payment.cost_type) + payment.amount
    return claim.with_reserve(
        payment.cost_type, outstanding, ReserveReason.PAYMENT_RETURNED, by=by, at=at
    )
