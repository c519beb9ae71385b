"""What operations on billing need from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from insurance.domain.core.event import NothingToSeal, StreamPosition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from insurance.domain.billing import BillingAccount, SuspendedPayment, UsedReference
    from insurance.domain.core.event import Event, Seal
    from insurance.domain.core.running_totals import LimitMovement
    from insurance.domain.core.stored import Stored
    from insurance.domain.policy import Policy
    from insurance.operations.command import Command
    from insurance.operations.parties.ports import Screening
    from insurance.operations.policy.ports import PolicyChanges
    from insurance.operations.products.ports import Products
    from insurance.operations.quoting.ports import LookUps
    from insurance.operations.running_totals import RunningTotals


@dataclass(frozen=True, slots=True)
class BillingContext:
    """A policy and its billing account, as they are stored."""

    policy: Stored[Policy]
    account: Stored[BillingAccount] | None
    """None: no plan was chosen and nothing was paid yet."""

    @property
    def head(self) -> StreamPosition:
        """Where the account's stream stands."""
        return self.account.head if self.account else StreamPosition()

    @property
    def seal(self) -> Seal:
        """The policyholder's key; once it is destroyed there is nothing left to seal."""
        return self.policy.key or NothingToSeal()


class AccountChange(NamedTuple):
    """An account as an event leaves it."""

    event: Event
    account: BillingAccount
    before: BillingContext


class SuspenseChange(NamedTuple):
    """An event of a payment in suspense, which has its new facts."""

    event: Event
    before: Stored[SuspendedPayment]


class Billing(Protocol):
    def get(self, policy_id: str) -> BillingContext:
        """The policy and its account.

        Raises:
            PolicyNotFound: There is no such policy.
        """

    def load(self, policy_id: str, command: Command) -> BillingContext:
        """As `get`, in one read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PolicyNotFound: There is no such policy.
        """

    def store(
        self, change: AccountChange, *, command: Command, totals: Sequence[LimitMovement] = ()
    ) -> None:
        """Store the account as the event leaves it, what counts to running totals, and the command's answer.

        Raises:
            LimitMoved: Others have left too little room in a total.
            AlreadyAnswered: This call was answered before.
            StaleRevision: The account has moved on since it was loaded.
        """

    def post(self, change: AccountChange, *, suspense_id: str, command: Command) -> None:
        """As `store`, for a payment that came in. Its bank reference cannot be used again: not for
        another policy, and not for suspense.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The account has moved on, or the reference was used meanwhile.
        """

    def find_replay(self, command: Command) -> None:
        """Look for an earlier answer to this call.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def record_answer(self, command: Command) -> None:
        """Store the command's answer alone: its parts are stored already.

        Raises:
            AlreadyAnswered: This call was answered before.
        """

    def get_suspense(self, suspense_id: str) -> Stored[SuspendedPayment]:
        """A payment in suspense.

        Raises:
            SuspenseNotFound: There is no such payment.
        """

    def load_suspense(
        self, suspense_id: str, command: Command
    ) -> Stored[SuspendedPayment] | UsedReference | None:
        """A payment in suspense, or where it was posted when it came in; None: it is unknown. In one
        read with the command's idempotency record.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
        """

    def load_with_suspense(
        self, policy_id: str, suspense_id: str, command: Command
    ) -> tuple[BillingContext, Stored[SuspendedPayment] | UsedReference | None]:
        """As `load` and `load_suspense`, in one read.

        Raises:
            AlreadyAnswered: This call was answered before.
            KeyReused: The caller's key was used for another request.
            PolicyNotFound: There is no such policy.
        """

    def add_suspense(self, event: Event, payment: SuspendedPayment, *, command: Command) -> None:
        """Store a new payment in suspense, and the command's answer.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: Its bank reference was used already.
        """

    def change_suspense(
        self, change: SuspenseChange, *, command: Command, totals: Sequence[LimitMovement] = ()
    ) -> None:
        """Store a payment in suspense as the event leaves it, what counts to running totals, and the command's answer.

        Raises:
            LimitMoved: Others have left too little room in a total.
            AlreadyAnswered: This call was answered before.
            StaleRevision: The payment has moved on since it was loaded.
        """

    def allocate(
        self, change: AccountChange, suspense: SuspenseChange, *, command: Command
    ) -> None:
        """Store an account and the payment that it got out of suspense, or neither.

        Raises:
            AlreadyAnswered: This call was answered before.
            StaleRevision: The account or the payment has moved on since it was loaded.
        """


@dataclass(frozen=True, slots=True)
class BillingPorts:
    """What operations on billing accounts need from outside."""

    products: Products
    billing: Billing


@dataclass(frozen=True, slots=True)
class RefundPorts(BillingPorts):
    """What the approval of refunds needs beside: payees are compared with sanctions lists, and refunds count
    to running totals."""

    screening: Screening
    totals: RunningTotals


@dataclass(frozen=True, slots=True)
class CollectionPorts:
    """What the collection of premium needs from outside."""

    products: Products
    billing: Billing
    look_ups: LookUps
    policies: PolicyChanges
