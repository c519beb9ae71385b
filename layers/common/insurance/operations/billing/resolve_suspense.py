"""Resolve suspense: allocate money that could not be matched, use what was paid too much, or return it."""

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.outlay_totals import ApprovedTotals, person_pool
from insurance.domain.billing import BillingEventType, BillingSummary, payment_postings
from insurance.domain.billing.duties import check_receipts
from insurance.domain.billing.refund import RETURN_EVENTS
from insurance.domain.core.errors import SuspenseNotFound
from insurance.domain.core.house_authority import Outlay, check_house_authority
from insurance.domain.core.posting import Account, post
from insurance.domain.core.segregation import Duty
from insurance.domain.core.stored import Stored
from insurance.operations.billing.account_context import (
    AccountStep,
    account_change,
    load_account,
    start_of_day,
    store_account,
    visible_account,
)
from insurance.operations.billing.ports import BillingPorts, RefundPorts, SuspenseChange
from insurance.operations.billing.suspense_context import (
    SuspenseResult,
    SuspenseStep,
    check_suspense_mode,
    load_suspense,
    store_suspense,
    suspense_event,
)
from insurance.operations.command import Command, Query
from insurance.operations.running_totals import while_limits_move


def read_suspense(suspense_id: str, query: Query, ports: BillingPorts) -> SuspenseResult:
    """A payment in suspense.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
    """
    check_suspense_mode(suspense_id, query.caller)
    stored = ports.billing.get_suspense(suspense_id)
    return SuspenseResult(stored.record, stored.head.sequence)


def allocate_suspense(
    suspense_id: str, policy_id: str, command: Command, ports: BillingPorts
) -> SuspenseResult:
    """Post a payment in suspense on a policy, as if it had come in for it. What is more than is owed
    stays in suspense.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
        PolicyNotFound: There is no such policy in the caller's mode.
        WrongState: The payment was allocated or is being returned.
        CurrencyMismatch: It is in another currency than the policy.
        PaymentDiffers: The policy has a payment of the same reference.
        TooManyChanges: The account holds as many payments as it can.
    """
    check_suspense_mode(suspense_id, command.caller)
    stored, before = ports.billing.load_with_suspense(policy_id, suspense_id, command)
    if not isinstance(before, Stored):
        raise SuspenseNotFound(suspense_id)
    allocated = before.record.allocated(policy_id)
    context = visible_account(stored, command.caller, ports)
    account, posted = context.account.received_payment(
        allocated.payment._replace(recorded_by=command.actor),
        context.policy,
        at=command.now,
        from_suspense=True,
    )
    step = AccountStep(
        account,
        BillingEventType.PAYMENT_RECEIVED,
        payment_postings(posted),
        start_of_day(posted.received_on),
    )
    change = account_change(step, context, command)
    suspense_step = SuspenseStep(allocated, BillingEventType.SUSPENSE_ALLOCATED)
    event = suspense_event(suspense_step, before.head, command)
    summary = context.summary(account, change.event.head, command.now)
    result = SuspenseResult(allocated, event.sequence, summary)
    ports.billing.allocate(
        change, SuspenseChange(event, before), command=command.with_answer(result)
    )
    return result


def use_suspense(policy_id: str, command: Command, ports: BillingPorts) -> BillingSummary:
    """Use what a policy was paid too much for what it owes by now.

    Raises:
        PolicyNotFound: There is no such policy in the caller's mode.
    """
    context = load_account(policy_id, command, ports)
    account, used = context.account.with_suspense_used(context.policy)
    postings = post(Account.SUSPENSE, Account.PREMIUM_RECEIVABLE, used)
    step = AccountStep(account, BillingEventType.SUSPENSE_USED, postings)
    return store_account(step, context, command, ports)


def request_return(
    suspense_id: str, reason: str, command: Command, ports: BillingPorts
) -> SuspenseResult:
    """Return a payment to its payer, once a second person approves.

    The bank finds the payer by its own reference: we store no account of theirs.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
        WrongState: It was allocated, is being returned, or its return failed too often.
    """
    before = load_suspense(suspense_id, command, ports)
    payment = before.record.with_return_requested(by=command.actor, reason=reason)
    step = SuspenseStep(payment, BillingEventType.RETURN_REQUESTED)
    return store_suspense(step, before, command, ports)


def decide_return(
    suspense_id: str, approval: Approval, command: Command, ports: RefundPorts
) -> SuspenseResult:
    """Send the return of a payment to the bank, or refuse it.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
        RefundNotFound: No return was requested.
        WrongState: The return does not await approval.
        SamePerson: Who requested the return, or recorded the payment, cannot approve it.
        NoAuthority: The payment, or what the caller returned that day, is above the limits of the caller's
            roles.
        Unavailable: Others counted to the same running total first, too many times.
        SignInTooOld: It needs a sign-in just before.
    """

    def decide(_tries: int) -> SuspenseResult:
        before = load_suspense(suspense_id, command, ports)
        payment = before.record.with_return_decided(approval)
        step = SuspenseStep(payment, RETURN_EVENTS[payment.last_return.status])
        if approval.granted:
            check_receipts(Duty.PAYMENT_APPROVED, approval.by, [payment], payment.id)
            check_house_authority(command.caller, Outlay.RETURN, payment.amount)
            pool = person_pool(Outlay.RETURN, command.caller, payment.amount.currency, command.now)
            totals = ApprovedTotals(ports.totals.totals([pool]), payment.amount)
            totals.check_own_day()
            step = step._replace(totals=totals.taken)
        return store_suspense(step, before, command, ports)

    return while_limits_move(decide)
