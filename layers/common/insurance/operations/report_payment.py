"""Take in the bank's report: only it makes a payment paid."""

from dataclasses import dataclass
from datetime import datetime

from insurance.domain.caller import Caller
from insurance.domain.claim import Claim, PaymentStatus, Task
from insurance.domain.claim.claim import Step
from insurance.domain.identity import claim_id_for
from insurance.operations.change_claim import load_claim, store_claim
from insurance.operations.ports import Claims, Kept
from insurance.operations.receipt import Receipt


@dataclass(frozen=True, slots=True)
class BankReport:
    """What the bank says of one instruction."""

    instruction_id: str
    paid: bool
    bank_reference: str
    executed_at: datetime
    reason: str | None


def report_payment(
    report: BankReport, *, caller: Caller, claims: Claims, receipt: Receipt
) -> Kept[Claim]:
    """Book the payment and close the claim, or leave a failed one to the handler."""
    file = load_claim(
        claim_id_for(report.instruction_id),
        expected_revision=None,
        caller=caller,
        claims=claims,
        receipt=receipt,
    )
    claim = file.claim.record
    payment = claim.payment(report.instruction_id).reported(
        paid=report.paid,
        bank_reference=report.bank_reference,
        at=report.executed_at,
        reason=report.reason,
    )
    claim = claim.with_payment(payment)
    if payment.status is PaymentStatus.PAID:
        claim, type = _paid(claim.replace(reserve=claim.reserve - payment.amount)), "payment.paid"
    else:
        why = report.reason or "The bank could not carry the payment out."
        task = Task(role="claims_handler", code="payment_failed", reason=why, since=receipt.now)
        claim, type = claim.moved(Step.LOSE_PAYMENT, task=task), "payment.failed"
    return store_claim(claim, type, was=file.claim, caller=caller, claims=claims, receipt=receipt)


def _paid(claim: Claim) -> Claim:
    """Closed once nothing is outstanding; closing leaves no reserve behind."""
    return claim if claim.reserve else claim.moved(Step.FINISH)
