"""A claim: two axes (how far handling has come, what was decided), its reserve and its payments."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field

from insurance.domain.claim.payment import COMMITTED, Payment, PaymentStatus
from insurance.domain.claim.rule import RuleResult
from insurance.domain.classification import Classification, Record
from insurance.domain.errors import PaymentNotFound, WrongState
from insurance.domain.identity import ClaimId, PaymentId, PolicyId, payment_id_for
from insurance.domain.ledger import Account, Posting, post
from insurance.domain.money import Money, total
from insurance.domain.party import Claimant, Payee
from insurance.domain.value import Value

PAYMENTS_MAX = 50


class Handling(StrEnum):
    NOTIFIED = "notified"
    VERIFYING = "verifying"
    """Something asked is missing."""
    ASSESSING = "assessing"
    """A person must look."""
    SETTLING = "settling"
    CLOSED = "closed"


class Decision(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"


class Step(StrEnum):
    WAIT_FOR_FACTS = "wait for facts"
    REFER = "be referred"
    APPROVE = "be settled"
    FINISH = "be closed"
    LOSE_PAYMENT = "have its payment refused or failed"


NEXT = {
    (Handling.NOTIFIED, Step.WAIT_FOR_FACTS): Handling.VERIFYING,
    (Handling.NOTIFIED, Step.REFER): Handling.ASSESSING,
    (Handling.NOTIFIED, Step.APPROVE): Handling.SETTLING,
    (Handling.VERIFYING, Step.WAIT_FOR_FACTS): Handling.VERIFYING,
    (Handling.VERIFYING, Step.REFER): Handling.ASSESSING,
    (Handling.VERIFYING, Step.APPROVE): Handling.SETTLING,
    (Handling.ASSESSING, Step.WAIT_FOR_FACTS): Handling.VERIFYING,
    (Handling.ASSESSING, Step.REFER): Handling.ASSESSING,
    (Handling.ASSESSING, Step.APPROVE): Handling.SETTLING,
    (Handling.SETTLING, Step.FINISH): Handling.CLOSED,
    (Handling.SETTLING, Step.LOSE_PAYMENT): Handling.ASSESSING,
}


class Task(Value):
    """Work for a person: which role, what for, since when."""

    role: str
    code: str
    reason: str
    since: AwareDatetime


class NoticedClaim(Value):
    """A claim in its policy's register: enough to tell a duplicate."""

    claim_id: ClaimId
    cover: str
    occurred_at: AwareDatetime

    def same_loss(self, cover: str, occurred_at: AwareDatetime) -> bool:
        """The same cover within a day: very likely the same loss, told twice."""
        return self.cover == cover and abs(self.occurred_at - occurred_at).days < 1


class Claim(Record):
    """One loss under one cover of one policy."""

    id: ClaimId
    policy_id: PolicyId
    partner: str
    cover: str
    occurred_at: AwareDatetime
    reported_at: AwareDatetime
    claimed: Money
    """Its currency is the currency of loss."""
    item: Annotated[dict[str, Any] | None, Classification.PERSONAL] = None
    """The insured item, JSON, where the cover names items."""
    facts: Annotated[dict[str, Any] | None, Classification.SENSITIVE] = None
    """Answers to what the product asks about a loss, JSON; None once they were erased."""
    claimant: Annotated[Claimant | None, Classification.PERSONAL] = None
    payee: Annotated[Payee | None, Classification.PERSONAL] = None
    narrative: Annotated[str | None, Classification.SENSITIVE] = None
    loss_payee: Annotated[str | None, Classification.PERSONAL] = None
    """Who must be paid before the insured: a lender, for example."""
    catastrophe_event: str | None = None
    same_loss_as: tuple[ClaimId, ...] = ()
    handling: Handling = Handling.NOTIFIED
    decision: Decision = Decision.PENDING
    missing: tuple[str, ...] = ()
    rules: Annotated[tuple[RuleResult, ...], Classification.SENSITIVE] = ()
    payable: Money | None = None
    recoverable: Money | None = None
    """Depreciation held back until the loss is made good."""
    counts: bool = False
    """Whether it goes to the policyholder's record (no-claims years, claims in term)."""
    reserve: Money
    """Outstanding for this claim: what is still expected to be paid."""
    payments: Annotated[tuple[Payment, ...], Field(max_length=PAYMENTS_MAX)] = ()
    task: Task | None = None

    def moved(self, step: Step, **changes: Any) -> Self:
        handling = NEXT.get((self.handling, step))
        if handling is None:
            raise WrongState(f"Claim {self.id}", self.handling, step)
        return self.replace(handling=handling, **changes)

    @property
    def committed(self) -> Money:
        """Paid, sent to the bank or waiting for approval: what authority is measured against."""
        amounts = (payment.amount for payment in self.payments if payment.status in COMMITTED)
        return total(amounts, self.claimed.currency)

    def payment(self, payment_id: PaymentId) -> Payment:
        for payment in self.payments:
            if payment.id == payment_id:
                return payment
        raise PaymentNotFound(payment_id)

    def next_payment_id(self) -> PaymentId:
        return payment_id_for(self.id, len(self.payments) + 1)

    def with_payment(self, changed: Payment) -> Self:
        """With the payment in its place: where its id stands already, else at the end."""
        others = tuple(payment for payment in self.payments if payment.id != changed.id)
        if len(others) == len(self.payments):
            return self.replace(payments=(*self.payments, changed))
        kept = tuple(changed if payment.id == changed.id else payment for payment in self.payments)
        return self.replace(payments=kept)

    def booked_since(self, was: "Claim | None") -> tuple[Posting, ...]:
        """The postings that a change makes: the reserve's movement, and what was newly paid."""
        before = was.reserve if was else Money.zero(self.reserve.currency)
        postings = post(
            Account.CHANGE_IN_CASE_RESERVES, Account.CASE_RESERVES, self.reserve - before
        )
        newly_paid = self.paid - (was.paid if was else Money.zero(self.reserve.currency))
        return postings + post(Account.CLAIMS_PAID, Account.CASH, newly_paid)

    @property
    def paid(self) -> Money:
        amounts = (
            payment.amount for payment in self.payments if payment.status is PaymentStatus.PAID
        )
        return total(amounts, self.claimed.currency)
