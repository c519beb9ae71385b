"""Assessment: what a person decides on a claim where rules alone cannot, and with what amount."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from insurance.domain.claim.authority import check_authority, check_profile, is_straight_through
from insurance.domain.claim.change import Act, ClaimChange
from insurance.domain.claim.claim import Claim
from insurance.domain.claim.context import ClaimContext
from insurance.domain.claim.decision import (
    ADVERSE,
    Decision,
    DecisionRecord,
    appeal_in,
    rules_against,
    sources_of,
)
from insurance.domain.claim.duties import with_duty
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.claim.lifecycle import ClaimStep
from insurance.domain.claim.payee import can_be_paid_now
from insurance.domain.claim.set_off import PremiumDue, set_off_premium, with_set_off
from insurance.domain.claim.settlement import carry_out, with_verdict
from insurance.domain.claim.task import DECIDING, HANDLER, Task
from insurance.domain.claim.totals import rooms_of
from insurance.domain.claim.verdict import Verdict
from insurance.domain.claim.verification import verify_claim
from insurance.domain.contract.rule import RuleOutcome
from insurance.domain.core.errors import ClaimOnHold, DecisionNotPossible, WrongState
from insurance.domain.core.money import Money
from insurance.domain.core.segregation import Duty, check_segregation
from insurance.domain.core.tasks import TaskCode
from insurance.domain.product import Product
from insurance.domain.quote.pricing import territory_of
from insurance.domain.screening.screening import ScreeningMatch

REASON_MAX = 1000
"""Characters of a task's reason."""


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """What a person decides."""

    decision: Decision
    amount: Money | None
    """For a part approval and goodwill; the other amounts follow from the rules."""
    reason_code: str
    reason: str
    made_good: bool = False
    """The loss was repaired or replaced: what was held back for wear is owed too."""


def decide(
    context: ClaimContext,
    decision: DecisionInput,
    product: Product,
    matches: Sequence[ScreeningMatch],
    act: Act,
) -> ClaimChange:
    """Carry out a person's decision. A denial of a larger claim waits for a second person.

    Args:
        context: The claim, its policy and account, and the limits that are used.
        decision: The decision.
        product: The version of the product that the policy was sold on.
        matches: What the payee's name resembles on the sanctions list.
        act: Who decides, and when.

    Raises:
        NoAuthority: None of the caller's roles has a say in the product's claims.
        ClaimOnHold: Nothing is decided while the claim is on hold.
        WrongState: The claim is decided, or a decision waits to be confirmed.
        DecisionNotPossible: The rules do not allow the decision, or its amount.
        SignInTooOld: The claim is paid at once, and its total needs a sign-in just before.
        AlreadyErased: The facts of the loss were erased.
    """
    check_profile(act.caller, product)
    claim = context.claim.record
    _check_undecided(claim)
    verdict = verify_claim(claim, context.policy, product, context.used)
    record = _record(decision, claim, verdict, territory_of(context.policy, product), act)
    due = PremiumDue(context.policy, context.account, product)
    verdict = replace(verdict, totals=rooms_of(product, context.used, context.totals))
    verdict = with_set_off(verdict, claim, due, act.at)
    claim = with_duty(with_verdict(claim, verdict), Duty.CLAIM_DECIDED, act)
    if record.decision is not Decision.DENIED:
        pays_now = can_be_paid_now(claim, matches, act.at)
        change = carry_out(
            claim, verdict, record, product, decided_by=act.caller, pays_now=pays_now
        )
    elif is_straight_through(claim.claimed, product):
        change = _deny(claim, record)
    else:
        change = _propose(claim, record)
    return set_off_premium(change, context.claim, due, context.claim.key, act)


def confirm(claim: Claim, product: Product, act: Act) -> ClaimChange:
    """Let a proposed denial stand, as a second person.

    Raises:
        WrongState: No decision is proposed.
        NoAuthority: The claim is above the limits of the caller's roles.
        SamePerson: The person who proposed the decision cannot confirm it.
        ClaimOnHold: Nothing is decided while the claim is on hold.
    """
    proposed = _proposed(claim, product, act)
    return _deny(claim, proposed.replace(confirmed_by=act.by, at=act.at))


def refuse(claim: Claim, reason: str, product: Product, act: Act) -> ClaimChange:
    """Refuse a proposed decision, as a second person: the claim is assessed again.

    Raises:
        WrongState: No decision is proposed.
        NoAuthority: The claim is above the limits of the caller's roles.
        SamePerson: The person who proposed the decision cannot refuse it.
    """
    _proposed(claim, product, act)
    task = Task(role=HANDLER, code=TaskCode.DECISION_REFUSED, reason=reason, since=act.at)
    referred = claim.moved(ClaimStep.REFER, proposed=None).answered(DECIDING).asking(task)
    return ClaimChange(referred, ClaimEventType.DENIAL_REFUSED)


def _check_undecided(claim: Claim) -> None:
    if claim.hold is not None:
        raise ClaimOnHold(claim.id)
    if claim.proposed is not None:
        raise WrongState(
            f"Claim {claim.id}", "decided already", "be decided before it is confirmed"
        )


def _proposed(claim: Claim, product: Product, act: Act) -> DecisionRecord:
    proposed = claim.proposed
    if proposed is None:
        raise WrongState(f"Claim {claim.id}", claim.handling, "be confirmed: nothing is proposed")
    check_authority(act.caller, claim.claimed, product)
    done = {Duty.DECISION_PROPOSED: proposed.by}
    check_segregation(Duty.DECISION_CONFIRMED, act.by, done, f"claim {claim.id}")
    return proposed


def _record(
    decision: DecisionInput, claim: Claim, verdict: Verdict, territory: str, act: Act
) -> DecisionRecord:
    against = rules_against(verdict.rules)
    adverse = decision.decision in ADVERSE
    return DecisionRecord(
        decision=decision.decision,
        amount=_amount(decision, claim, verdict),
        reason_code=decision.reason_code,
        reason=decision.reason,
        wording=tuple(dict.fromkeys(rule.wording for rule in against if rule.wording)),
        rules=tuple(rule.code for rule in against),
        sources=sources_of(against) if adverse else (),
        appeal=appeal_in(territory) if adverse else None,
        by=act.by,
        at=act.at,
    )


def _amount(decision: DecisionInput, claim: Claim, verdict: Verdict) -> Money:
    """What the decision pays in all. An approval follows the rules; only goodwill goes past them."""
    kind, amount = decision.decision, decision.amount
    name = kind.replace("_", " ")
    if kind is Decision.DENIED:
        return Money.zero(claim.claimed.currency)
    if kind is Decision.GOODWILL:
        if amount is None or amount > claim.claimed:
            raise DecisionNotPossible(name, "name an amount of at most what is claimed.")
        return amount
    if verdict.outcome in {RuleOutcome.INCOMPLETE, RuleOutcome.FAIL}:
        raise DecisionNotPossible(name, verdict.reasons)
    if kind is Decision.PART_APPROVED:
        if amount is None or amount >= verdict.payable:
            raise DecisionNotPossible(name, f"name an amount under {verdict.payable}.")
        return amount
    return _full_value(verdict) if decision.made_good else verdict.payable


def _full_value(verdict: Verdict) -> Money:
    """What is payable once nothing is held back for wear any more."""
    if verdict.recoverable is None:
        raise DecisionNotPossible("approved", "nothing was held back.")
    if any(usage.kind == "limit" for usage in verdict.limit_usage):
        raise DecisionNotPossible("approved", "what was held back falls under a shared limit.")
    return verdict.payable + verdict.recoverable


def _propose(claim: Claim, record: DecisionRecord) -> ClaimChange:
    reason = f"A denial of {claim.claimed} waits for a second person: {record.reason}"
    task = Task(
        role=HANDLER, code=TaskCode.CONFIRM_DECISION, reason=reason[:REASON_MAX], since=record.at
    )
    proposed = claim.moved(ClaimStep.REFER, proposed=record).answered(DECIDING).asking(task)
    return ClaimChange(proposed, ClaimEventType.DENIAL_PROPOSED)


def _deny(claim: Claim, record: DecisionRecord) -> ClaimChange:
    limit_usage = claim.limit_usage if claim.paid else ()
    denied = claim.decided(record, limit_usage=limit_usage, counts=False)
    finished = denied.finished("denied", by=record.by, at=record.at)
    return ClaimChange(finished, ClaimEventType.DENIED)
