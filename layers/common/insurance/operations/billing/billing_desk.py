"""The billing desk: one step at a policy's account, loaded, decided and stored in one way."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from insurance.domain.billing import BillingAccount, BillingSummary, SuspendedPayment
from insurance.domain.core.caller import Caller
from insurance.domain.core.event import Event, NothingToSeal, Seal, StreamPosition
from insurance.domain.core.posting import Posting
from insurance.domain.policy import Policy
from insurance.operations.billing.bill_policy import (
    account_of,
    opening_of,
    seal_of,
    visible_policies,
)
from insurance.operations.billing.ports import Billing, BillingContext
from insurance.operations.idempotency import Idempotency
from insurance.operations.products.ports import Products


class Step(NamedTuple):
    """What a step leaves: the account, what is posted, and what is said of it."""

    account: BillingAccount
    type: str
    postings: tuple[Posting, ...] = ()
    effective_at: datetime | None = None


type Decide = Callable[[BillingAccount, Policy], Step]


@dataclass(frozen=True, slots=True)
class BillingDesk:
    """Who takes a step, and with what."""

    caller: Caller
    products: Products
    billing: Billing
    receipt: Idempotency

    def step(self, policy_id: str, decide: Decide) -> BillingSummary:
        """One event of the account, with the postings of the step."""
        file = self.billing.load(policy_id, self.receipt)
        event, account, result = self.decided(file, decide)
        self.billing.store(event, account, file=file, receipt=self.receipt.record(result))
        return result

    def decided(
        self, file: BillingContext, decide: Decide
    ) -> tuple[Event, BillingAccount, BillingSummary]:
        """The step, and what is answered, before anything is stored."""
        policy = visible_policies(file, self.caller)
        product = self.products.version(policy.product)
        before = account_of(file, product)
        step = decide(before, policy)
        event = self.event(
            step.account,
            file.account.head if file.account else StreamPosition(),
            step.type,
            (*opening_of(file, before), *step.postings),
            seal=seal_of(file),
            effective_at=step.effective_at,
        )
        now = self.receipt.now
        return (
            event,
            step.account,
            BillingSummary.of(step.account, event.head, policy, product, now),
        )

    def event(
        self,
        record: BillingAccount | SuspendedPayment,
        head: StreamPosition,
        type: str,
        postings: tuple[Posting, ...] = (),
        *,
        seal: Seal | None = None,
        effective_at: datetime | None = None,
    ) -> Event:
        return Event.following(
            head,
            record,
            seal or NothingToSeal(),
            stream=record.id,
            type=type,
            actor=self.caller.principal,
            now=self.receipt.now,
            effective_at=effective_at,
            postings=postings,
        )
