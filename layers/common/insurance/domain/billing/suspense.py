"""Suspense: money that came in for a policy that is not there."""

from datetime import date
from typing import Final, NamedTuple, Self

from pydantic import AwareDatetime

from insurance.domain.bank.incoming import Reference
from insurance.domain.bank.outgoing_payment import COMMITTED, PaymentStatus
from insurance.domain.billing.refund import Refund
from insurance.domain.core.classification import Record
from insurance.domain.core.errors import RefundNotFound, WrongState
from insurance.domain.core.identity import PolicyId, SuspenseId, refund_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, Posting, post

RETURNS_MAX: Final = 9


class BookedOn(NamedTuple):
    """An outside payment that was for a policy at once: its reference is used up."""

    policy_id: str


class SuspendedPayment(Record):
    """One payment that nobody could match, waiting for a person."""

    id: SuspenseId
    reference: Reference
    amount: Money
    received_on: date
    named: str | None = None
    """The policy that it was said to be for, as far as that looks like one."""
    booked_at: AwareDatetime
    allocated_to: PolicyId | None = None
    """The policy that a person found it to be for."""
    refunds: tuple[Refund, ...] = ()
    """Attempts to give it back to whom it came from: the bank knows them by its own reference."""

    def allocated(self, policy_id: PolicyId) -> Self:
        """It is for this policy after all."""
        return self._waiting("be allocated").replace(allocated_to=policy_id)

    def returning(self, *, by: str, reason: str) -> Self:
        """On its way back, once a second person agrees."""
        waiting = self._waiting("be returned")
        refund = Refund(
            id=refund_id_for(self.id, len(self.refunds) + 1),
            amount=self.amount,
            of_suspense=self.amount,
            status=PaymentStatus.AWAITING_APPROVAL,
            requested_by=by,
            reason=reason,
        )
        return waiting.replace(refunds=(*self.refunds, refund))

    @property
    def last_return(self) -> Refund:
        if not self.refunds:
            raise RefundNotFound(refund_id_for(self.id, 1))
        return self.refunds[-1]

    def with_return(self, changed: Refund) -> Self:
        return self.replace(refunds=(*self.refunds[:-1], changed))

    @property
    def status(self) -> str:
        """`waiting`, `allocated`, or how far its return has come."""
        if self.allocated_to is not None:
            return "allocated"
        if self.refunds and self.refunds[-1].status in COMMITTED:
            return f"return {self.refunds[-1].status}"
        return "waiting"

    def _waiting(self, step: str) -> Self:
        if self.status != "waiting":
            raise WrongState(self.id, self.status.replace("_", " "), step)
        if len(self.refunds) >= RETURNS_MAX:
            raise WrongState(self.id, "returned too often", step)
        return self

    def postings(self) -> tuple[Posting, ...]:
        return post(Account.CASH, Account.SUSPENSE, self.amount)
