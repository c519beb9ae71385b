"""Resolve suspense: find out whom money is for that nobody could match, or give it back."""

from dataclasses import dataclass

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.report import BankReport
from insurance.domain.billing import (
    BillingAccount,
    BillingEventType,
    BillingSummary,
    SuspendedPayment,
    payment_postings,
)
from insurance.domain.billing.refund import RETURN_EVENTS
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import SuspenseNotFound
from insurance.domain.core.identity import mode_of, suspense_id_of
from insurance.domain.core.posting import Account, post
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.operations.billing.bill_policy import beginning
from insurance.operations.billing.billing_desk import BillingDesk, Step
from insurance.operations.billing.ports import Billing

RESOLVERS = ("finance",)


@dataclass(frozen=True, slots=True)
class SuspenseResult:
    """A payment in suspense after a step."""

    payment: SuspendedPayment
    revision: int
    summary: BillingSummary | None = None
    """The policy's account, where it was allocated."""


def read_suspense(suspense_id: str, *, caller: Caller, billing: Billing) -> SuspenseResult:
    if mode_of(suspense_id) is not caller.mode:
        raise SuspenseNotFound(suspense_id)
    kept = billing.get_suspended(suspense_id)
    return SuspenseResult(kept.record, kept.head.sequence)


def allocate(suspense_id: str, policy_id: str, *, desk: BillingDesk) -> SuspenseResult:
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
    moved = desk.event(payment, before.head, BillingEventType.SUSPENSE_ALLOCATED)
    resolved = SuspenseResult(payment, moved.sequence, answered)
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
    account, booked = account.received_payment(
        payment.payment, policy, at=desk.receipt.now, from_suspense=True
    )
    return Step(
        account,
        BillingEventType.PAYMENT_RECEIVED,
        payment_postings(booked),
        beginning(payment.received_on),
    )


def use_suspense(policy_id: str, *, desk: BillingDesk) -> BillingSummary:
    """What a policy was paid too much, for what it owes by now."""
    desk.caller.require_role(*RESOLVERS)

    def decide(account: BillingAccount, policy: Policy) -> Step:
        account, used = account.with_suspense_used(policy)
        moved = post(Account.SUSPENSE, Account.PREMIUM_RECEIVABLE, used)
        return Step(account, BillingEventType.SUSPENSE_USED, moved)

    return desk.step(policy_id, decide)


def request_return(suspense_id: str, reason: str, *, desk: BillingDesk) -> SuspenseResult:
    """Back to whom it came from. The bank finds them by its reference: we keep no account of theirs."""
    desk.caller.require_role(*RESOLVERS)
    before = _loaded(suspense_id, desk)
    payment = before.record.with_return_requested(by=desk.caller.principal, reason=reason)
    return _store(payment, before, BillingEventType.RETURN_REQUESTED, desk)


def decide_return(
    suspense_id: str, *, approve: bool, reason: str, desk: BillingDesk
) -> SuspenseResult:
    """Another person than who asked for it sends it to the bank, or does not."""
    desk.caller.require_role(*RESOLVERS)
    before = _loaded(suspense_id, desk)
    approval = Approval(granted=approve, by=desk.caller.principal, reason=reason)
    payment = before.record.with_return_decided(approval)
    return _store(payment, before, RETURN_EVENTS[payment.last_return.status], desk)


def report_return(report: BankReport, *, desk: BillingDesk) -> SuspenseResult:
    """Only the bank makes it returned."""
    before = _loaded(suspense_id_of(report.instruction_id), desk)
    payment, postings = before.record.with_return_reported(report)
    event = desk.event(payment, before.head, RETURN_EVENTS[payment.last_return.status], postings)
    resolved = SuspenseResult(payment, event.sequence)
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
) -> SuspenseResult:
    event = desk.event(payment, before.head, type)
    resolved = SuspenseResult(payment, event.sequence)
    desk.billing.keep_suspended(event, before=before, receipt=desk.receipt.record(resolved))
    return resolved
