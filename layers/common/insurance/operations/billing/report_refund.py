"""Record the bank's report on a refund, or on the return of a payment in suspense."""

from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingSummary
from insurance.domain.billing.event_types import BillingEventType
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
    """Post a refund as the bank reports it. One that failed or came back is a credit again. A report that
    does not fit how far it is, is kept until it does.

    Raises:
        PolicyNotFound: There is no such policy in the caller's mode.
        RefundNotFound: The policy has no such refund.
        WrongState: The bank was not told of the refund, or has said this before.
    """
    policy_id, _ = numbered(report.instruction_id)
    context = load_account(policy_id, command, ports)
    account, postings = context.account.with_refund_reported(report)
    status = account.refund(report.instruction_id).status
    kept = status is context.account.refund(report.instruction_id).status
    event_type = BillingEventType.REFUND_REPORT_KEPT if kept else REFUND_EVENTS[status]
    step = AccountStep(account, event_type, postings)
    return store_account(step, context, command, ports)


def report_return(report: BankReport, command: Command, ports: BillingPorts) -> SuspenseResult:
    """Post the return of a payment as the bank reports it. One that failed is in suspense again. A report
    that does not fit how far it is, is kept until it does.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
        RefundNotFound: The payment has no such return.
        WrongState: The bank was not told of the return, or has said this before.
    """
    before = load_suspense(suspense_id_of(report.instruction_id), command, ports)
    payment, postings = before.record.with_return_reported(report)
    status = payment.return_of(report.instruction_id).status
    kept = status is before.record.return_of(report.instruction_id).status
    event_type = BillingEventType.RETURN_REPORT_KEPT if kept else RETURN_EVENTS[status]
    step = SuspenseStep(payment, event_type, postings)
    return store_suspense(step, before, command, ports)
