"""Resolve suspense: find out whom money is for that nobody could match, or give it back."""

from dataclasses import dataclass

from insurance.domain.bank.report import BankReport
from insurance.domain.billing import BillingAccount, PaymentIn, SuspendedPayment, payment_postings
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import CurrencyMismatch, SuspenseNotFound
from insurance.domain.core.identity import mode_of, suspense_id_of
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, post
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.operations.billing.bill_policy import Billed, beginning, room_for_payment
from insurance.operations.billing.billing_desk import BillingDesk, Step
from insurance.operations.billing.ports import Billing

RESOLVERS = ("finance",)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A payment in suspense after a step."""

    payment: SuspendedPayment
    revision: int
    billed: Billed | None = None
    """The policy's account, where it was allocated."""


def read_suspense(suspense_id: str, *, caller: Caller, billing: Billing) -> Resolved:
    if mode_of(suspense_id) is not caller.mode:
        raise SuspenseNotFound(suspense_id)
    kept = billing.get_suspended(suspense_id)
    return Resolved(kept.record, kept.head.sequence)


def allocate(suspense_id: str, policy_id: str, *, desk: BillingDesk) -> Resolved:
    """It was for this policy: booked there, as if it had come for it, and beyond what is owed it
    stays in suspense."""
    desk.caller.require_role(*RESOLVERS)
    _check_mode(suspense_id, desk.caller)
    before, file = desk.billing.load_suspended(suspense_id, policy_id, desk.receipt)
    if not isinstance(before, Stored):
        raise SuspenseNotFound(suspense_id)
    payment = before.record.allocated(policy_id)

    def decide(account: BillingAccount, policy: Policy) -> Step:
        return _taken_in(account, policy, payment, desk)

    event, account, answered = desk.decided(file, decide)
    moved = desk.event(payment, before.head, "billing.suspense_allocated")
    resolved = Resolved(payment, moved.sequence, answered)
    desk.billing.allocate(
        event,
        account,
        file=file,
        moved=moved,
        before=before,
        receipt=desk.receipt.record(resolved),
    )
    return resolved


def _taken_in(
    account: BillingAccount, policy: Policy, payment: SuspendedPayment, desk: BillingDesk
) -> Step:
    if payment.amount.currency is not account.charge.currency:
        raise CurrencyMismatch(account.charge.currency, payment.amount.currency)
    room_for_payment(account, payment.reference)
    zero = Money.zero(payment.amount.currency)
    owed = max(account.owed(policy) - account.received, zero)
    taken = PaymentIn(
        reference=payment.reference,
        amount=payment.amount,
        received_on=payment.received_on,
        booked_at=desk.receipt.now,
        to_suspense=max(payment.amount - owed, zero),
        from_suspense=True,
        under_notice=policy.hangs_on_payment,
    )
    return Step(
        account.paid(taken),
        "billing.payment_received",
        payment_postings(taken),
        beginning(payment.received_on),
    )


def use_suspense(policy_id: str, *, desk: BillingDesk) -> Billed:
    """What a policy was paid too much, for what it owes by now."""
    desk.caller.require_role(*RESOLVERS)

    def decide(account: BillingAccount, policy: Policy) -> Step:
        account, used = account.using_suspense(policy)
        moved = post(Account.SUSPENSE, Account.PREMIUM_RECEIVABLE, used)
        return Step(account, "billing.suspense_used", moved)

    return desk.step(policy_id, decide)


def request_return(suspense_id: str, reason: str, *, desk: BillingDesk) -> Resolved:
    """Back to whom it came from. The bank finds them by its reference: we keep no account of theirs."""
    desk.caller.require_role(*RESOLVERS)
    before = _loaded(suspense_id, desk)
    payment = before.record.returning(by=desk.caller.principal, reason=reason)
    return _store(payment, before, "billing.return_requested", desk)


def decide_return(suspense_id: str, *, approve: bool, reason: str, desk: BillingDesk) -> Resolved:
    """Another person than who asked for it sends it to the bank, or does not."""
    desk.caller.require_role(*RESOLVERS)
    before = _loaded(suspense_id, desk)
    by, refund = desk.caller.principal, before.record.last_return
    if approve:
        decided = refund.approved(by=by, reason=reason)
        return _store(before.record.with_return(decided), before, "billing.return_approved", desk)
    decided = refund.refused(by=by, reason=reason)
    return _store(before.record.with_return(decided), before, "billing.return_refused", desk)


def report_return(report: BankReport, *, desk: BillingDesk) -> Resolved:
    """Only the bank makes it returned."""
    before = _loaded(suspense_id_of(report.instruction_id), desk)
    returned = before.record.last_return
    after = returned.reported(report)
    payment = before.record.with_return(after)
    type = f"billing.return_{after.status}"
    event = desk.event(payment, before.head, type, after.booked_since(returned))
    resolved = Resolved(payment, event.sequence)
    desk.billing.keep_suspended(event, before=before, receipt=desk.receipt.record(resolved))
    return resolved


def _loaded(suspense_id: str, desk: BillingDesk) -> Stored[SuspendedPayment]:
    _check_mode(suspense_id, desk.caller)
    kept = desk.billing.suspended(suspense_id, desk.receipt)
    if not isinstance(kept, Stored):
        raise SuspenseNotFound(suspense_id)
    return kept


def _check_mode(suspense_id: str, caller: Caller) -> None:
    if mode_of(suspense_id) is not caller.mode:
        raise SuspenseNotFound(suspense_id)


def _store(
    payment: SuspendedPayment, before: Stored[SuspendedPayment], type: str, desk: BillingDesk
) -> Resolved:
    event = desk.event(payment, before.head, type)
    resolved = Resolved(payment, event.sequence)
    desk.billing.keep_suspended(event, before=before, receipt=desk.receipt.record(resolved))
    return resolved
