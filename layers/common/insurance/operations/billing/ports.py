"""What billing operations are given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from insurance.domain.billing import BillingAccount, SuspendedPayment, UsedReference
    from insurance.domain.core.event import Event
    from insurance.domain.core.stored import Stored
    from insurance.domain.policy import Policy
    from insurance.operations.idempotency import Idempotency


@dataclass(frozen=True, slots=True)
class BillingContext:
    """A policy and how it is paid; no account yet: nobody chose a plan and nothing came in."""

    policy: Stored[Policy]
    account: Stored[BillingAccount] | None


class Billing(Protocol):
    def get(self, policy_id: str) -> BillingContext:
        """Raise PolicyNotFound when there is no such policy."""

    def load(self, policy_id: str, receipt: Idempotency) -> BillingContext:
        """As `get`, in one read with the receipt: raise AlreadyAnswered or KeyReused if it is there."""

    def store(
        self, event: Event, account: BillingAccount, *, file: BillingContext, receipt: Idempotency
    ) -> None:
        """Store the account as the event left it; raise StaleRevision when it has moved on."""

    def book(
        self,
        event: Event,
        account: BillingAccount,
        *,
        suspense_id: str,
        file: BillingContext,
        receipt: Idempotency,
    ) -> None:
        """As `store`, with a payment whose outside reference is used up by it: no other policy's, and
        not suspense's. Raise StaleRevision when another was first with it."""

    def find_replay(self, receipt: Idempotency) -> None:
        """Raise AlreadyAnswered or KeyReused if this call was answered before."""

    def answer(self, receipt: Idempotency) -> None:
        """Keep the answer of a call whose parts are all stored."""

    def suspended(
        self, suspense_id: str, receipt: Idempotency
    ) -> Stored[SuspendedPayment] | UsedReference | None:
        """A payment in suspense, or where it was booked at once, in one read with the receipt."""

    def get_suspended(self, suspense_id: str) -> Stored[SuspendedPayment]:
        """Raise SuspenseNotFound when there is none."""

    def load_suspended(
        self, suspense_id: str, policy_id: str, receipt: Idempotency
    ) -> tuple[Stored[SuspendedPayment] | UsedReference | None, BillingContext]:
        """As `suspended`, and the policy's; raise PolicyNotFound when there is no such policy."""

    def keep_suspended(
        self, event: Event, *, before: Stored[SuspendedPayment], receipt: Idempotency
    ) -> None:
        """Store the payment as the event left it; raise StaleRevision when it has moved on."""

    def allocate(
        self,
        event: Event,
        account: BillingAccount,
        *,
        file: BillingContext,
        moved: Event,
        before: Stored[SuspendedPayment],
        receipt: Idempotency,
    ) -> None:
        """Store the account and the payment that came to it from suspense, or neither; raise
        StaleRevision when one of them has moved on."""

    def suspend(self, event: Event, payment: SuspendedPayment, *, receipt: Idempotency) -> None:
        """Keep a payment in suspense; raise StaleRevision when its reference is there already."""
