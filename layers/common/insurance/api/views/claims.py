"""How a claim is shown."""

from datetime import datetime
from typing import Any, Literal, Self

from insurance.api.etag import etag
from insurance.api.views.claim_parts import (
    DeadlineView,
    DecisionView,
    PayeeView,
    PaymentView,
    RecoveryView,
    ReserveView,
    TaskView,
)
from insurance.api.views.coverage import JudgedSegmentView, PayoutStepView, RuleView
from insurance.api.views.data_origin import DataOriginView
from insurance.api.views.terms import MoneyView, View
from insurance.domain.claim import Claim, CostType
from insurance.domain.claim.decision import Decision
from insurance.domain.claim.diary import ReportChannel
from insurance.domain.claim.lifecycle import Handling
from insurance.domain.contract.payee_signs import PayeeSigns
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.classification import Personal, Sensitive
from insurance.domain.core.segregation import Duty
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Claimant

ClosedAs = Literal["settled", "nothing_payable", "denied", "withdrawn", "duplicate"]

POLICYHOLDER_FIELDS = frozenset(
    {
        *(
            "id",
            "number",
            "policy_id",
            "policy_number",
            "revision",
            "status",
            "decision",
            "decisions",
            "closed_as",
            "cover",
        ),
        *("occurred_at", "reported_at", "claimed", "claimant", "facts", "narrative", "reference"),
        *("payee", "payee_requested", "payee_cools_until", "loss_payee", "missing", "judged_on"),
        *("segment", "steps", "payable", "recoverable", "paid", "payments"),
    }
)
"""What a policyholder sees of a claim. The other fields are for the insurer's people."""


class ClaimView(View):
    """A claim: its status, its decisions and their reasons, its reserves and payments."""

    id: str
    number: str | None
    """What people call the claim by; null: it was opened before claims had numbers."""
    policy_id: str
    policy_number: str | None
    data_origin: DataOriginView | None
    status: Handling
    decision: Decision
    decisions: Sensitive[list[DecisionView]]
    closed_as: ClosedAs | None
    on_hold: Personal[str | None]
    revision: int
    cover: str
    occurred_at: datetime
    reported_at: datetime
    claimed: MoneyView
    claimant: Personal[Claimant | None]
    payee: Personal[PayeeView | None]
    payee_requested: Personal[PayeeView | None]
    """Another payee, until a second person has approved it."""
    payee_cools_until: datetime | None
    payee_corrected_at: datetime | None
    """When the payee's name, address or account was corrected: nothing is paid until one of us has named the payee
    again. For staff alone."""
    payee_signs: PayeeSigns | None
    """What speaks against the payee; null: nothing does. For staff alone."""
    payee_named_by: str | None
    """Who of the staff named the payee: another person approves what is paid to them. For staff alone."""
    notice_taken_by: str | None
    """Who of the staff took the notice, and approves no payment on the claim. For staff alone."""
    facts: Sensitive[dict[str, Any] | None]
    narrative: Sensitive[str | None]
    loss_payee: Personal[str | None]
    catastrophe_event: str | None
    reference: Personal[str | None]
    same_loss_as: list[str]
    missing: list[str]
    rules: Sensitive[list[RuleView]]
    steps: Sensitive[list[PayoutStepView]]
    judged_on: int | None
    """The policy's transaction on whose terms the rules were run; 1 is new business."""
    segment: JudgedSegmentView | None
    payable: MoneyView | None
    recoverable: MoneyView | None
    reserve: MoneyView | None
    """What is expected to be paid still; only the insurer's people see it, the tasks and recoveries."""
    reserves: list[ReserveView]
    paid: MoneyView
    payments: list[PaymentView]
    recoveries: list[RecoveryView]
    task: Personal[TaskView | None]
    channel: ReportChannel | None
    deadlines: list[DeadlineView]

    @classmethod
    def of(cls, stored: Stored[Claim], *, caller: Caller) -> Self:
        """As this caller may see it.

        A policyholder sees only the fields of `POLICYHOLDER_FIELDS`. Staff see the end of the payee's
        account: who needs all of it is the bank.
        """
        view, claim = cls._whole(stored), stored.record
        if caller.kind is CallerKind.STAFF:
            duties, change = claim.duties or {}, claim.payee_change
            return view.model_copy(
                update={
                    "etag": etag(stored.head.sequence, "staff"),
                    "payee": PayeeView.masked(claim.payee) if claim.payee else None,
                    "payee_requested": PayeeView.masked(change.payee) if change else None,
                    "payee_corrected_at": claim.payee_corrected_at,
                    "payee_signs": claim.payee_signs,
                    "payee_named_by": duties.get(Duty.PAYEE_NAMED),
                    "notice_taken_by": duties.get(Duty.NOTICE_TAKEN),
                    "payments": [PaymentView.internal(each, claim) for each in claim.payments],
                }
            )
        if caller.kind is not CallerKind.POLICYHOLDER:
            return view
        hidden: dict[str, Any] = {
            name: [] if isinstance(getattr(view, name), list) else None
            for name in cls.model_fields.keys() - POLICYHOLDER_FIELDS
        }
        own = [payment for payment in view.payments if payment.cost_type == CostType.INDEMNITY]
        return view.model_copy(
            update=hidden
            | {
                "etag": etag(stored.head.sequence, "own"),
                "decisions": [
                    decision.model_copy(update={"rules": []}) for decision in view.decisions
                ],
                "paid": MoneyView.of(claim.paid_of(CostType.INDEMNITY)),
                "payments": own,
            }
        )

    @classmethod
    def _whole(cls, stored: Stored[Claim]) -> Self:
        claim = stored.record
        return cls(
            etag=etag(stored.head.sequence, "claim"),
            id=claim.id,
            number=claim.number,
            policy_id=claim.policy_id,
            policy_number=claim.policy_number,
            data_origin=DataOriginView.of(claim.data_origin),
            status=claim.handling,
            decision=claim.decision,
            decisions=[DecisionView.of(record) for record in claim.decisions],
            closed_as=claim.closed_as,
            on_hold=claim.hold.reason if claim.hold else None,
            revision=stored.head.sequence,
            cover=claim.cover,
            occurred_at=claim.occurred_at,
            reported_at=claim.reported_at,
            claimed=MoneyView.of(claim.claimed),
            claimant=claim.claimant,
            payee=PayeeView.of(claim.payee) if claim.payee else None,
            payee_requested=(
                PayeeView.of(claim.payee_change.payee) if claim.payee_change else None
            ),
            payee_cools_until=claim.payee_cools_until,
            payee_corrected_at=None,
            payee_signs=None,
            payee_named_by=None,
            notice_taken_by=None,
            facts=claim.facts,
            narrative=claim.narrative,
            loss_payee=claim.loss_payee,
            catastrophe_event=claim.catastrophe_event,
            reference=claim.reference,
            same_loss_as=list(claim.same_loss_as),
            missing=list(claim.missing),
            rules=[RuleView.of(rule) for rule in claim.rules],
            steps=[PayoutStepView.of(step) for step in claim.payout_steps],
            judged_on=claim.judged_on.number if claim.judged_on else None,
            segment=JudgedSegmentView.of(claim.judged_on, claim.policy_id),
            payable=MoneyView.of(claim.payable) if claim.payable is not None else None,
            recoverable=MoneyView.of(claim.recoverable) if claim.recoverable is not None else None,
            reserve=MoneyView.of(claim.reserve),
            reserves=[ReserveView.of(line) for line in claim.reserves],
            paid=MoneyView.of(claim.paid),
            payments=[PaymentView.of(payment) for payment in claim.payments],
            recoveries=[RecoveryView.of(recovery, claim.debtors) for recovery in claim.recoveries],
            task=TaskView.of(claim.task) if claim.task else None,
            channel=claim.channel,
            deadlines=[
                DeadlineView.model_validate(deadline.model_dump()) for deadline in claim.deadlines
            ],
        )
