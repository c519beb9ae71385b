"""Record the bank's report on a refund, or on the return of a payment in suspense."""

from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingSummary
from insurance.domain.billing.refund import REFUND_EVENTS, RETURN_EVENTS
from insurance.domain.core.identity import numbered, suspense_id_of
from insurance.operations.billing.account_context import AccountStep, load_account, store_account
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.billing.suspense_context import (
    SuspenseResult,
    SuspenseStep,
    load_suspense,
    store_suspense,
)
from insurance.operations.command import Command


def report_refund(report: BankReport, command: Command, ports: BillingPorts) -> BillingSummary:
    """Post a refund as the bank reports it. One that failed or came back is a credit again.

    Raises:
        PolicyNotFound: There is no such policy in the caller's mode.
        RefundNotFound: The policy has no such refund.
        WrongState: The refund is not with the bank, or the bank has reported already.
    """
    policy_id, _ = numbered(report.instruction_id)
    context = load_account(policy_id, command, ports)
    account, postings = context.account.with_refund_reported(report)
    status = account.refund(report.instruction_id).status
    step = AccountStep(account, REFUND_EVENTS[status], postings)
    return store_account(step, context, command, ports)


def report_return(report: BankReport, command: Command, ports: BillingPorts) -> SuspenseResult:
    """Post the return of a payment as the bank reports it. One that failed is in suspense again.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
        RefundNotFound: No return was requested.
        WrongState: The return is not with the bank, or the bank has reported already.
    """
    before = load_suspense(suspense_id_of(report.instruction_id), command, ports)
    payment, postings = before.record.with_return_reported(report)
    step = SuspenseStep(payment, RETURN_EVENTS[payment.last_return.status], postings)
    return store_suspense(step, before, command, ports)
