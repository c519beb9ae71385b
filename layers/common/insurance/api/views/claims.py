"""How losses, claims and payments are shown."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel

from insurance.api.etag import etag
from insurance.api.paging import cursor
from insurance.api.views.terms import MoneyView, View
from insurance.domain.claim import Claim, CostType, DecisionRecord
from insurance.domain.claim.decision import REVIEW
from insurance.domain.claim.rule import JudgedSegment, PayoutStep
from insurance.domain.claim.verification import Verdict
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Claimant, Payee
from insurance.operations.claims.read_claim import ClaimsPage


class RuleView(BaseModel):
    """One rule's verdict, the facts it used and what it means."""

    code: str
    outcome: str
    facts: dict[str, Any]
    explanation: str
    wording: str | None


class PayoutStepView(BaseModel):
    """One clause of the payout: what it is, its figure, and the claim before and after it."""

    code: str
    name: str
    figure: str
    before: MoneyView
    after: MoneyView

    @classmethod
    def of(cls, step: PayoutStep) -> Self:
        return cls(
            code=step.code,
            name=step.name,
            figure=step.figure,
            before=MoneyView.of(step.before),
            after=MoneyView.of(step.after),
        )


class JudgedSegmentView(BaseModel):
    """The stretch of the policy on whose terms rules were run, and the version that has them."""

    policy_id: str
    transaction: int
    """That it began with; 1 is new business."""
    start: datetime
    end: datetime
    product: str
    version: str

    @classmethod
    def of(cls, segment: JudgedSegment | None, policy_id: str) -> Self | None:
        if segment is None:
            return None
        return cls(
            policy_id=policy_id,
            transaction=segment.number,
            start=segment.start,
            end=segment.end,
            product=segment.product.code,
            version=segment.product.version,
        )


class CoverageView(View):
    """What the rules say of a loss, and what the cover would pay."""

    outcome: str
    rules: list[RuleView]
    missing: list[str]
    judged_on: int | None
    """The policy's transaction on whose terms the rules were run; 1 is new business."""
    segment: JudgedSegmentView | None
    payable: MoneyView
    recoverable: MoneyView | None
    kept_back: MoneyView | None
    """What of it would be kept back for overdue premium, if it were paid to the policyholder today."""
    steps: list[PayoutStepView]

    @classmethod
    def of(cls, verdict: Verdict, policy_id: str) -> Self:
        return cls(
            outcome=verdict.outcome,
            rules=[RuleView.model_validate(rule.model_dump()) for rule in verdict.rules],
            missing=list(verdict.missing),
            judged_on=verdict.judged_on.number if verdict.judged_on else None,
            segment=JudgedSegmentView.of(verdict.judged_on, policy_id),
            payable=MoneyView.of(verdict.payable),
            recoverable=MoneyView.of(verdict.recoverable) if verdict.recoverable else None,
            kept_back=MoneyView.of(verdict.kept_back.amount) if verdict.kept_back else None,
            steps=[PayoutStepView.of(step) for step in verdict.payout_steps],
        )


class ReserveView(BaseModel):
    """What is outstanding for one type of cost, and why it was last changed."""

    cost_type: str
    outstanding: MoneyView
    reason: str
    at: datetime


class DecisionView(BaseModel):
    """A decision: what, how much, why, where in the wording, and the way to appeal."""

    decision: str
    amount: MoneyView
    reason_code: str | None
    reason: str | None
    wording: list[str]
    rules: list[str]
    sources: list[str]
    """Where the facts come from that an adverse decision rests on."""
    appeal: str | None
    automated: bool
    review: str | None
    """How to have a person look at an automated decision."""
    at: datetime

    @classmethod
    def of(cls, record: DecisionRecord) -> Self:
        return cls(
            decision=record.decision,
            amount=MoneyView.of(record.amount),
            reason_code=record.reason_code,
            reason=record.reason,
            wording=list(record.wording),
            rules=list(record.rules),
            sources=list(record.sources),
            appeal=record.appeal,
            automated=record.automated,
            review=REVIEW if record.automated else None,
            at=record.at,
        )


class RecoveryView(BaseModel):
    """What may come back on a paid claim, what came, and how much of it is the insurer's."""

    number: int
    kind: str
    status: str
    against: str | None
    expected: MoneyView
    received: MoneyView
    kept: MoneyView
    written_off: MoneyView | None


class PaymentView(BaseModel):
    id: str
    cost_type: str
    status: str
    amount: MoneyView
    kept_back: MoneyView | None
    """What of it was kept back for overdue premium; undone if the payment came to nothing."""
    net: MoneyView | None
    """What the bank is told to pay then."""
    instruction_id: str | None
    bank_reference: str | None
    finished_at: datetime | None


class TaskView(BaseModel):
    role: str
    code: str
    reason: str
    since: datetime


class DeadlineView(BaseModel):
    """One act that a regulator wants done in time."""

    code: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    missed_at: datetime | None


OWN = frozenset(
    {
        *("id", "policy_id", "revision", "status", "decision", "decisions", "closed_as", "cover"),
        *("occurred_at", "reported_at", "claimed", "claimant", "facts", "narrative", "reference"),
        *("payee", "payee_asked_for", "payee_cools_until", "loss_payee", "missing", "judged_on"),
        *("segment", "steps", "payable", "recoverable", "paid", "payments"),
    }
)
"""What a policyholder is shown of a claim; whatever else it has is between the insurer's people."""


class ClaimView(View):
    """A claim: how far it is, what was decided and why, what is reserved and what was paid."""

    id: str
    policy_id: str
    status: str
    decision: str
    decisions: list[DecisionView]
    closed_as: str | None
    on_hold: str | None
    revision: int
    cover: str
    occurred_at: datetime
    reported_at: datetime
    claimed: MoneyView
    claimant: Claimant | None
    payee: Payee | None
    payee_asked_for: Payee | None
    """Another payee, until a second person has agreed."""
    payee_cools_until: datetime | None
    facts: dict[str, Any] | None
    narrative: str | None
    loss_payee: str | None
    catastrophe_event: str | None
    reference: str | None
    same_loss_as: list[str]
    missing: list[str]
    rules: list[RuleView]
    steps: list[PayoutStepView]
    judged_on: int | None
    """The policy's transaction on whose terms the rules were run; 1 is new business."""
    segment: JudgedSegmentView | None
    payable: MoneyView | None
    recoverable: MoneyView | None
    reserve: MoneyView | None
    """What is expected to be paid still; the insurer's own view, like the tasks and recoveries."""
    reserves: list[ReserveView]
    paid: MoneyView
    payments: list[PaymentView]
    recoveries: list[RecoveryView]
    task: TaskView | None
    channel: str | None
    deadlines: list[DeadlineView]

    @classmethod
    def to(cls, caller: Caller, kept: Stored[Claim]) -> Self:
        """As this caller may see it: a policyholder only what is theirs to know."""
        shown, claim = cls.of(kept), kept.record
        if caller.kind is not CallerKind.POLICYHOLDER:
            return shown
        kept_back: dict[str, Any] = {
            name: [] if isinstance(getattr(shown, name), list) else None
            for name in cls.model_fields.keys() - OWN
        }
        to_them = [each for each in shown.payments if each.cost_type == CostType.INDEMNITY]
        return shown.model_copy(
            update=kept_back
            | {
                "etag": etag(kept.head.sequence, "own"),
                "decisions": [each.model_copy(update={"rules": []}) for each in shown.decisions],
                "paid": MoneyView.of(claim.paid_of(CostType.INDEMNITY)),
                "payments": to_them,
            }
        )

    @classmethod
    def of(cls, kept: Stored[Claim]) -> Self:
        claim = kept.record
        return cls(
            etag=etag(kept.head.sequence, "claim"),
            id=claim.id,
            policy_id=claim.policy_id,
            status=claim.handling,
            decision=claim.decision,
            decisions=[DecisionView.of(record) for record in claim.decisions],
            closed_as=claim.closed_as,
            on_hold=claim.hold.reason if claim.hold else None,
            revision=kept.head.sequence,
            cover=claim.cover,
            occurred_at=claim.occurred_at,
            reported_at=claim.reported_at,
            claimed=MoneyView.of(claim.claimed),
            claimant=claim.claimant,
            payee=claim.payee,
            payee_asked_for=claim.payee_change.payee if claim.payee_change else None,
            payee_cools_until=claim.payee_cools_until,
            facts=claim.facts,
            narrative=claim.narrative,
            loss_payee=claim.loss_payee,
            catastrophe_event=claim.catastrophe_event,
            reference=claim.reference,
            same_loss_as=list(claim.same_loss_as),
            missing=list(claim.missing),
            rules=[RuleView.model_validate(rule.model_dump()) for rule in claim.rules],
            steps=[PayoutStepView.of(step) for step in claim.payout_steps],
            judged_on=claim.judged_on.number if claim.judged_on else None,
            segment=JudgedSegmentView.of(claim.judged_on, claim.policy_id),
            payable=MoneyView.of(claim.payable) if claim.payable is not None else None,
            recoverable=MoneyView.of(claim.recoverable) if claim.recoverable is not None else None,
            reserve=MoneyView.of(claim.reserve),
            reserves=[
                ReserveView(
                    cost_type=line.cost_type,
                    outstanding=MoneyView.of(line.outstanding),
                    reason=line.reason,
                    at=line.at,
                )
                for line in claim.reserves
            ],
            paid=MoneyView.of(claim.paid),
            payments=[
                PaymentView(
                    id=payment.id,
                    cost_type=payment.cost_type,
                    status=payment.status,
                    amount=MoneyView.of(payment.amount),
                    kept_back=MoneyView.of(payment.kept_back.amount) if payment.kept_back else None,
                    net=MoneyView.of(payment.net) if payment.kept_back else None,
                    instruction_id=payment.instruction_id,
                    bank_reference=payment.bank_reference,
                    finished_at=payment.finished_at,
                )
                for payment in claim.payments
            ],
            recoveries=[
                RecoveryView(
                    number=each.number,
                    kind=each.kind,
                    status=each.status,
                    against=(claim.debtors or {}).get(str(each.number)),
                    expected=MoneyView.of(each.expected),
                    received=MoneyView.of(each.received),
                    kept=MoneyView.of(each.kept),
                    written_off=MoneyView.of(each.written_off) if each.written_off else None,
                )
                for each in claim.recoveries
            ],
            task=TaskView.model_validate(claim.task.model_dump()) if claim.task else None,
            channel=claim.channel,
            deadlines=[
                DeadlineView.model_validate(deadline.model_dump()) for deadline in claim.deadlines
            ],
        )


class ClaimLineView(BaseModel):
    """A claim in a list: enough to find it, and to see who must do something about it."""

    id: str
    status: str
    decision: str
    cover: str
    occurred_at: datetime
    claimed: MoneyView
    paid: MoneyView
    reserve: MoneyView | None
    task: TaskView | None

    @classmethod
    def of(cls, kept: Stored[Claim]) -> Self:
        claim = kept.record
        return cls(
            id=claim.id,
            status=claim.handling,
            decision=claim.decision,
            cover=claim.cover,
            occurred_at=claim.occurred_at,
            claimed=MoneyView.of(claim.claimed),
            paid=MoneyView.of(claim.paid),
            reserve=MoneyView.of(claim.reserve),
            task=TaskView.model_validate(claim.task.model_dump()) if claim.task else None,
        )


class ClaimsView(View):
    """A page of a policy's claims, in the order in which they were noticed."""

    items: list[ClaimLineView]
    next: str | None
    """Goes into `after` for the following page; nothing after the last one."""

    @classmethod
    def to(cls, caller: Caller, policy_id: str, page: ClaimsPage) -> Self:
        """As this caller may see them (see `ClaimView.to`)."""
        items = [ClaimLineView.of(kept) for kept in page.claims]
        if caller.kind is CallerKind.POLICYHOLDER:
            kept_back = {"reserve": None, "task": None}
            items = [item.model_copy(update=kept_back) for item in items]
        return cls(
            items=items,
            next=cursor(policy_id, page.next) if page.next else None,
        )
