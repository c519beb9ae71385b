"""Bill a policy: choose how it is paid, take in what was paid, and say what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from insurance.domain.billing import (
    BillingAccount,
    BookedOn,
    Invoice,
    PaymentIn,
    Plan,
    Statement,
    SuspendedPayment,
    payment_postings,
    plans_of,
    statement,
)
from insurance.domain.billing.account import PAYMENTS_MAX
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import (
    CurrencyMismatch,
    FieldFault,
    InvalidFields,
    InvoiceNotFound,
    PaymentDiffers,
    PolicyNotFound,
    TooManyChanges,
)
from insurance.domain.core.event import Event, NothingToSeal, Seal, StreamPosition
from insurance.domain.core.identity import numbered, suspense_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Posting
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.domain.product import Product
from insurance.operations.billing.ports import Billing, BillingContext
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class Billed:
    """An account on a day."""

    account: BillingAccount
    head: StreamPosition
    statement: Statement
    grace_days: int
    today: date

    @property
    def status(self) -> str:
        """How the payer stands."""
        since = self.statement.overdue_since
        if since is not None:
            late = (self.today - since).days > self.grace_days
            return "delinquent" if late else "overdue"
        return "current" if any(each.open for each in self.statement.invoices) else "paid"


class Invoiced(NamedTuple):
    """One invoice of an account."""

    billed: Billed
    invoice: Invoice


@dataclass(frozen=True, slots=True)
class PaymentTold:
    """A payment as the bank tells of it."""

    policy_id: str
    reference: str
    amount: Money
    received_on: date


@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """What became of it."""

    told: PaymentTold
    billed: Billed | None
    """None: there is no such policy."""
    to_suspense: Money
    booked_before: bool


def offer_plans(
    policy_id: str, *, caller: Caller, products: Products, billing: Billing
) -> tuple[Policy, Sequence[BillingAccount]]:
    """Every plan that the product offers, worked out for the policy."""
    policy = visible_policies(billing.get(policy_id), caller)
    product = _product(policy, products)
    first_due = _first_due(policy, product)
    return policy, [BillingAccount.opened(policy, plan, first_due) for plan in plans_of(product)]


def read_billing(
    policy_id: str, *, at: datetime, caller: Caller, products: Products, billing: Billing
) -> Billed:
    """What is due and what was paid. A policy whose plan nobody chose is paid at once."""
    file = billing.get(policy_id)
    policy = visible_policies(file, caller)
    product = _product(policy, products)
    account, head = (
        account_of(file, product),
        file.account.head if file.account else StreamPosition(),
    )
    return billed(account, head, policy, product, at)


def read_invoice(
    invoice_id: str, *, at: datetime, caller: Caller, products: Products, billing: Billing
) -> Invoiced:
    """One due amount; its id says whose it is."""
    policy_id, number = numbered(invoice_id)
    try:
        found = read_billing(policy_id, at=at, caller=caller, products=products, billing=billing)
    except PolicyNotFound as error:
        raise InvoiceNotFound(invoice_id) from error
    for invoice in found.statement.invoices:
        if invoice.due.number == number:
            return Invoiced(found, invoice)
    raise InvoiceNotFound(invoice_id)


def choose_plan(
    policy_id: str,
    code: str,
    *,
    caller: Caller,
    products: Products,
    billing: Billing,
    receipt: Idempotency,
) -> Billed:
    """Pay by another plan, before anything was paid or changed. What it costs is posted."""
    file = billing.load(policy_id, receipt)
    policy = visible_policies(file, caller)
    product = _product(policy, products)
    plan = _plan(product, code)
    before = file.account.record if file.account else None
    if before is None:
        account = BillingAccount.opened(policy, plan, _first_due(policy, product))
        account = account.replanned(policy, plan)
    else:
        account = before.replanned(policy, plan)
    event = Event.following(
        file.account.head if file.account else StreamPosition(),
        account,
        seal_of(file),
        stream=account.id,
        type="billing.plan_chosen",
        actor=caller.principal,
        now=receipt.now,
        postings=account.opening_postings(before),
    )
    found = billed(account, event.head, policy, product, receipt.now)
    billing.store(event, account, file=file, receipt=receipt.record(found))
    return found


def receive_payment(
    told: PaymentTold,
    *,
    caller: Caller,
    products: Products,
    billing: Billing,
    receipt: Idempotency,
) -> PaymentTaken:
    """Book a payment once, whoever tells of it how often; what is not owed goes to suspense.

    One that came for nobody first stays there until a person says for whom it is. One that was
    booked on another policy is refused: PaymentDiffers.
    """
    suspense_id = suspense_id_for(caller.mode, told.reference)
    try:
        suspended, file = billing.load_suspended(suspense_id, told.policy_id, receipt)
        policy = visible_policies(file, caller)
    except PolicyNotFound:
        return suspend_payment(told, caller=caller, billing=billing, receipt=receipt)
    if isinstance(suspended, BookedOn):
        if suspended.policy_id != policy.id:
            raise PaymentDiffers(told.reference)
    elif suspended is not None and suspended.record.allocated_to != policy.id:
        return _known(told, suspended.record)
    product = _product(policy, products)
    if told.amount.currency is not product.currency:
        raise CurrencyMismatch(product.currency, told.amount.currency)
    account, head = (
        account_of(file, product),
        file.account.head if file.account else StreamPosition(),
    )
    known = account.payment(told.reference)
    if known is not None:
        if (known.amount, known.received_on) != (told.amount, told.received_on):
            raise PaymentDiffers(told.reference)
        found = billed(account, head, policy, product, receipt.now)
        return PaymentTaken(told, found, known.to_suspense, booked_before=True)
    room_for_payment(account, told.reference)
    open_amount = account.owed(policy) - account.received
    zero = Money.zero(product.currency)
    payment = PaymentIn(
        reference=told.reference,
        amount=told.amount,
        received_on=told.received_on,
        booked_at=receipt.now,
        to_suspense=max(told.amount - max(open_amount, zero), zero),
        under_notice=policy.hangs_on_payment,
    )
    opening = opening_of(file, account)
    account = account.paid(payment)
    event = Event.following(
        head,
        account,
        seal_of(file),
        stream=account.id,
        type="billing.payment_received",
        actor=caller.principal,
        now=receipt.now,
        effective_at=beginning(told.received_on),
        postings=(*opening, *payment_postings(payment)),
    )
    found = billed(account, event.head, policy, product, receipt.now)
    taken = PaymentTaken(told, found, payment.to_suspense, booked_before=False)
    answered = receipt.record(taken)
    billing.book(event, account, suspense_id=suspense_id, file=file, receipt=answered)
    return taken


def suspend_payment(
    told: PaymentTold, *, caller: Caller, billing: Billing, receipt: Idempotency
) -> PaymentTaken:
    """Keep a payment that is for nobody we know, once."""
    id = suspense_id_for(caller.mode, told.reference)
    kept = billing.suspended(id, receipt)
    if isinstance(kept, BookedOn):
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
        type="billing.payment_suspended",
        actor=caller.principal,
        now=receipt.now,
        effective_at=beginning(told.received_on),
        postings=payment.postings(),
    )
    taken = PaymentTaken(told, None, told.amount, booked_before=False)
    billing.suspend(event, payment, receipt=receipt.record(taken))
    return taken


def _known(told: PaymentTold, known: SuspendedPayment) -> PaymentTaken:
    """Told of again: it is in suspense, or came out of it."""
    if (known.amount, known.received_on) != (told.amount, told.received_on):
        raise PaymentDiffers(told.reference)
    return PaymentTaken(told, None, known.amount, booked_before=True)


def seal_of(file: BillingContext) -> Seal:
    """The policyholder's key; once it is destroyed there is nothing left to seal."""
    return file.policy.key or NothingToSeal()


def room_for_payment(account: BillingAccount, reference: str) -> None:
    """Raise PaymentDiffers when the account has one of this name, TooManyChanges when it is full."""
    if account.payment(reference) is not None:
        raise PaymentDiffers(reference)
    if len(account.paid_in) >= PAYMENTS_MAX:
        raise TooManyChanges(account.policy_id, PAYMENTS_MAX, "among its payments")


def beginning(day: date) -> datetime:
    """The tax point of money that the bank dates by the day."""
    return datetime.combine(day, time.min, UTC)


def visible_policies(file: BillingContext, caller: Caller) -> Policy:
    policy = file.policy.record
    if not caller.sees(policy.id, policy.partner):
        raise PolicyNotFound(policy.id)
    return policy


def account_of(file: BillingContext, product: Product) -> BillingAccount:
    """The account as the policy stands, or the one that a policy has whose plan nobody chose."""
    return account_on(file.policy.record, file.account, product)


def account_on(
    policy: Policy, account: Stored[BillingAccount] | None, product: Product
) -> BillingAccount:
    if account is not None:
        return account.record.in_step_with(policy)
    return BillingAccount.opened(policy, plans_of(product)[0], _first_due(policy, product))


def opening_of(file: BillingContext, account: BillingAccount) -> tuple[Posting, ...]:
    """What the plan costs and forgoes, as far as that is not posted yet."""
    return account.opening_postings(file.account.record if file.account else None)


def billed(
    account: BillingAccount, head: StreamPosition, policy: Policy, product: Product, at: datetime
) -> Billed:
    """The account on the day that it is then where the risk is."""
    today = at.astimezone(product.zone).date()
    found = statement(account, policy, today, zone=product.zone)
    return Billed(account, head, found, product.life.grace_days, today)


def _plan(product: Product, code: str) -> Plan:
    plans = {plan.code: plan for plan in plans_of(product)}
    if code not in plans:
        detail = f"The product offers: {', '.join(plans)}."
        raise InvalidFields([FieldFault("/plan", "not-offered", detail)])
    return plans[code]


def _product(policy: Policy, products: Products) -> Product:
    return products.version(policy.product)


def _first_due(policy: Policy, product: Product) -> date:
    return policy.period.start.astimezone(product.zone).date()
