"""Suspense: money that came in and could not be matched with a policy."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NamedTuple, Self

from pydantic import AwareDatetime

from insurance.domain.bank.approval import Approval
from insurance.domain.bank.incoming import IncomingPayment, Reference
from insurance.domain.bank.kept_report import ReportReview
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.bank.report import BankReport
from insurance.domain.billing.refund import Refund
from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import RefundNotFound, WrongState
from insurance.domain.core.identity import PolicyId, SuspenseId, refund_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.posting import Account, Posting, post

RETURNS_MAX: Final = 9


class UsedReference(NamedTuple):
    """A bank reference that was posted on a policy when it came in: it never was in suspense."""

    policy_id: str


class SuspenseStatus(StrEnum):
    """How far a payment in suspense has come."""

    WAITING = "waiting"
    """A person must find out what it is for."""
    ALLOCATED = "allocated"
    """Used for a policy."""
    RETURN_REQUESTED = "return_requested"
    """Another person must approve that it goes back."""
    RETURN_EXECUTING = "return_executing"
    """On its way back to its payer."""
    RETURNED = "returned"
    """Back with its payer."""


RETURN_STATUSES: Final = MappingProxyType(
    {
        PaymentStatus.AWAITING_APPROVAL: SuspenseStatus.RETURN_REQUESTED,
        PaymentStatus.EXECUTING: SuspenseStatus.RETURN_EXECUTING,
        PaymentStatus.PAID: SuspenseStatus.RETURNED,
    }
)
"""A return with another status came to nothing: the payment waits again."""


class SuspendedPayment(Record):
    """One payment that could not be matched, waiting for a person."""

    id: Internal[SuspenseId]
    reference: Internal[Reference]
    amount: Internal[Money]
    received_on: Internal[date]
    named: Internal[str | None] = None
    """The policy that it was said to be for, as far as that looks like one."""
    posted_at: Internal[AwareDatetime]
    recorded_by: Internal[str | None] = None
    """See `PremiumPayment.recorded_by`."""
    allocated_to: Internal[PolicyId | None] = None
    """The policy that a person allocated it to."""
    refunds: Internal[tuple[Refund, ...]] = ()
    """Attempts to return it to its payer: the bank finds the payer by its own reference."""

    @property
    def payment(self) -> IncomingPayment:
        """The payment as it came in."""
        return IncomingPayment(self.reference, self.amount, self.received_on, self.allocated_to)

    def allocated(self, policy_id: PolicyId) -> Self:
        """The payment, allocated to a policy.

        Raises:
            WrongState: It was allocated or is being returned.
        """
        self._check_waiting("be allocated")
        return self.replace(allocated_to=policy_id)

    def with_return_requested(self, *, by: str, reason: str) -> Self:
        """The payment with a return to its payer, which awaits the approval of a second person.

        Raises:
            WrongState: It was allocated, is being returned, or its return failed too often.
        """
        self._check_waiting("be returned")
        if len(self.refunds) >= RETURNS_MAX:
            raise WrongState(self.id, "returned too often", "be returned")
        refund = Refund(
            id=refund_id_for(self.id, len(self.refunds) + 1),
            amount=self.amount,
            of_suspense=self.amount,
            status=PaymentStatus.AWAITING_APPROVAL,
            requested_by=by,
            reason=reason,
        )
        return self.replace(refunds=(*self.refunds, refund))

    def with_return_decided(self, approval: Approval) -> Self:
        """The payment with its return approved or refused by a second person.

        Raises:
            RefundNotFound: No return was requested.
            WrongState: Its return does not await approval.
            SamePerson: The person who requested the return cannot approve it.
        """
        return self._with_return(self.last_return.decided(approval))

    def with_return_reported(self, report: BankReport) -> tuple[Self, tuple[Posting, ...]]:
        """The payment with its return as the bank reports it, and what that posts.

        Raises:
            RefundNotFound: It has no such return.
            WrongState: The bank was not told of the return, or has said this before.
        """
        before = self.return_of(report.instruction_id)
        # No party's key seals what the bank says in words of a payer that nobody knows.
        refund = before.reported_with_kept(replace(report, reason=None))
        return self._with_return(refund), refund.postings_since(before)

    def with_report_reviewed(self, review: ReportReview) -> tuple[Self, tuple[Posting, ...]]:
        """The payment with a person's step on a kept report, and what it posts where it is applied.

        Raises:
            RefundNotFound: It has no such return.
            KeptReportNotFound: The report is resolved, or never was.
            WrongState: Something is proposed already, or nothing is; or it was returned, as the report says, and
                is allocated or returned again by now.
            SamePerson: Who proposed it, or requested the return, cannot approve it.
        """
        before = self.return_of(review.instruction_id)
        refund = before.reviewed(review).settled()
        if refund.paid and not before.paid:
            self._check_waiting("be returned")
        return self._with_return(refund), refund.postings_since(before)

    def return_of(self, return_id: str) -> Refund:
        """One attempt to return it.

        Raises:
            RefundNotFound: It has no such return.
        """
        for refund in self.refunds:
            if refund.id == return_id:
                return refund
        raise RefundNotFound(return_id)

    @property
    def last_return(self) -> Refund:
        """The latest attempt to return it.

        Raises:
            RefundNotFound: No return was requested.
        """
        if not self.refunds:
            raise RefundNotFound(refund_id_for(self.id, 1))
        return self.refunds[-1]

    @property
    def status(self) -> SuspenseStatus:
        """How far it has come."""
        if self.allocated_to is not None:
            return SuspenseStatus.ALLOCATED
        if not self.refunds:
            return SuspenseStatus.WAITING
        return RETURN_STATUSES.get(self.last_return.status, SuspenseStatus.WAITING)

    def postings(self) -> tuple[Posting, ...]:
        """What it posts when it comes in."""
        return post(Account.CASH, Account.SUSPENSE, self.amount)

    def _with_return(self, changed: Refund) -> Self:
        refunds = (changed if refund.id == changed.id else refund for refund in self.refunds)
        return self.replace(refunds=tuple(refunds))

    def _check_waiting(self, step: str) -> None:
        if self.status is not SuspenseStatus.WAITING:
            raise WrongState(self.id, self.status.replace("_", " "), step)
