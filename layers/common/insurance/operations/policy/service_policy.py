"""Service a policy: change it, end it or bring it back; as a preview, or for good."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from insurance.domain.billing import statement
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    AlreadyErased,
    ArrearsOpen,
    FieldFault,
    InvalidFields,
    NoAuthority,
    PolicyNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import mode_of
from insurance.domain.core.money import total as total_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Initiator, Policy, Transaction, TransactionKind
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.servicing import Servicing, ServicingResult, TransactionInput
from insurance.domain.product import Product
from insurance.operations.billing.bill_policy import account_of
from insurance.operations.billing.ports import Billing, BillingContext
from insurance.operations.idempotency import Idempotency
from insurance.operations.policy.ports import PolicyChanges
from insurance.operations.policy.reprice_policy import repricing
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import LookUps

EVENT_TYPES = {
    TransactionKind.ENDORSEMENT: PolicyEventType.ENDORSED,
    TransactionKind.CANCELLATION: PolicyEventType.CANCELLED,
    TransactionKind.REINSTATEMENT: PolicyEventType.REINSTATED,
    TransactionKind.REVERSAL: PolicyEventType.TRANSACTION_REVERSED,
}


@dataclass(frozen=True, slots=True)
class ChangeAsked:
    """A transaction as a caller asks for it."""

    kind: TransactionKind
    effective_on: date | None
    """A local date: from the time of day at which the product's cover begins."""
    effective_at: datetime | None
    """Or an instant. Without either it is now."""
    by: Initiator = Initiator.POLICYHOLDER
    reason: str | None = None
    answers: dict[str, Any] | None = None
    options: tuple[str, ...] | None = None
    gap: bool = False
    no_known_loss: bool = False
    number: int | None = None
    """Of the transaction to reverse."""

    @property
    def restores(self) -> bool:
        """Whether cover is to come back: then the account says whether it may."""
        return self.kind is TransactionKind.REINSTATEMENT

    def at(self, product: Product, now: datetime) -> TransactionInput:
        """The same with an instant instead of a date.

        Raises:
            InvalidFields: Both a date and an instant are given.
        """
        if self.effective_on is not None and self.effective_at is not None:
            fault = FieldFault("/effective_at", "one-of", "Give a date or an instant, not both.")
            raise InvalidFields([fault])
        at = self.effective_at or now
        if self.effective_on is not None:
            at = product.moment(self.effective_on)
        return TransactionInput(
            kind=self.kind,
            effective_at=at.astimezone(UTC),
            by=self.by,
            reason=self.reason,
            answers=self.answers,
            options=self.options,
            gap=self.gap,
            no_known_loss=self.no_known_loss,
            number=self.number,
        )


@dataclass(frozen=True, slots=True)
class PolicyChange:
    """What a change comes to, and where the policy stands: after it, or, in a preview, before."""

    serviced: ServicingResult
    before: Policy
    head: StreamPosition
    stored: bool


def preview_change(
    policy_id: str,
    asked: ChangeAsked,
    *,
    caller: Caller,
    products: Products,
    look_ups: LookUps,
    policies: PolicyChanges,
    billing: Billing,
    now: datetime,
) -> PolicyChange:
    """What it would cost and undo; nothing is kept."""
    file = (
        billing.get(policy_id) if asked.restores else BillingContext(policies.get(policy_id), None)
    )
    before = file.policy
    serviced = _serviced(file, asked, caller, products, look_ups, now)
    return PolicyChange(serviced, before.record, before.head, stored=False)


def change_policy(
    policy_id: str,
    asked: ChangeAsked,
    *,
    expected_revision: int | None,
    caller: Caller,
    products: Products,
    look_ups: LookUps,
    policies: PolicyChanges,
    billing: Billing,
    receipt: Idempotency,
) -> PolicyChange:
    """Make the change: one event, with the postings of all that it moves."""
    file = (
        billing.load(policy_id, receipt)
        if asked.restores
        else BillingContext(policies.load(policy_id, receipt), None)
    )
    before = file.policy
    if expected_revision is not None and expected_revision != before.head.sequence:
        _seen(before.record, caller)
        raise StaleRevision(policy_id)
    serviced = _serviced(file, asked, caller, products, look_ups, receipt.now)
    if before.key is None:
        raise AlreadyErased(policy_id)
    event = Event.following(
        before.head,
        serviced.policy,
        before.key,
        stream=policy_id,
        type=EVENT_TYPES[asked.kind],
        actor=caller.principal,
        now=receipt.now,
        effective_at=serviced.requested.effective_at,
        postings=serviced.postings,
    )
    change = PolicyChange(serviced, before.record, event.head, stored=True)
    kept = Stored(serviced.policy, event.head, before.key)
    policies.change(event, kept, before=before, receipt=receipt.record(change))
    return change


def _serviced(  # noqa: PLR0917 - what a preview and a command have in common
    file: BillingContext,
    asked: ChangeAsked,
    caller: Caller,
    products: Products,
    look_ups: LookUps,
    now: datetime,
) -> ServicingResult:
    policy = file.policy.record
    _seen(policy, caller)
    if asked.by is Initiator.INSURER and caller.kind is not CallerKind.STAFF:
        raise NoAuthority("a step in the insurer's name")
    if asked.kind is TransactionKind.REVERSAL and caller.kind is not CallerKind.STAFF:
        _check_own(policy, asked.number)
    contract = products.version(policy.product)
    conditions = Conditions.of(contract)
    product = contract
    if not conditions.reprice_on_contract:
        product = products.on_sale(policy.product.code, now.date(), mode_of(policy.id))
    servicing = Servicing(
        conditions=conditions,
        reprice=repricing(product, look_ups=look_ups, caller=caller),
        actor=caller.principal,
        now=now,
    )
    serviced = servicing.change(policy, asked.at(contract, now))
    ended = policy.cancelled_by()
    if asked.restores and ended is not None and ended.is_lapse:
        restored = replace(file, policy=replace(file.policy, record=serviced.policy))
        _check_arrears(restored, contract, ended)
    return serviced


def _check_arrears(restored: BillingContext, product: Product, lapse: Transaction) -> None:
    """Raise ArrearsOpen while that is not paid which was due when cover ended; what was paid too
    much counts for it."""
    policy, account = restored.policy.record, account_of(restored, product)
    day = lapse.effective_at.astimezone(product.zone).date()
    received = account.received + account.in_suspense
    found = statement(account, policy, day, zone=product.zone, received=received)
    late = (each.open for each in found.invoices if each.due.due_on <= day)
    arrears = total_of(late, received.currency)
    if arrears:
        raise ArrearsOpen(policy.id, arrears)


def _check_own(policy: Policy, number: int | None) -> None:
    """A partner takes back its own endorsements; ends of cover are brought back by reinstating,
    on the policyholder's word that nothing happened."""
    for each in policy.transactions:
        if each.number == number and each.kind is not TransactionKind.ENDORSEMENT:
            raise NoAuthority("the reversal of anything but an endorsement")


def _seen(policy: Policy, caller: Caller) -> None:
    if not caller.sees(policy.id, policy.partner):
        raise PolicyNotFound(policy.id)
