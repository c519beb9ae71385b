"""Take in the bank's report on a payment of a claim: only it makes a payment paid."""

from insurance.domain.bank.report import BankReport
from insurance.domain.claim import Claim, payments
from insurance.domain.core.identity import claim_id_for
from insurance.domain.core.stored import Stored
from insurance.operations.claims.claim_context import act_of, load_claim, store_claim
from insurance.operations.claims.ports import Claims
from insurance.operations.command import Command


def report_payment(report: BankReport, command: Command, claims: Claims) -> Stored[Claim]:
    """Post a payment that was paid, or give one that failed or came back to the claim's handler.

    Raises:
        ClaimNotFound: The claim does not exist, or is of the other mode.
        PaymentNotFound: The claim has no such payment.
        WrongState: The bank was not told of the payment, or has said this before.
    """
    context = load_claim(claim_id_for(report.instruction_id), command, claims)
    change = payments.report_payment(context, report, act_of(command))
    return store_claim(change, context.claim, command, claims)
