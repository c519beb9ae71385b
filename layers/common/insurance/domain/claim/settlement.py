"""Settlement: the amount of a claim, and whether it is paid straight through.

This is the one place that decides what a claim pays. `settle` decides by rules alone;
`carry_out` does what a decision says, by rules or by a person.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from insurance.domain.bank.payment_status import PaymentStatus
from insurance.domain.claim.authority import has_authority, is_straight_through
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.context import ClaimContext, NoticeContext
from insurance.domain.claim.decision import Decision, DecisionRecord
from insurance.domain.claim.duties import decides_alone
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.lifecycle import ClaimStep, Handling
from insurance.domain.claim.limits import LimitUsage
from insurance.domain.claim.payee import payee_rules
from insurance.domain.claim.payment import doubts_of
from insurance.domain.claim.reserve import CostType
from insurance.domain.claim.set_off import PremiumDue, set_off_premium, with_set_off
from insurance.domain.claim.task import HANDLER, Hold, Task
from insurance.domain.claim.totals import rooms_of
from insurance.domain.claim.verdict import Verdict
from insurance.domain.claim.verification import verify_claim
from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ClaimOnHold
from insurance.domain.core.house_authority import check_sign_in
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import passed, taken_of
from insurance.domain.core.tasks import TaskCode
from insurance.domain.party.demands import Demands, Use, stops
from insurance.domain.product import Product
from insurance.domain.screening.screening import ScreeningMatch

HELD_BY_RULES: Final = "rules"
"""Who put a claim on hold when no person did."""


JUDGED: Final = frozenset({TaskCode.INCOMPLETE, TaskCode.REFERRED})
"""Tasks that rules have given, and that they give again where they judge again."""

OBJECTION: Final = RuleResult(
    code="objection",
    outcome=RuleOutcome.REFER,
    explanation="The policyholder objected to decisions by rules alone.",
)


def settle(
    context: ClaimContext, product: Product, matches: Sequence[ScreeningMatch], act: Act
) -> ClaimChange:
    """Decide a claim on all its rules: it is paid, or a person gets the task of looking at it.

    Args:
        context: The claim, its policy and account, and the limits that are used.
        product: The version of the product that the policy was sold on.
        matches: What the payee's name resembles on the sanctions list.
        act: Who asks for the settlement, and when.

    Raises:
        WrongState: The claim is settled or closed, or waits for a person's decision.
        ClaimOnHold: Nothing is decided while it is on hold.
        AlreadyErased: The facts of the loss were erased.
    """
    claim = context.claim.record
    check_open(claim)
    due = PremiumDue(context.policy, context.account, product)
    verdict = verify_claim(claim, context.policy, product, context.used)
    verdict = ready_to_pay(verdict, claim, context, due, matches, act)
    change = decide_by_rules(claim, verdict, product, act)
    return set_off_premium(change, context.claim, due, context.claim.key, act)


def check_open(claim: Claim) -> None:
    """Check that rules may decide the claim.

    Raises:
        WrongState: The claim is settled or closed, or waits for a person's decision.
        ClaimOnHold: Nothing is decided while it is on hold.
    """
    if claim.handling in {Handling.SETTLING, Handling.CLOSED}:
        raise claim.wrong_state(ClaimStep.APPROVE)
    if claim.hold is not None:
        raise ClaimOnHold(claim.id)
    if claim.under_review:
        raise claim.wrong_state(ClaimStep.APPROVE, "before a person")
    if claim.proposed is not None:
        raise claim.wrong_state(ClaimStep.APPROVE, "decided, to be confirmed")


def ready_to_pay(
    verdict: Verdict,
    claim: Claim,
    context: ClaimContext | NoticeContext,
    due: PremiumDue,
    matches: Sequence[ScreeningMatch],
    act: Act,
) -> Verdict:
    """The verdict on a loss with all that stands between it and a payment: payee, objections, running totals, and
    premium that is due."""
    verdict = with_payee(verdict, claim, matches, act.at)
    verdict = with_demands(verdict, context.demands)
    totals = rooms_of(due.product, context.used, context.totals)
    return with_set_off(replace(verdict, totals=totals), claim, due, act.at)


def with_payee(
    verdict: Verdict, claim: Claim, matches: Sequence[ScreeningMatch], now: datetime
) -> Verdict:
    """The verdict with the rules that stand between a decision and a payment."""
    return replace(verdict, rules=(*verdict.rules, *payee_rules(claim, matches, now)))


def with_demands(verdict: Verdict, demands: Demands) -> Verdict:
    """The verdict with the policyholder's objection to a decision by rules alone: a person decides."""
    if not stops(demands, Use.AUTOMATIC_DECISION):
        return verdict
    return replace(verdict, rules=(*verdict.rules, OBJECTION))


def with_verdict(claim: Claim, verdict: Verdict) -> Claim:
    """The claim with what the rules say of it."""
    return claim.replace(
        rules=verdict.rules,
        steps=verdict.steps,
        judged_on=verdict.judged_on,
        missing=verdict.missing,
        payable=verdict.payable,
        recoverable=verdict.recoverable,
    )


def decide_by_rules(claim: Claim, verdict: Verdict, product: Product, act: Act) -> ClaimChange:
    """The claim as its rules leave it: approved, or waiting for facts or a person; never denied."""
    claim = with_verdict(claim, verdict)
    if verdict.outcome is RuleOutcome.INCOMPLETE:
        task = Task(role=HANDLER, code=TaskCode.INCOMPLETE, reason=verdict.reasons, since=act.at)
        waiting = claim.moved(ClaimStep.WAIT_FOR_FACTS).answered(JUDGED).asking(task)
        return ClaimChange(waiting, ClaimEventType.INCOMPLETE)
    if verdict.outcome is not RuleOutcome.PASS:
        return _refer(claim, verdict, act)
    record = DecisionRecord(
        decision=Decision.APPROVED,
        amount=verdict.payable,
        automated=True,
        by=act.by,
        at=act.at,
    )
    return carry_out(claim, verdict, record, product)


def carry_out(
    claim: Claim,
    verdict: Verdict,
    record: DecisionRecord,
    product: Product,
    *,
    decided_by: Caller | None = None,
    pays_now: bool = True,
) -> ClaimChange:
    """Record a decision that pays and, if something is still due, request the payment.

    A claim that leaves nothing after the excess is not a paid claim and does not go to the
    record. Authority is measured against the claim's total, so that splitting does not evade it.

    Args:
        claim: The claim.
        verdict: What the rules say of it.
        record: The decision; its amount is what the claim pays in all.
        product: The version of the product that the policy was sold on.
        decided_by: The person who decided; None: rules alone did.
        pays_now: False where the payee is suspect or was just changed: then a second person must
            approve the payment.
    """
    limit_usage = _limit_usage(verdict, record)
    counts = verdict.counts and bool(record.amount) and record.decision is not Decision.GOODWILL
    decided = claim.decided(record, limit_usage=limit_usage, counts=counts)
    if limit_usage and verdict.reinstatements:
        decided = decided.replace(reinstatements=verdict.reinstatements)
    due = record.amount - decided.committed_of(CostType.INDEMNITY)
    if due.amount <= 0:
        return _close_without_payment(decided, record)
    total = decided.committed_of(CostType.INDEMNITY) + due
    alone = decides_alone(claim, record.by)
    small = is_straight_through(total, product)
    over = [*doubts_of(claim.payments), *(passed(verdict.totals, due) if small else [])]
    straight = (
        small
        and not over
        and pays_now
        and not alone
        and record.decision is not Decision.GOODWILL
        and (decided_by is None or has_authority(decided_by, total, product))
    )
    if straight and decided_by is not None:
        check_sign_in(decided_by, total)
    status = PaymentStatus.EXECUTING if straight else PaymentStatus.AWAITING_APPROVAL
    paying = decided.paying(CostType.INDEMNITY, due, status=status, by=record.by)
    if straight:
        taken = taken_of(verdict.totals, due)
        return ClaimChange(paying, ClaimEventType.SETTLED, totals=taken)
    task = _approval_task(due, record, over, pays_now=pays_now, alone=alone)
    return ClaimChange(paying.asking(task), ClaimEventType.SETTLED)


def _refer(claim: Claim, verdict: Verdict, act: Act) -> ClaimChange:
    task = Task(role=HANDLER, code=TaskCode.REFERRED, reason=verdict.reasons, since=act.at)
    referred = claim.moved(ClaimStep.REFER).answered(JUDGED).asking(task)
    if verdict.holds:
        hold = Hold(reason=verdict.reasons, by=HELD_BY_RULES, since=act.at)
        return ClaimChange(referred.replace(hold=hold), ClaimEventType.HELD)
    return ClaimChange(referred, ClaimEventType.REFERRED)


def _limit_usage(verdict: Verdict, record: DecisionRecord) -> tuple[LimitUsage, ...]:
    """What the decision uses of shared limits. Goodwill is not paid under the cover: it uses none."""
    if record.decision is Decision.GOODWILL:
        return ()
    if record.decision is not Decision.PART_APPROVED:
        return verdict.limit_usage
    limits = tuple(
        usage.at_most(record.amount) for usage in verdict.limit_usage if usage.kind == "limit"
    )
    return limits + tuple(usage for usage in verdict.limit_usage if usage.kind == "deductible")


def _approval_task(
    due: Money, record: DecisionRecord, over: Sequence[str], *, pays_now: bool, alone: bool
) -> Task:
    reason = " ".join(over) or f"{due} is above what is paid without a second person."
    if alone:
        reason = f"{due} waits: who decided took the notice or named the payee."
    elif not pays_now:
        reason = f"{due} waits: the payee needs a second person's look."
    elif record.decision is Decision.GOODWILL:
        reason = f"{due} is paid as goodwill: a second person must agree."
    return Task(role=HANDLER, code=TaskCode.APPROVE_PAYMENT, reason=reason, since=record.at)


def _close_without_payment(decided: Claim, record: DecisionRecord) -> ClaimChange:
    if record.amount:
        finished = decided.finished("settled", by=record.by, at=record.at)
        return ClaimChange(finished, ClaimEventType.SETTLED)
    finished = decided.finished("nothing_payable", by=record.by, at=record.at)
    return ClaimChange(finished, ClaimEventType.NOTHING_PAYABLE)
