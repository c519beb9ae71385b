"""Change a policy: endorse, cancel, reinstate it, or reverse a transaction; or preview that."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from insurance.domain.billing.arrears import check_arrears_paid
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import FieldFault, InvalidFields, NoAuthority
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Initiator, Policy, TransactionKind
from insurance.domain.policy.event_types import PolicyEventType
from insurance.domain.policy.servicing import ServicingResult
from insurance.domain.policy.transaction_input import TransactionInput
from insurance.domain.product import Product
from insurance.operations.command import Command, Query
from insurance.operations.policy.ports import PolicyAccount, ServicingPorts
from insurance.operations.policy.reprice_policy import servicing_of
from insurance.operations.policy.store_policy import (
    ChangedPolicy,
    check_acts_for_insurer,
    check_visible,
)

EVENT_TYPES = {
    TransactionKind.ENDORSEMENT: PolicyEventType.ENDORSED,
    TransactionKind.CANCELLATION: PolicyEventType.CANCELLED,
    TransactionKind.REINSTATEMENT: PolicyEventType.REINSTATED,
    TransactionKind.REVERSAL: PolicyEventType.TRANSACTION_REVERSED,
}


@dataclass(frozen=True, slots=True)
class ChangeInput:
    """A transaction as a caller requests it."""

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
    def needs_account(self) -> bool:
        """Whether the policy's account decides: cover is reinstated after arrears are paid."""
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
    """What a change comes to."""

    serviced: ServicingResult
    before: Policy
    head: StreamPosition
    """Where the policy stands: after the change or, in a preview, before it."""
    stored: bool


@dataclass(frozen=True, slots=True)
class _WithoutAccount:
    """A policy whose account was not loaded, because the change does not depend on it."""

    policy: Stored[Policy]
    account: None = None


def preview_change(
    policy_id: str, change: ChangeInput, query: Query, ports: ServicingPorts
) -> PolicyChange:
    """What a change would cost and reverse; nothing is stored.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        NoAuthority: The change is for staff, or for another role.
        ArrearsOpen: The policy has lapsed, and not all is paid that was due then.
        InvalidFields: The change is incomplete, or the product cannot read an answer.
        RiskNotAccepted: The changed risk is declined, or needs an underwriter.
        AlreadyErased, OutsideTerm, WrongState, TransactionNotFound, TermsNotOffered,
        NoticeNotServed, TooManyChanges: As in `Servicing.change`.
    """
    loaded: PolicyAccount = (
        ports.accounts.get(policy_id)
        if change.needs_account
        else _WithoutAccount(ports.policies.get(policy_id))
    )
    check_visible(loaded.policy.record, query.caller)
    before = loaded.policy
    serviced = _serviced(loaded, change, query, ports)
    return PolicyChange(serviced, before.record, before.head, stored=False)


def change_policy(
    policy_id: str, change: ChangeInput, command: Command, ports: ServicingPorts
) -> PolicyChange:
    """Make a change: one event, with the postings of all transactions that it applies or reverses.

    Raises:
        PolicyNotFound: The policy does not exist, or belongs to another partner.
        StaleRevision: The policy has changed since the caller read it.
        NoAuthority: The change is for staff, or for another role.
        ArrearsOpen: The policy has lapsed, and not all is paid that was due then.
        InvalidFields: The change is incomplete, or the product cannot read an answer.
        RiskNotAccepted: The changed risk is declined, or needs an underwriter.
        AlreadyErased, OutsideTerm, WrongState, TransactionNotFound, TermsNotOffered,
        NoticeNotServed, TooManyChanges: As in `Servicing.change`.
    """
    loaded: PolicyAccount = (
        ports.accounts.load(policy_id, command)
        if change.needs_account
        else _WithoutAccount(ports.policies.load(policy_id, command))
    )
    before = loaded.policy
    check_visible(before.record, command.caller)
    command.check_revision(before, policy_id)
    serviced = _serviced(loaded, change, command, ports)
    changed = ChangedPolicy(
        serviced.policy,
        EVENT_TYPES[change.kind],
        effective_at=serviced.requested.effective_at,
        postings=serviced.postings,
    )
    event, stored = changed.following(before, command)
    result = PolicyChange(serviced, before.record, event.head, stored=True)
    ports.policies.change(event, stored, before=before, command=command.with_answer(result))
    return result


def _serviced(
    loaded: PolicyAccount, change: ChangeInput, call: Command | Query, ports: ServicingPorts
) -> ServicingResult:
    policy = loaded.policy.record
    _check_authority(policy, change, call.caller)
    contract = ports.products.version(policy.product)
    servicing = servicing_of(policy, contract, call, ports)
    serviced = servicing.change(policy, change.at(contract, call.now))
    ended = policy.cancelled_by()
    if change.needs_account and ended is not None and ended.is_lapse:
        check_arrears_paid(serviced.policy, loaded.account, contract, lapsed_at=ended.effective_at)
    return serviced


def _check_authority(policy: Policy, change: ChangeInput, caller: Caller) -> None:
    """A partner acts for the policyholder, and reverses its own endorsements only.

    It brings cover back by reinstatement, with the policyholder's declaration of no loss.
    """
    if change.by is Initiator.INSURER:
        check_acts_for_insurer(caller)
    if change.kind is not TransactionKind.REVERSAL or caller.kind is CallerKind.STAFF:
        return
    for transaction in policy.transactions:
        is_endorsement = transaction.kind is TransactionKind.ENDORSEMENT
        if transaction.number == change.number and not is_endorsement:
            raise NoAuthority("the reversal of anything but an endorsement")
