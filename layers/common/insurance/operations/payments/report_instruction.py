"""Take in the bank's report on an instruction: a claim's payment, a refund, or a return."""

from insurance.domain.bank.outgoing_payment import OutgoingPayment
from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingSummary
from insurance.domain.claim import Claim
from insurance.domain.core.stored import Stored
from insurance.operations.billing.billing_desk import BillingDesk
from insurance.operations.billing.refund_premium import report_refund
from insurance.operations.billing.resolve_suspense import SuspenseResult, report_return
from insurance.operations.claims.ports import Claims
from insurance.operations.claims.report_payment import report_payment

type Reported = Stored[Claim] | BillingSummary | SuspenseResult


def report_instruction(report: BankReport, *, claims: Claims, desk: BillingDesk) -> Reported:
    """An instruction's id says whose it is."""
    match report.instruction_id.partition("_")[0]:
        case "rfd":
            return report_refund(report, desk=desk)
        case "ret":
            return report_return(report, desk=desk)
        case _:
            return report_payment(report, caller=desk.caller, claims=claims, receipt=desk.receipt)


def instructed(reported: Reported, instruction_id: str) -> OutgoingPayment:
    """The payment, refund or return as the report left it."""
    if isinstance(reported, BillingSummary):
        return reported.account.refund(instruction_id)
    if isinstance(reported, SuspenseResult):
        return reported.payment.last_return
    return reported.record.payment(instruction_id)
