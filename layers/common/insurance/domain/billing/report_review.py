"""What two persons do about a report of the bank that does not fit how far a refund is."""

from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.billing.account import BillingAccount
from insurance.domain.core.errors import RefundTooLarge
from insurance.domain.core.posting import Posting
from insurance.domain.policy import Policy


def review_report(
    account: BillingAccount, policy: Policy, review: ReportReview
) -> tuple[BillingAccount, tuple[Posting, ...]]:
    """The account with a person's step on a kept report, and what it posts where it is applied.

    Raises:
        RefundNotFound: The account has no such refund.
        KeptReportNotFound: The report is resolved, or never was.
        WrongState: Something is proposed already, or nothing is.
        SamePerson: Who proposed it, or requested the refund, cannot approve it.
        RefundTooLarge: The refund was paid, as the report says, and the money is used by now.
    """
    before = account.refund(review.instruction_id)
    refund = before.reviewed(review).settled()
    if refund.paid and not before.paid and refund.amount > account.refundable(policy):
        raise RefundTooLarge(policy.id, account.refundable(policy), refund.amount)
    return account.with_refund(refund), refund.postings_since(before)
