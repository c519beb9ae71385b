"""A claim: two axes (how far handling has come, what was decided), its reserves and its payments.

It is longer than other files: the class is one aggregate, and its steps and its figures read the same fields.
"""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, Field

from insurance.domain.bank import Payable
from insurance.domain.bank.outgoing_payment import COMMITTED, OPEN
from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.decision import Decision, DecisionRecord
from insurance.domain.claim.diary import NOTES_MAX, DiaryEntry, Note, ReportChannel
from insurance.domain.claim.lifecycle import NEXT, NOT_ON_HOLD, REFUSED_STEPS, ClaimStep, Handling
from insurance.domain.claim.limits import LimitUsage
from insurance.domain.claim.payee_change import PayeeChange
from insurance.domain.claim.payment import Payment, set_off_step
from insurance.domain.claim.recovery import Recovery
from insurance.domain.claim.register import NoticedClaim
from insurance.domain.claim.reserve import COSTS, CostType, Reserve, ReserveReason
from insurance.domain.claim.task import Hold, Task, Tasks
from insurance.domain.contract.data_origin import DataOrigin
from insurance.domain.contract.payee_signs import PayeeSigns
from insurance.domain.contract.rule import JudgedSegment, PayoutStep, RuleResult
from insurance.domain.contract.terms import Reinstatement
from insurance.domain.core.classification import Classification, Internal
from insurance.domain.core.errors import (
    ClaimFull,
    ClaimOnHold,
    ClaimStillOpen,
    PayeeUnsettled,
    PaymentNotFound,
    ReserveTooLow,
    WrongState,
)
from insurance.domain.core.identity import ClaimId, PaymentId, PolicyId, payment_id_for
from insurance.domain.core.money import Money, total
from insurance.domain.core.party_record import PartyRecord
from insurance.domain.core.segregation import Duty
from insurance.domain.core.tasks import TaskCode
from insurance.domain.evidence.evidence import EVIDENCE_MAX, Evidence
from insurance.domain.jurisdiction.regulatory_deadline import RegulatoryDeadline
from insurance.domain.party.party import Claimant, Payee
from insurance.domain.screening.screening import ClearedMatch

PAYMENTS_MAX = 50
DECISIONS_MAX = 20
RECOVERIES_MAX = 20


class Claim(PartyRecord):
    """One exposure: what one claimant lost, under one cover, of one insured object."""

    SEALED_TEXTS = (
        "task/reason",
        "later/*/reason",
        "payments/*/reason",
        "payments/*/kept/*/reason",
        "recoveries/*/abandoned_because",
        "diary/*/about",
        "evidence/*/sha256",
        "evidence/*/name",
    )

    id: Internal[ClaimId]
    number: Internal[str | None] = None
    """None: it was opened before claims had numbers."""
    policy_id: Internal[PolicyId]
    policy_number: Internal[str | None] = None
    partner: Internal[str]
    data_origin: Internal[DataOrigin | None] = None
    """Where the data came from that the policy was priced on; None: a call made its quote."""
    cover: Internal[str]
    occurred_at: Internal[AwareDatetime]
    reported_at: Internal[AwareDatetime]
    claimed: Internal[Money]
    """Its currency is the currency of loss."""
    item: Annotated[dict[str, Any] | None, Classification.PERSONAL] = None
    """The insured item, JSON, where the cover names items."""
    facts: Annotated[dict[str, Any] | None, Classification.SENSITIVE] = None
    """Answers to what the product asks about a loss, JSON; None once they were erased."""
    claimant: Annotated[Claimant | None, Classification.PERSONAL] = None
    payee: Annotated[Payee | None, Classification.PERSONAL] = None
    payee_signs: Internal[PayeeSigns | None] = None
    """What speaks against the payee, as it was known when they were named; None: nothing does."""
    payee_change: Annotated[PayeeChange | None, Classification.PERSONAL] = None
    payee_corrected_at: Internal[AwareDatetime | None] = None
    """When the payee's name, address or account was corrected; None: somebody has named the payee since."""
    payee_cools_until: Internal[AwareDatetime | None] = None
    """Nothing is paid to a payee that was changed before then."""
    cleared: Annotated[tuple[ClearedMatch, ...], Classification.PERSONAL] = ()
    """What the payee's name resembled, and a person found to be somebody else."""
    narrative: Annotated[str | None, Classification.SENSITIVE] = None
    loss_payee: Annotated[str | None, Classification.PERSONAL] = None
    """Who must be paid before the insured: a lender, for example."""
    catastrophe_event: Internal[str | None] = None
    reference: Annotated[str | None, Classification.PERSONAL] = None
    """The number that the reporter of the loss gives it: a broker's, the police's, another insurer's."""
    reference_mark: Internal[str | None] = None
    """By which the reference is known again on the policy's other claims."""
    same_loss_as: Internal[tuple[ClaimId, ...]] = ()
    handling: Internal[Handling] = Handling.NOTIFIED
    hold: Annotated[Hold | None, Classification.PERSONAL] = None
    decision: Internal[Decision] = Decision.PENDING
    decisions: Annotated[
        tuple[DecisionRecord, ...], Field(max_length=DECISIONS_MAX), Classification.SENSITIVE
    ] = ()
    """Every decision so far, the one that stands last."""
    proposed: Annotated[DecisionRecord | None, Classification.SENSITIVE] = None
    """A decision that waits for a second person."""
    closed_as: Internal[str | None] = None
    missing: Internal[tuple[str, ...]] = ()
    rules: Annotated[tuple[RuleResult, ...], Classification.SENSITIVE] = ()
    steps: Annotated[tuple[PayoutStep, ...], Classification.SENSITIVE] = ()
    """How the cover's payment was worked out, clause by clause."""
    judged_on: Internal[JudgedSegment | None] = None
    """The segment of the policy on which the rules were run."""
    payable: Internal[Money | None] = None
    recoverable: Internal[Money | None] = None
    """Depreciation held back until the loss is made good."""
    counts: Internal[bool] = False
    """Whether it goes to the policyholder's record (no-claims years, claims in term)."""
    limit_usage: Internal[tuple[LimitUsage, ...]] = ()
    """What it takes of limits and deductibles that the policy's claims share."""
    reinstatements: Internal[tuple[Reinstatement, ...]] = ()
    """The limits it used, now or before, that stand again for a premium: the policy is charged for
    what is used of them (`operations/policy/charge_reinstatement.py`)."""
    reserves: Internal[tuple[Reserve, ...]] = ()
    payments: Internal[Annotated[tuple[Payment, ...], Field(max_length=PAYMENTS_MAX)]] = ()
    payees: Annotated[dict[str, Payee] | None, Classification.PERSONAL] = None
    """The payee of a payment, by its id: the sender of the bill, or the payee when it was approved."""
    recoveries: Internal[Annotated[tuple[Recovery, ...], Field(max_length=RECOVERIES_MAX)]] = ()
    debtors: Annotated[dict[str, str] | None, Classification.PERSONAL] = None
    """Who owes each recovery, by its number."""
    task: Internal[Task | None] = None
    later: Internal[tuple[Task, ...]] = ()
    """What is asked of a person once the task is answered."""
    channel: Internal[ReportChannel | None] = None
    jurisdiction: Internal[str | None] = None
    """Whose deadlines run; None on claims from before they did."""
    deadlines: Internal[tuple[RegulatoryDeadline, ...]] = ()
    handler: Internal[str | None] = None
    """Who of the staff has it in hand."""
    duties: Internal[dict[Duty, str] | None] = None
    """Who of the staff last had each duty on it, where two duties need two people."""
    notes: Annotated[tuple[Note, ...], Field(max_length=NOTES_MAX), Classification.SENSITIVE] = ()
    diary: Internal[tuple[DiaryEntry, ...]] = ()
    """What is to be looked at again, and when."""
    evidence: Internal[Annotated[tuple[Evidence, ...], Field(max_length=EVIDENCE_MAX)]] = ()

    def moved(self, step: ClaimStep, **changes: Any) -> Self:
        """The claim after a step of the table `NEXT`, with these fields changed.

        Raises:
            WrongState: The claim's handling does not allow the step.
            ClaimOnHold: The step waits until the claim is released.
        """
        handling = NEXT.get((self.handling, step))
        if handling is None:
            raise self.wrong_state(step)
        if self.hold is not None and step in NOT_ON_HOLD:
            raise ClaimOnHold(self.id)
        return self.replace(handling=handling, **changes)

    def wrong_state(self, step: ClaimStep, status: str | None = None) -> WrongState:
        """The refusal of a step; `status` says why, where it is not the claim's handling."""
        name = f"Claim {self.id}"
        return WrongState(name, status or self.handling, step, shown=REFUSED_STEPS[step])

    def noticed(self) -> NoticedClaim:
        """As it stands in its policy's register."""
        return NoticedClaim(
            claim_id=self.id,
            cover=self.cover,
            occurred_at=self.occurred_at,
            reference_mark=self.reference_mark,
        )

    # Decisions

    def decided(
        self, record: DecisionRecord, *, limit_usage: tuple[LimitUsage, ...], counts: bool
    ) -> Self:
        """The claim with a decision, and the reserve that it leaves.

        Args:
            record: The decision.
            limit_usage: What it uses of the limits that the policy's claims share.
            counts: Whether the claim goes to the policyholder's record.

        Raises:
            ClaimFull: It has as many decisions as it can hold.
            WrongState: It is decided already, or closed.
            ClaimOnHold: Nothing is decided while it is on hold.
        """
        self.check_room(len(self.decisions), DECISIONS_MAX, "decisions")
        denied = record.decision is Decision.DENIED
        moved = self.moved(
            ClaimStep.DENY if denied else ClaimStep.APPROVE,
            decision=record.decision,
            decisions=(*self.decisions, record),
            proposed=None,
            limit_usage=limit_usage,
            counts=counts,
            task=None,
            later=(),
        )
        outstanding = max(
            record.amount - self.paid_of(CostType.INDEMNITY),
            self._nothing,
            self.open_of(CostType.INDEMNITY),
        )
        return moved.with_reserve(
            CostType.INDEMNITY, outstanding, ReserveReason.DECISION, by=record.by, at=record.at
        )

    def closed(
        self, closed_as: str, *, by: str, at: datetime, step: ClaimStep = ClaimStep.FINISH
    ) -> Self:
        """The claim, closed and with its reserves released.

        Raises:
            WrongState: It cannot be closed by this step.
            ClaimOnHold: Nothing is closed while it is on hold.
            ClaimStillOpen: A payment is not finished, or a decision waits for a second person.
        """
        closed = self.moved(step, closed_as=closed_as, task=None, later=())
        if any(payment.status in OPEN for payment in self.payments):
            raise ClaimStillOpen(self.id, "a payment is not finished")
        if self.proposed is not None:
            raise ClaimStillOpen(self.id, "a decision waits for a second person")
        return closed._without_reserves(by=by, at=at)

    @property
    def under_review(self) -> bool:
        """A person was asked to look at what rules decided, and has not yet."""
        return any(task.code is TaskCode.REVIEW_ASKED for task in self.asked)

    def finished(self, closed_as: str, *, by: str, at: datetime) -> Self:
        """Closed if nothing is left to do; as it is otherwise."""
        done = (
            self.handling is Handling.SETTLING
            and self.hold is None
            and not self.under_review
            and not self.reserve
            and not any(payment.status in OPEN for payment in self.payments)
        )
        return self.closed(closed_as, by=by, at=at) if done else self

    # Reserves

    @property
    def reserve(self) -> Money:
        """Outstanding for this claim, all that it costs together."""
        return total((self.reserve_of(cost) for cost in COSTS), self.claimed.currency)

    def reserve_of(self, cost_type: CostType) -> Money:
        lines = (line.outstanding for line in self.reserves if line.cost_type is cost_type)
        return total(lines, self.claimed.currency)

    def with_reserve(
        self,
        cost_type: CostType,
        outstanding: Money,
        reason: ReserveReason,
        *,
        by: str,
        at: datetime,
    ) -> Self:
        """The claim with this much outstanding.

        Raises:
            ReserveTooLow: More than this is on its way to be paid.
        """
        if outstanding < self.open_of(cost_type):
            raise ReserveTooLow(cost_type, outstanding, self.open_of(cost_type))
        line = Reserve(cost_type=cost_type, outstanding=outstanding, reason=reason, by=by, at=at)
        if not outstanding and not self.reserve_of(cost_type):
            return self
        others = tuple(kept for kept in self.reserves if kept.cost_type is not cost_type)
        return self.replace(reserves=(*others, line))

    def _without_reserves(self, *, by: str, at: datetime) -> Self:
        released = self
        for line in self.reserves:
            if line.outstanding and line.cost_type in COSTS:
                released = released.with_reserve(
                    line.cost_type, self._nothing, ReserveReason.CLOSURE, by=by, at=at
                )
        return released

    # Payments

    def paying(
        self,
        cost_type: CostType,
        amount: Money,
        *,
        status: PaymentStatus,
        by: str,
        to: Payee | None = None,
    ) -> Self:
        """The claim with one more payment.

        Args:
            cost_type: What is paid for.
            amount: How much.
            status: Whether it awaits approval or goes to the bank at once.
            by: Who requests it.
            to: Who is paid; None: the claim's payee.

        Raises:
            ClaimFull: It has as many payments as it can hold.
            ReserveTooLow: The reserve does not cover it beside the payments on their way.
        """
        self.check_room(len(self.payments), PAYMENTS_MAX, "payments")
        free = self.reserve_of(cost_type) - self.open_of(cost_type)
        if amount > free:
            raise ReserveTooLow(cost_type, free, amount)
        payment = Payment(
            id=payment_id_for(self.id, len(self.payments) + 1),
            cost_type=cost_type,
            amount=amount,
            status=status,
            requested_by=by,
        )
        paying = self.replace(payments=(*self.payments, payment))
        to = self.payee if to is None and status is PaymentStatus.EXECUTING else to
        return paying if to is None else paying._going_to(to, payment)

    def agreed(self, payment: Payment) -> Self:
        """With an approved payment: it goes to the payee at its approval, even if the claim's payee
        changes before the bank is told."""
        payee = self.payee_of(payment)
        agreed = self.with_payment(payment)
        return agreed if payee is None else agreed._going_to(payee, payment)

    def payee_of(self, payment: Payment) -> Payee | None:
        """The payee of the payment: of a bill its sender, of an approved payment the payee at its
        approval, else the claim's payee."""
        known = (self.payees or {}).get(payment.id)
        return known if known or payment.cost_type is CostType.EXPENSE else self.payee

    def _going_to(self, payee: Payee, payment: Payment) -> Self:
        return self.replace(payees=(self.payees or {}) | {payment.id: payee})

    def for_the_bank(self, payment_id: PaymentId) -> Payable | None:
        """The payment as the bank must know it; None once it is not for the bank any more."""
        payment = self.payment(payment_id)
        if payment.status is not PaymentStatus.EXECUTING:
            return None
        return Payable(
            payment.id,
            payment.net,
            self.payee_of(payment),
            f"Claim {self.id}",
            held=self.hold is not None,
        )

    def payment(self, payment_id: PaymentId) -> Payment:
        """One payment of the claim.

        Raises:
            PaymentNotFound: The claim has no such payment.
        """
        for payment in self.payments:
            if payment.id == payment_id:
                return payment
        raise PaymentNotFound(payment_id)

    def check_payee(self, now: datetime) -> None:
        """Check that the payee can be paid.

        Raises:
            PayeeUnsettled: Another payee is proposed, or was approved too short a time ago, or their details
                were corrected.
        """
        if self.payee_change is not None:
            raise PayeeUnsettled(
                self.id, "another payee is proposed and nobody has approved it yet"
            )
        if self.payee_corrected_at is not None:
            raise PayeeUnsettled(
                self.id, "the payee's details were corrected: name the payee again"
            )
        if self.payee_cools_until is not None and now < self.payee_cools_until:
            until = self.payee_cools_until.isoformat()
            raise PayeeUnsettled(self.id, f"its payee was changed: nothing is paid before {until}")

    def with_payment(self, changed: Payment) -> Self:
        """With the payment in its place."""
        kept = tuple(changed if payment.id == changed.id else payment for payment in self.payments)
        return self.replace(payments=kept)

    @property
    def pays_policyholder(self) -> bool:
        """Whether what is paid for the loss goes to them, and nobody must be paid before them."""
        is_policyholder = self.payee is not None and self.payee.is_policyholder
        return is_policyholder and self.loss_payee is None

    def with_paid(self, paid: Payment, *, by: str, at: datetime) -> Self:
        """With a payment that is done: out of the reserve; closed once nothing is outstanding."""
        outstanding = self.reserve_of(paid.cost_type) - paid.amount
        claim = self.with_payment(paid).with_reserve(
            paid.cost_type, outstanding, ReserveReason.PAYMENT, by=by, at=at
        )
        return claim.finished("settled", by=by, at=at)

    @property
    def asked(self) -> tuple[Task, ...]:
        """All that persons are asked, in its order."""
        return (*([self.task] if self.task else []), *self.later)

    def asking(self, task: Task) -> Self:
        """With one more task for a person: see `Tasks`. Nothing else gives a claim one."""
        first, later = Tasks(self.task, self.later).asking(task)
        return self.replace(task=first, later=later)

    def answered(self, codes: frozenset[TaskCode]) -> Self:
        """Without tasks of these codes."""
        first, later = Tasks(self.task, self.later).answered(codes)
        return self.replace(task=first, later=later)

    def losing(self, lost: Payment) -> Self:
        """With a payment that came to nothing; its share of the limits is given back."""
        limit_usage = self.limit_usage
        if lost.cost_type is CostType.INDEMNITY:
            limit_usage = tuple(usage.without(lost.amount) for usage in limit_usage)
        return self.with_payment(lost).moved(
            ClaimStep.LOSE_PAYMENT,
            limit_usage=limit_usage,
            closed_as=None,
        )

    def committed_of(self, cost_type: CostType) -> Money:
        """Paid, sent to the bank or waiting for approval: what authority is measured against."""
        return self._sum(cost_type, COMMITTED)

    def open_of(self, cost_type: CostType) -> Money:
        return self._sum(cost_type, OPEN)

    def paid_of(self, cost_type: CostType) -> Money:
        return self._sum(cost_type, frozenset({PaymentStatus.PAID}))

    @property
    def paid(self) -> Money:
        return total((self.paid_of(cost) for cost in COSTS), self.claimed.currency)

    @property
    def set_off(self) -> Money:
        """What of it was set off against premium, and went to the policy's account."""
        parts = (
            payment.set_off.amount
            for payment in self.payments
            if payment.set_off and payment.status is PaymentStatus.PAID
        )
        return total(parts, self.claimed.currency)

    @property
    def payout_steps(self) -> tuple[PayoutStep, ...]:
        """How it was worked out what is paid, down to what reaches the payee."""
        set_off = (
            set_off_step(payment.set_off, payment.amount)
            for payment in self.payments
            if payment.set_off and payment.status in COMMITTED
        )
        return (*self.steps, *set_off)

    @property
    def recovered(self) -> Money:
        """What came back and is the insurer's."""
        return total((recovery.kept for recovery in self.recoveries), self.claimed.currency)

    @property
    def incurred(self) -> Money:
        """Paid and outstanding, less what came back."""
        return self.paid + self.reserve - self.recovered

    def _sum(self, cost_type: CostType, statuses: frozenset[PaymentStatus]) -> Money:
        amounts = (
            payment.amount
            for payment in self.payments
            if payment.cost_type is cost_type and payment.status in statuses
        )
        return total(amounts, self.claimed.currency)

    def check_room(self, there: int, most: int, what: str) -> None:
        """Check that one more fits.

        Args:
            there: How many it has.
            most: How many it can have.
            what: What they are, in the plural.

        Raises:
            ClaimFull: It has as many as it can.
        """
        if there >= most:
            raise ClaimFull(self.id, most, what)

    @property
    def _nothing(self) -> Money:
        return Money.zero(self.claimed.currency)
