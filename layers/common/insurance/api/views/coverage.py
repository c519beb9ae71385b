"""How the verdict of the rules on a loss is shown."""

from datetime import datetime
from typing import Any, Protocol, Self

from pydantic import BaseModel

from insurance.api.views.terms import MoneyView, View
from insurance.domain.claim.verdict import Verdict
from insurance.domain.contract.rule import JudgedSegment, PayoutStep, RuleOutcome, RuleResult
from insurance.domain.core.classification import Sensitive


class RuleView(BaseModel):
    """One rule's verdict, the facts it used and what it means."""

    code: str
    outcome: RuleOutcome
    facts: dict[str, Any]
    explanation: str
    wording: str | None

    @classmethod
    def of(cls, rule: RuleResult) -> Self:
        return cls.model_validate(rule.model_dump())


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
    """The segment of the policy on whose terms the rules were run, and the product's version."""

    policy_id: str
    transaction: int
    """The transaction that the segment began with; 1 is new business."""
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


class CoverageRequest(Protocol):
    """The request that the verdict answers."""

    policy_id: str


class CoverageView(View):
    """The verdict of the rules on a loss, and what the cover would pay."""

    outcome: RuleOutcome
    rules: Sensitive[list[RuleView]]
    missing: list[str]
    judged_on: int | None
    """The policy's transaction on whose terms the rules were run; 1 is new business."""
    segment: JudgedSegmentView | None
    payable: MoneyView
    recoverable: MoneyView | None
    premium_set_off: MoneyView | None
    """The overdue premium that would be set off, if the policyholder were paid today."""
    steps: Sensitive[list[PayoutStepView]]

    @classmethod
    def of(cls, verdict: Verdict, *, request: CoverageRequest) -> Self:
        return cls(
            outcome=verdict.outcome,
            rules=[RuleView.of(rule) for rule in verdict.rules],
            missing=list(verdict.missing),
            judged_on=verdict.judged_on.number if verdict.judged_on else None,
            segment=JudgedSegmentView.of(verdict.judged_on, request.policy_id),
            payable=MoneyView.of(verdict.payable),
            recoverable=MoneyView.of(verdict.recoverable) if verdict.recoverable else None,
            premium_set_off=MoneyView.of(verdict.set_off.amount) if verdict.set_off else None,
            steps=[PayoutStepView.of(step) for step in verdict.payout_steps],
        )
