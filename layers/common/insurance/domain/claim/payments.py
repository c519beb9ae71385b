"""Steps on the payments of a claim: approve, screen, cancel, and what the bank reports."""

from collections.abc import Sequence
from typing import Final

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankOutcome, BankReport
from insurance.domain.claim.authority import check_authority
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.context import ClaimContext
from insurance.domain.claim.duties import check_duty
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.payee import screening_task
from insurance.domain.claim.payment import Payment
from insurance.domain.claim.reserve import CostType, ReserveReason
from insurance.domain.claim.set_off import PremiumDue, set_off_premium, undo_set_off
from insurance.domain.claim.task import AGREEING, HANDLER, Task
from insurance.domain.claim.totals import approval_counted
from insurance.domain.core.errors import AlreadyErased, ClaimOnHold, PayeeUnsettled
from insurance.domain.core.house_authority import check_sign_in
from insurance.domain.core.segregation import Duty
from insurance.domain.core.tasks import TaskCode
from insurance.domain.product import Product
from insurance.domain.screening.screening import ScreeningMatch, cleared_matches

LOST: Final = {
    BankOutcome.FAILED: (TaskCode.PAYMENT_FAILED, ClaimEventType.PAYMENT_FAILED),
    BankOutcome.RETURNED: (TaskCode.PAYMENT_RETURNED, ClaimEventType.PAYMENT_RETURNED),
    BankOutcome.REVERSED: (TaskCode.PAYMENT_REVERSED, ClaimEventType.PAYMENT_REVERSED),
}


def check_payment_authority(claim: Claim, payment: Payment, product: Product, act: Act) -> None:
    """Check that the caller may decide on the claim's total of the payment's type of cost.

    Raises:
        NoAuthority: The total is above the limits of the caller's roles.
    """
    total = claim.committed_of(payment.cost_type)
    check_authority(act.caller, total, product, payment.cost_type)


def decide_payment(
    context: ClaimContext,
    payment: Payment,
    approval: Approval,
    product: Product,
    matches: Sequence[ScreeningMatch],
    *,
    act: Act,
) -> ClaimChange:
    """Approve a payment and send it to the bank, or refuse it and leave the claim to its handler.

    Args:
        context: The claim, its policy and account.
        payment: The payment.
        approval: The second person's decision.
        product: The version of the product that the policy was sold on.
        matches: What the payee's name resembles on the sanctions list: then a person must look at
            it before the payment goes out.
        act: Who decides, and when.

    Raises:
        NoAuthority: The claim's total is above the limits of the caller's roles.
        SignInTooOld: The claim's total needs a sign-in just before.
        AlreadyErased: The payee's name and account were erased.
        ClaimOnHold: Nothing is paid while the claim is on hold.
        PayeeUnsettled: The payee was just changed, or has no account.
        WrongState: The payment does not await approval.
        SamePerson: Who requested the payment, named the payee or took the notice cannot approve it.
    """
    claim = context.claim.record
    check_payment_authority(claim, payment, product, act)
    if not approval.granted:
        return _refused(context, payment.decided(approval), approval, act)
    _check_payable(context, payment, act)
    decided = payment.decided(approval, suspect=bool(matches))
    check_duty(claim, Duty.PAYMENT_APPROVED, act)
    check_sign_in(act.caller, claim.committed_of(payment.cost_type))
    totals = approval_counted(claim, payment, product, act)
    if decided.status is PaymentStatus.SCREENING:
        agreed = claim.agreed(decided).answered(AGREEING).asking(screening_task(matches, act.at))
        return ClaimChange(agreed, ClaimEventType.PAYMENT_SUSPECTED, totals=totals)
    agreed = claim.agreed(decided).answered(AGREEING)
    change = ClaimChange(agreed, ClaimEventType.PAYMENT_APPROVED, totals=totals)
    return _less_premium(change, context, product, act)


def decide_screening(
    context: ClaimContext,
    payment: Payment,
    approval: Approval,
    product: Product,
    matches: Sequence[ScreeningMatch],
    *,
    act: Act,
) -> ClaimChange:
    """Send a suspect payment to the bank, since the payee is another person, or refuse it.

    The money was approved before; this decision is about a name, so it needs no authority over sums.

    Args:
        context: The claim, its policy and account.
        payment: The payment.
        approval: Granted: the payee is not the person on the list; its reason says how that is known.
        product: The version of the product that the policy was sold on.
        matches: What the payee's name resembles on the sanctions list.
        act: Who decides, and when.

    Raises:
        SignInTooOld: The payment needs a sign-in just before.
        ClaimOnHold: Nothing is paid while the claim is on hold.
        PayeeUnsettled: Another payee is proposed, was just approved, or is the claim's since the payment was
            approved; or the payee's details were corrected.
        WrongState: The payment is not being screened.
        SamePerson: Who requested or approved the payment, named the payee or took the notice cannot clear it.
    """
    claim = context.claim.record
    if not approval.granted:
        return _refused(context, payment.screened(approval), approval, act)
    if claim.hold is not None:
        raise ClaimOnHold(claim.id)
    cleared = payment.screened(approval)
    claim.check_payee(act.at)
    _check_not_replaced(claim, payment)
    check_duty(claim, Duty.PAYEE_CLEARED, act)
    check_sign_in(act.caller, payment.amount)
    payee = claim.payee_of(payment)
    name = payee.name if payee else ""
    reason = approval.reason or ""
    known = cleared_matches(name, matches, by=act.by, reason=reason, at=act.at)
    sent = claim.with_payment(cleared).answered(AGREEING)
    sent = sent.replace(cleared=(*claim.cleared, *known))
    change = ClaimChange(sent, ClaimEventType.PAYMENT_CLEARED)
    return _less_premium(change, context, product, act)


def cancel_payment(claim: Claim, payment_id: str, reason: str, act: Act) -> ClaimChange:
    """Withdraw a payment that nobody has approved yet.

    Raises:
        PaymentNotFound: The claim has no such payment.
        WrongState: The payment does not await approval.
    """
    cancelled = claim.payment(payment_id).cancelled(by=act.by, reason=reason)
    task = Task(role=HANDLER, code=TaskCode.PAYMENT_CANCELLED, reason=reason, since=act.at)
    lost = claim.losing(cancelled).answered(AGREEING).asking(task)
    return ClaimChange(lost, ClaimEventType.PAYMENT_CANCELLED)


def report_payment(context: ClaimContext, report: BankReport, act: Act) -> ClaimChange:
    """Record what the bank reports: a payment that is paid, or one that failed or came back.

    A report that does not fit how far the payment is, is kept, and a person looks at it; once it fits,
    it is recorded in the same step as the report that it waited for.

    Raises:
        PaymentNotFound: The claim has no such payment.
        WrongState: The bank was not told of the payment, or has said this before.
    """
    change = _report_one(context, context.claim.record, report, act)
    return settle_kept(context, change, report.instruction_id, act)


def settle_kept(
    context: ClaimContext, change: ClaimChange, payment_id: str, act: Act
) -> ClaimChange:
    """The change with what kept reports on the payment make of it that fit now.

    Raises:
        PaymentNotFound: The claim has no such payment.
        WrongState: A report fits and does not: never.
    """
    while (fitting := change.claim.payment(payment_id).fitting) is not None:
        change = _report_one(context, change.claim, fitting, act)
    return change


def _report_one(context: ClaimContext, claim: Claim, report: BankReport, act: Act) -> ClaimChange:
    before = claim.payment(report.instruction_id)
    payment = before.reported(report)
    if payment.status is before.status:
        return _kept(claim, payment, report, act)
    if payment.status is PaymentStatus.PAID:
        paid = claim.with_paid(payment, by=act.by, at=act.at)
        return ClaimChange(paid, ClaimEventType.PAYMENT_PAID)
    code, event_type = LOST[report.outcome]
    reason = report.reason or "The bank could not carry the payment out."
    task = Task(role=HANDLER, code=code, reason=reason, since=act.at)
    lost = claim.losing(payment).asking(task)
    if report.outcome is not BankOutcome.FAILED:  # it was paid, so it is owed again
        lost = owed_again(lost, payment, act)
    undone = undo_set_off(payment, context.account, context.claim.key, act)
    return ClaimChange(lost, event_type, undone)


def owed_again(claim: Claim, payment: Payment, act: Act) -> Claim:
    """The claim with the reserve that it needs since a payment of it came back."""
    outstanding = claim.reserve_of(payment.cost_type) + payment.amount
    reason = ReserveReason.PAYMENT_RETURNED
    return claim.with_reserve(payment.cost_type, outstanding, reason, by=act.by, at=act.at)


def _kept(claim: Claim, payment: Payment, report: BankReport, act: Act) -> ClaimChange:
    told = f"The bank reports it as {report.outcome}, and it is {payment.status}: ask the bank."
    task = Task(role=HANDLER, code=TaskCode.PAYMENT_REPORT_KEPT, reason=told, since=act.at)
    kept = claim.with_payment(payment).asking(task)
    return ClaimChange(kept, ClaimEventType.PAYMENT_REPORT_KEPT)


def _check_payable(context: ClaimContext, payment: Payment, act: Act) -> None:
    claim = context.claim.record
    if context.claim.key is None:
        raise AlreadyErased(claim.id)  # the payee's name and account are gone
    if claim.hold is not None:
        raise ClaimOnHold(claim.id)
    claim.check_payee(act.at)
    payee = claim.payee_of(payment)
    if payee is None or not payee.has_account:
        raise PayeeUnsettled(claim.id, "nobody is named with a bank account")


def _check_not_replaced(claim: Claim, payment: Payment) -> None:
    """Check that the payment goes to the claim's payee; a bill goes to its sender."""
    is_bill = payment.cost_type is CostType.EXPENSE
    if not is_bill and claim.payee_of(payment) != claim.payee:
        raise PayeeUnsettled(
            claim.id, f"{payment.id} is for a former payee: refuse it and decide the claim again"
        )


def _refused(context: ClaimContext, refused: Payment, approval: Approval, act: Act) -> ClaimChange:
    claim = context.claim.record
    task = Task(
        role=HANDLER, code=TaskCode.PAYMENT_REFUSED, reason=approval.reason or "", since=act.at
    )
    lost = claim.losing(refused).answered(AGREEING).asking(task)
    undone = undo_set_off(refused, context.account, context.claim.key, act)
    return ClaimChange(lost, ClaimEventType.PAYMENT_REFUSED, undone)


def _less_premium(
    change: ClaimChange, context: ClaimContext, product: Product, act: Act
) -> ClaimChange:
    due = PremiumDue(context.policy, context.account, product)
    return set_off_premium(change, context.claim, due, context.claim.key, act)
