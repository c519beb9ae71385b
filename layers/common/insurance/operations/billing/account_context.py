"""Accounts loaded and stored: what every operation on a billing account does before and after it decides."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from insurance.domain.billing import BillingAccount, BillingSummary, current_account
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.event import Event, EventType, StreamPosition
from insurance.domain.core.posting import Posting
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.policy import Policy
from insurance.domain.product import Product
from insurance.operations.billing.ports import AccountChange, BillingContext, BillingPorts
from insurance.operations.command import Command
from insurance.operations.products.ports import Products


@dataclass(frozen=True, slots=True)
class AccountContext:
    """An account as the policy stands, and what it is decided on."""

    account: BillingAccount
    policy: Policy
    product: Product
    stored: BillingContext

    @classmethod
    def of(cls, stored: BillingContext, products: Products) -> "AccountContext":
        policy = stored.policy.record
        product = products.version(policy.product)
        return cls(current_account(policy, stored.account, product), policy, product, stored)

    def summary(
        self, account: BillingAccount, head: StreamPosition, at: datetime
    ) -> BillingSummary:
        """An account of this policy on the day that it is at this instant."""
        return BillingSummary.of(account, head, self.policy, self.product, at)


class AccountStep(NamedTuple):
    """An account after a step, the event that the step is, and what it posts."""

    account: BillingAccount
    type: EventType
    postings: tuple[Posting, ...] = ()
    effective_at: datetime | None = None
    """The tax point; None: when the event is stored."""
    totals: tuple[LimitMovement, ...] = ()
    """What counts to running totals."""


def visible_account(stored: BillingContext, caller: Caller, ports: BillingPorts) -> AccountContext:
    """The account, if the caller sees its policy.

    Raises:
        PolicyNotFound: The policy belongs to another partner, or to another mode.
    """
    policy = stored.policy.record
    if not caller.sees(policy.id, policy.partner, policy.party):
        raise PolicyNotFound(policy.id)
    return AccountContext.of(stored, ports.products)


def load_account(policy_id: str, command: Command, ports: BillingPorts) -> AccountContext:
    """The account of a policy, for a command.

    Raises:
        PolicyNotFound: There is no such policy, or the caller does not see it.
    """
    return visible_account(ports.billing.load(policy_id, command), command.caller, ports)


def store_account(
    step: AccountStep, context: AccountContext, command: Command, ports: BillingPorts
) -> BillingSummary:
    """Store the account after a step.

    Raises:
        LimitMoved: Others have left too little room in a running total to which the step counts.
        StaleRevision: The account has moved on since it was loaded.
    """
    change = account_change(step, context, command)
    summary = context.summary(step.account, change.event.head, command.now)
    ports.billing.store(change, command=command.with_answer(summary), totals=step.totals)
    return summary


def account_change(step: AccountStep, context: AccountContext, command: Command) -> AccountChange:
    """The step as an event, with what the plan costs and forgoes as far as it is not posted yet."""
    stored = context.stored
    account = step.account.held_as(context.policy)
    opening = account.opening_postings(stored.account.record if stored.account else None)
    event = Event.following(
        stored.head,
        account,
        stored.seal,
        stream=account.id,
        type=step.type,
        actor=command.actor,
        now=command.now,
        effective_at=step.effective_at,
        postings=(*opening, *step.postings),
    )
    return AccountChange(event, account, stored)


def start_of_day(day: date) -> datetime:
    """The tax point of money that the bank dates by the day."""
    return datetime.combine(day, time.min, UTC)
