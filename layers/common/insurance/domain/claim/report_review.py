"""What two persons do about a report of the bank that does not fit how far a claim's payment is."""

from typing import Final

from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.context import ClaimContext
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.payment import Payment
from insurance.domain.claim.payments import owed_again, settle_kept
from insurance.domain.claim.reserve import CostType
from insurance.domain.claim.set_off import undo_set_off
from insurance.domain.claim.task import HANDLER, PAYMENT_NEWS, Task
from insurance.domain.core.tasks import TaskCode

NEWS: Final = {
    PaymentStatus.FAILED: (TaskCode.PAYMENT_FAILED, ClaimEventType.PAYMENT_FAILED),
    PaymentStatus.RETURNED: (TaskCode.PAYMENT_RETURNED, ClaimEventType.PAYMENT_RETURNED),
    PaymentStatus.REVERSED: (TaskCode.PAYMENT_REVERSED, ClaimEventType.PAYMENT_REVERSED),
}
"""The task and the event of a payment that was lost."""


def review_report(context: ClaimContext, review: ReportReview, act: Act) -> ClaimChange:
    """Propose what becomes of a kept report, or decide it. What is applied is posted as a report in time is.

    Raises:
        PaymentNotFound: The claim has no such payment.
        KeptReportNotFound: The report is resolved, or never was.
        WrongState: Something is proposed already, or nothing is.
        SamePerson: Who proposed it, or requested the payment, cannot approve it.
        ReserveTooLow: The report says that the payment was paid, and less than that is reserved by now.
    """
    claim = context.claim.record
    before = claim.payment(review.instruction_id)
    payment = before.reviewed(review)
    if payment.status is before.status:
        reviewed = claim.with_payment(payment)
        change = ClaimChange(
            _with_news(reviewed, payment, act), ClaimEventType.PAYMENT_REPORT_REVIEWED
        )
    elif payment.status is PaymentStatus.PAID:
        change = _paid_after_all(claim, payment, act)
    else:
        change = _lost_after_all(context, before, payment, act)
    return settle_kept(context, change, review.instruction_id, act)


def _paid_after_all(claim: Claim, payment: Payment, act: Act) -> ClaimChange:
    """It counted as lost: what it used of limits is used again. Premium that was set off was taken back when it
    was lost, so only what the bank paid is paid."""
    paid = payment.replace(amount=payment.net, set_off=None)
    if paid.cost_type is CostType.INDEMNITY:
        usage = tuple(each.with_again(paid.amount) for each in claim.limit_usage)
        claim = claim.replace(limit_usage=usage)
    changed = claim.with_paid(paid, by=act.by, at=act.at)
    return ClaimChange(_with_news(changed, paid, act), ClaimEventType.PAYMENT_PAID)


def _lost_after_all(
    context: ClaimContext, before: Payment, payment: Payment, act: Act
) -> ClaimChange:
    claim = context.claim.record
    code, event_type = NEWS[payment.status]
    if before.status not in {PaymentStatus.PAID, PaymentStatus.EXECUTING}:  # it was lost before
        changed = claim.with_payment(payment)
        return ClaimChange(_with_news(changed, payment, act), event_type)
    reason = payment.reason or "The bank could not carry the payment out."
    task = Task(role=HANDLER, code=code, reason=reason, since=act.at)
    lost = claim.losing(payment).asking(task)
    if before.status is PaymentStatus.PAID:  # so it is owed again
        lost = owed_again(lost, payment, act)
    undone = undo_set_off(payment, context.account, context.claim.key, act)
    return ClaimChange(lost, event_type, undone)


def _with_news(claim: Claim, payment: Payment, act: Act) -> Claim:
    """The claim with the news that is left where none of its payments keeps a report any more."""
    if any(each.kept for each in claim.payments):
        return claim
    left, lost = claim.answered(PAYMENT_NEWS), NEWS.get(payment.status)
    if lost is None:
        return left
    reason = payment.reason or "The bank could not carry the payment out."
    return left.asking(Task(role=HANDLER, code=lost[0], reason=reason, since=act.at))
