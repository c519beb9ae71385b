"""Receive a payment: book it on its policy, or hold it in suspense."""

from dataclasses import dataclass

from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.billing import (
    BillingEventType,
    BillingSummary,
    SuspendedPayment,
    UsedReference,
    payment_postings,
)
from insurance.domain.billing.payers import payer_of
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import PaymentDiffers, PolicyNotFound
from insurance.domain.core.event import Event, NothingToSeal, StreamPosition
from insurance.domain.core.identity import suspense_id_for
from insurance.domain.core.money import Money
from insurance.operations.billing.account_context import (
    AccountContext,
    AccountStep,
    account_change,
    start_of_day,
    visible_account,
)
from insurance.operations.billing.ports import BillingPorts
from insurance.operations.command import Command


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """What became of a payment."""

    payment: IncomingPayment
    summary: BillingSummary | None
    """The account that it was posted on; None: it is in suspense, or came out of it."""
    to_suspense: Money
    posted_before: bool


def receive_payment(
    payment: IncomingPayment, command: Command, ports: BillingPorts
) -> PaymentResult:
    """Post a payment once, however often it is reported. What is more than is owed goes to suspense.

    A payment for no policy that we know stays in suspense until a person allocates it.

    Raises:
        CurrencyMismatch: It is in another currency than the policy.
        PaymentDiffers: It was posted before with other figures or another payer, or on another policy.
        TooManyChanges: The account holds as many payments as it can.
    """
    if command.caller.kind is CallerKind.STAFF:
        payment = payment._replace(recorded_by=command.actor)
    if not payment.policy_id:
        return _suspend(payment, command, ports)
    suspense_id = suspense_id_for(command.caller.mode, payment.reference)
    try:
        stored, earlier = ports.billing.load_with_suspense(payment.policy_id, suspense_id, command)
        context = visible_account(stored, command.caller, ports)
    except PolicyNotFound:
        return _suspend(payment, command, ports)
    if isinstance(earlier, UsedReference):
        if earlier.policy_id != context.policy.id:
            raise PaymentDiffers(payment.reference)
    elif earlier is not None and earlier.record.allocated_to != context.policy.id:
        return _suspended_before(payment, earlier.record)
    return _book(payment, context, suspense_id, command, ports)


def _book(
    payment: IncomingPayment,
    context: AccountContext,
    suspense_id: str,
    command: Command,
    ports: BillingPorts,
) -> PaymentResult:
    posted = context.account.payment(payment.reference)
    if posted is not None:
        payer = payer_of(posted, context.account)
        payment.check_same(posted.amount, posted.received_on, payer)
        summary = context.summary(context.account, context.stored.head, command.now)
        return PaymentResult(payment, summary, posted.to_suspense, posted_before=True)
    if context.stored.policy.key is None:  # erased: nothing seals who paid
        payment = payment._replace(payer=None)
    account, posted = context.account.received_payment(payment, context.policy, at=command.now)
    step = AccountStep(
        account,
        BillingEventType.PAYMENT_RECEIVED,
        payment_postings(posted),
        start_of_day(payment.received_on),
    )
    change = account_change(step, context, command)
    summary = context.summary(account, change.event.head, command.now)
    result = PaymentResult(payment, summary, posted.to_suspense, posted_before=False)
    ports.billing.post(change, suspense_id=suspense_id, command=command.with_answer(result))
    return result


def _suspend(payment: IncomingPayment, command: Command, ports: BillingPorts) -> PaymentResult:
    """Hold a payment in suspense, once."""
    id = suspense_id_for(command.caller.mode, payment.reference)
    earlier = ports.billing.load_suspense(id, command)
    if isinstance(earlier, UsedReference):
        raise PaymentDiffers(payment.reference)
    if earlier is not None:
        return _suspended_before(payment, earlier.record)
    suspended = SuspendedPayment(
        id=id,
        reference=payment.reference,
        amount=payment.amount,
        received_on=payment.received_on,
        named=payment.policy_id or None,
        posted_at=command.now,
        recorded_by=payment.recorded_by,
    )
    event = Event.following(
        StreamPosition(),
        suspended,
        NothingToSeal(),
        stream=id,
        type=BillingEventType.PAYMENT_SUSPENDED,
        actor=command.actor,
        now=command.now,
        effective_at=start_of_day(payment.received_on),
        postings=suspended.postings(),
    )
    result = PaymentResult(payment, None, payment.amount, posted_before=False)
    ports.billing.add_suspense(event, suspended, command=command.with_answer(result))
    return result


def _suspended_before(payment: IncomingPayment, earlier: SuspendedPayment) -> PaymentResult:
    """It was reported before: it is in suspense, or came out of it."""
    payment.check_same(earlier.amount, earlier.received_on)
    return PaymentResult(payment, None, earlier.amount, posted_before=True)
