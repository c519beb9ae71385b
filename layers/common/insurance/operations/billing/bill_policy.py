"""Bill a policy: choose how it is paid, take in what was paid, and say what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from insurance.domain.bank.incoming import IncomingPayment
from insurance.domain.billing import (
    BillingAccount,
    BillingEventType,
    BillingSummary,
    Plan,
    PolicyInvoice,
    SuspendedPayment,
    UsedReference,
    current_account,
    payment_postings,
    plans_of,
)
from insurance.domain.billing.statement import first_due_of
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    FieldFault,
    InvalidFields,
    InvoiceNotFound,
    PaymentDiffers,
    PolicyNotFound,
)
from insurance.domain.core.event import Event, NothingToSeal, Seal, StreamPosition
from insurance.domain.core.identity import numbered, suspense_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Posting
from insurance.domain.policy import Policy
from insurance.domain.product import Product
from insurance.operations.billing.ports import Billing, BillingContext
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """What became of it."""

    payment: IncomingPayment
    summary: BillingSummary | None
    """None: there is no such policy."""
    to_suspense: Money
    booked_before: bool


def offer_plans(
    policy_id: str, *, caller: Caller, products: Products, billing: Billing
) -> tuple[Policy, Sequence[BillingAccount]]:
    """Every plan that the product offers, worked out for the policy."""
    policy = visible_policies(billing.get(policy_id), caller)
    product = _product(policy, products)
    first_due = first_due_of(policy, product)
    return policy, [BillingAccount.opened(policy, plan, first_due) for plan in plans_of(product)]


def read_billing(
    policy_id: str, *, at: datetime, caller: Caller, products: Products, billing: Billing
) -> BillingSummary:
    """What is due and what was paid. A policy whose plan nobody chose is paid at once."""
    file = billing.get(policy_id)
    policy = visible_policies(file, caller)
    product = _product(policy, products)
    account, head = (
        account_of(file, product),
        file.account.head if file.account else StreamPosition(),
    )
    return BillingSummary.of(account, head, policy, product, at)


def read_invoice(
    invoice_id: str, *, at: datetime, caller: Caller, products: Products, billing: Billing
) -> PolicyInvoice:
    """One due amount; its id says whose it is."""
    policy_id, number = numbered(invoice_id)
    try:
        found = read_billing(policy_id, at=at, caller=caller, products=products, billing=billing)
    except PolicyNotFound as error:
        raise InvoiceNotFound(invoice_id) from error
    for invoice in found.statement.invoices:
        if invoice.due.number == number:
            return PolicyInvoice(found, invoice)
    raise InvoiceNotFound(invoice_id)


def choose_plan(
    policy_id: str,
    code: str,
    *,
    caller: Caller,
    products: Products,
    billing: Billing,
    receipt: Idempotency,
) -> BillingSummary:
    """Pay by another plan, before anything was paid or changed. What it costs is posted."""
    file = billing.load(policy_id, receipt)
    policy = visible_policies(file, caller)
    product = _product(policy, products)
    plan = _plan(product, code)
    before = file.account.record if file.account else None
    if before is None:
        account = BillingAccount.opened(policy, plan, first_due_of(policy, product))
        account = account.with_plan(policy, plan)
    else:
        account = before.with_plan(policy, plan)
    event = Event.following(
        file.account.head if file.account else StreamPosition(),
        account,
        seal_of(file),
        stream=account.id,
        type=BillingEventType.PLAN_CHOSEN,
        actor=caller.principal,
        now=receipt.now,
        postings=account.opening_postings(before),
    )
    found = BillingSummary.of(account, event.head, policy, product, receipt.now)
    billing.store(event, account, file=file, receipt=receipt.record(found))
    return found


def receive_payment(
    told: IncomingPayment,
    *,
    caller: Caller,
    products: Products,
    billing: Billing,
    receipt: Idempotency,
) -> PaymentResult:
    """Book a payment once, whoever tells of it how often; what is not owed goes to suspense.

    One that came for nobody first stays there until a person says for whom it is. One that was
    booked on another policy is refused: PaymentDiffers.
    """
    suspense_id = suspense_id_for(caller.mode, told.reference)
    try:
        suspended, file = billing.load_suspended(suspense_id, told.policy_id or "", receipt)
        policy = visible_policies(file, caller)
    except PolicyNotFound:
        return suspend_payment(told, caller=caller, billing=billing, receipt=receipt)
    if isinstance(suspended, UsedReference):
        if suspended.policy_id != policy.id:
            raise PaymentDiffers(told.reference)
    elif suspended is not None and suspended.record.allocated_to != policy.id:
        return _known(told, suspended.record)
    product = _product(policy, products)
    account, head = (
        account_of(file, product),
        file.account.head if file.account else StreamPosition(),
    )
    known = account.payment(told.reference)
    if known is not None:
        told.check_same(known.amount, known.received_on)
        found = BillingSummary.of(account, head, policy, product, receipt.now)
        return PaymentResult(told, found, known.to_suspense, booked_before=True)
    opening = opening_of(file, account)
    account, payment = account.received_payment(told, policy, at=receipt.now)
    event = Event.following(
        head,
        account,
        seal_of(file),
        stream=account.id,
        type=BillingEventType.PAYMENT_RECEIVED,
        actor=caller.principal,
        now=receipt.now,
        effective_at=beginning(told.received_on),
        postings=(*opening, *payment_postings(payment)),
    )
    found = BillingSummary.of(account, event.head, policy, product, receipt.now)
    taken = PaymentResult(told, found, payment.to_suspense, booked_before=False)
    answered = receipt.record(taken)
    billing.book(event, account, suspense_id=suspense_id, file=file, receipt=answered)
    return taken


def suspend_payment(
    told: IncomingPayment, *, caller: Caller, billing: Billing, receipt: Idempotency
) -> PaymentResult:
    """Keep a payment that is for nobody we know, once."""
    id = suspense_id_for(caller.mode, told.reference)
    kept = billing.suspended(id, receipt)
    if isinstance(kept, UsedReference):
        raise PaymentDiffers(told.reference)
    if kept is not None:
        return _known(told, kept.record)
    payment = SuspendedPayment(
        id=id,
        reference=told.reference,
        amount=told.amount,
        received_on=told.received_on,
        named=told.policy_id or None,
        booked_at=receipt.now,
    )
    event = Event.following(
        StreamPosition(),
        payment,
        NothingToSeal(),
        stream=id,
        type=BillingEventType.PAYMENT_SUSPENDED,
        actor=caller.principal,
        now=receipt.now,
        effective_at=beginning(told.received_on),
        postings=payment.postings(),
    )
    taken = PaymentResult(told, None, told.amount, booked_before=False)
    billing.suspend(event, payment, receipt=receipt.record(taken))
    return taken


def _known(told: IncomingPayment, known: SuspendedPayment) -> PaymentResult:
    """Told of again: it is in suspense, or came out of it."""
    told.check_same(known.amount, known.received_on)
    return PaymentResult(told, None, known.amount, booked_before=True)


def seal_of(file: BillingContext) -> Seal:
    """The policyholder's key; once it is destroyed there is nothing left to seal."""
    return file.policy.key or NothingToSeal()


def beginning(day: date) -> datetime:
    """The tax point of money that the bank dates by the day."""
    return datetime.combine(day, time.min, UTC)


def visible_policies(file: BillingContext, caller: Caller) -> Policy:
    policy = file.policy.record
    if not caller.sees(policy.id, policy.partner):
        raise PolicyNotFound(policy.id)
    return policy


def account_of(file: BillingContext, product: Product) -> BillingAccount:
    """The account as the policy stands."""
    return current_account(file.policy.record, file.account, product)


def opening_of(file: BillingContext, account: BillingAccount) -> tuple[Posting, ...]:
    """What the plan costs and forgoes, as far as that is not posted yet."""
    return account.opening_postings(file.account.record if file.account else None)


def _plan(product: Product, code: str) -> Plan:
    plans = {plan.code: plan for plan in plans_of(product)}
    if code not in plans:
        detail = f"The product offers: {', '.join(plans)}."
        raise InvalidFields([FieldFault("/plan", "not-offered", detail)])
    return plans[code]


def _product(policy: Policy, products: Products) -> Product:
    return products.version(policy.product)
