"""Payments in suspense loaded and stored, as every operation on them does."""

from dataclasses import dataclass
from typing import NamedTuple

from insurance.domain.billing import BillingSummary, SuspendedPayment
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import SuspenseNotFound
from insurance.domain.core.event import Event, EventType, NothingToSeal, StreamPosition
from insurance.domain.core.identity import mode_of
from insurance.domain.core.posting import Posting
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import Stored
from insurance.operations.billing.ports import BillingPorts, SuspenseChange
from insurance.operations.command import Command


@dataclass(frozen=True, slots=True)
class SuspenseResult:
    """A payment in suspense after a step."""

    payment: SuspendedPayment
    revision: int
    summary: BillingSummary | None = None
    """The policy's account, where the payment was allocated to it."""


class SuspenseStep(NamedTuple):
    """A payment in suspense after a step, the event that the step is, and what it posts."""

    payment: SuspendedPayment
    type: EventType
    postings: tuple[Posting, ...] = ()
    totals: tuple[LimitMovement, ...] = ()
    """What counts to running totals."""


def load_suspense(
    suspense_id: str, command: Command, ports: BillingPorts
) -> Stored[SuspendedPayment]:
    """A payment in suspense, for a command.

    Raises:
        SuspenseNotFound: There is no such payment in the caller's mode.
    """
    check_suspense_mode(suspense_id, command.caller)
    stored = ports.billing.load_suspense(suspense_id, command)
    if not isinstance(stored, Stored):
        raise SuspenseNotFound(suspense_id)
    return stored


def check_suspense_mode(suspense_id: str, caller: Caller) -> None:
    """Live and test never see each other's payments.

    Raises:
        SuspenseNotFound: The payment is of the other mode.
    """
    if mode_of(suspense_id) is not caller.mode:
        raise SuspenseNotFound(suspense_id)


def store_suspense(
    step: SuspenseStep, before: Stored[SuspendedPayment], command: Command, ports: BillingPorts
) -> SuspenseResult:
    """Store the payment after a step.

    Raises:
        LimitMoved: Others have left too little room in a running total to which the step counts.
        StaleRevision: The payment has moved on since it was loaded.
    """
    event = suspense_event(step, before.head, command)
    result = SuspenseResult(step.payment, event.sequence)
    change = SuspenseChange(event, before)
    ports.billing.change_suspense(change, command=command.with_answer(result), totals=step.totals)
    return result


def suspense_event(step: SuspenseStep, head: StreamPosition, command: Command) -> Event:
    """The step as an event."""
    return Event.following(
        head,
        step.payment,
        NothingToSeal(),
        stream=step.payment.id,
        type=step.type,
        actor=command.actor,
        now=command.now,
        postings=step.postings,
    )
