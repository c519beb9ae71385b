"""Propose or decide what becomes of a report on a refund, or on a return, that was kept."""

from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.billing import BillingSummary
from insurance.domain.billing.event_types import BillingEventType
from insurance.domain.billing.refund import REFUND_EVENTS, RETURN_EVENTS
from insurance.domain.billing.report_review import review_report
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


def review_refund_report(
    review: ReportReview, command: Command, ports: BillingPorts
) -> BillingSummary:
    """Propose that the report is applied or closed, or decide it as another person.

    Raises:
        PolicyNotFound: There is no such policy in the caller's mode.
        RefundNotFound: The policy has no such refund.
        KeptReportNotFound: The report is resolved, or never was.
        WrongState: Something is proposed already, or nothing is.
        SamePerson: Who proposed it, or requested the refund, cannot approve it.
        RefundTooLarge: The refund was paid, as the report says, and the money is used by now.
    """
    policy_id, _ = numbered(review.instruction_id)
    context = load_account(policy_id, command, ports)
    before = context.account.refund(review.instruction_id).status
    account, postings = review_report(context.account, context.policy, review)
    status = account.refund(review.instruction_id).status
    type = BillingEventType.REFUND_REPORT_REVIEWED if status is before else REFUND_EVENTS[status]
    return store_account(AccountStep(account, type, postings), context, command, ports)


def review_return_report(
    review: ReportReview, command: Command, ports: BillingPorts
) -> SuspenseResult:
    """The same for the return of a payment in suspense.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
        RefundNotFound: The payment has no such return.
        KeptReportNotFound: The report is resolved, or never was.
        WrongState: Something is proposed already, or nothing is; or the payment is used by now.
        SamePerson: Who proposed it, or requested the return, cannot approve it.
    """
    stored = load_suspense(suspense_id_of(review.instruction_id), command, ports)
    before = stored.record.return_of(review.instruction_id).status
    payment, postings = stored.record.with_report_reviewed(review)
    status = payment.return_of(review.instruction_id).status
    type = BillingEventType.RETURN_REPORT_REVIEWED if status is before else RETURN_EVENTS[status]
    return store_suspense(SuspenseStep(payment, type, postings), stored, command, ports)
