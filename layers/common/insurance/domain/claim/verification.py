"""Verification: the rules that every claim meets, then the product's own, then what the cover pays.

All rules run, and every result is reported.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from insurance.domain.claim.claim import Claim
from insurance.domain.claim.limits import LimitUsage
from insurance.domain.claim.verdict import LossNotice, Verdict
from insurance.domain.contract.payee_signs import NO_SIGNS
from insurance.domain.contract.rule import JudgedSegment, PayoutStep, RuleOutcome, RuleResult
from insurance.domain.contract.terms import Reinstatement
from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.money import Money
from insurance.domain.policy import ChargeKind, Policy
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.cover_history import covers_since, insured_since
from insurance.domain.policy.reinstating import premium_of
from insurance.domain.product import Product
from insurance.domain.product.claims.assessment import Assessment, Loss
from insurance.domain.quote.pricing import stored_risk

LAST_MOMENT: Final = timedelta(microseconds=1)


def verify_notice(
    notice: LossNotice, policy: Policy, product: Product, used: Mapping[str, int]
) -> Verdict:
    """Run every rule on a loss and report every result.

    Args:
        notice: The loss.
        policy: The policy, with all its segments.
        product: The version of the product that the policy was sold on.
        used: What other claims have used of the policy's shared limits, in minor units, by code.

    Raises:
        AlreadyErased: The facts of the loss, or of the risk, were erased.
        InvalidFields: The product has no such cover, or cannot read the facts.
    """
    if notice.facts is None:
        raise AlreadyErased(policy.party_id)
    at = _judged_at(notice, policy, product)
    rules = common_rules(notice, policy, at)
    segment = _segment(policy, at, product)
    if notice.claimed.currency is not product.currency:
        nothing = Money.zero(product.currency)
        return Verdict(
            rules, (), nothing, (), counts=False, reserve=notice.claimed, judged_on=segment
        )
    in_force = policy.at(at)
    assessment = product.assess(
        _loss(notice, policy, product, at, used),
        stored_risk(product, in_force),
        in_force.imposed,
    )
    reinstated = tuple(
        Reinstatement.model_validate(terms._asdict() | {"priced_at": at})
        for terms in assessment.reinstated
    )
    owed = _reinstatement_steps(assessment, reinstated, used, policy, product)
    return Verdict(
        rules + assessment.rules,
        assessment.missing,
        assessment.payable,
        (*assessment.steps, *owed),
        counts=assessment.counts,
        reserve=assessment.reserve,
        recoverable=assessment.recoverable or None,
        judged_on=segment,
        limit_usage=_limit_usage(assessment, policy),
        reinstatements=reinstated,
    )


def verify_claim(
    claim: Claim, policy: Policy, product: Product, used: Mapping[str, int]
) -> Verdict:
    """Verify a claim as it stands now.

    Args:
        claim: The claim.
        policy: Its policy, with all its segments.
        product: The version of the product that the policy was sold on.
        used: What all the policy's claims have used of the shared limits, in minor units, by code;
            the claim's own share is left to it.

    Raises:
        AlreadyErased: The facts of the loss, or of the risk, were erased.
        InvalidFields: The product has no such cover, or cannot read the facts.
    """
    notice = LossNotice(
        cover=claim.cover,
        occurred_at=claim.occurred_at,
        reported_at=claim.reported_at,
        claimed=claim.claimed,
        facts=claim.facts,
        item=claim.item,
        same_loss_as=claim.same_loss_as,
        payee=claim.payee_signs or NO_SIGNS,
    )
    own = {usage.code: usage.amount.amount for usage in claim.limit_usage}
    by_others = {code: amount - own.get(code, 0) for code, amount in used.items()}
    return verify_notice(notice, policy, product, by_others)


def common_rules(notice: LossNotice, policy: Policy, at: datetime) -> tuple[RuleResult, ...]:
    """The rules that no product can drop, each with the facts it used.

    Whether the loss lies in the period, was reported in time and falls under a cover in force is
    for the product to say: lines of business differ in what triggers them.

    Args:
        notice: The loss.
        policy: The policy.
        at: The moment on whose terms the loss is judged.
    """
    rules = [_same_currency(notice, policy), _not_a_duplicate(notice)]
    if policy.period.start <= at < policy.issued_at:
        rules.append(_after_issue(at, policy))
    if policy.transactions:
        rules.append(_in_force(at, policy))
    return tuple(rules)


def _judged_at(notice: LossNotice, policy: Policy, product: Product) -> datetime:
    """The moment on whose terms a loss is judged.

    It is the moment of the loss or, for a claims-made cover, of the report: in an extended
    reporting period, the term's last moment.
    """
    if product.claims.of(notice.cover).trigger != "claims_made":
        return notice.occurred_at
    return min(notice.reported_at, policy.period.end - LAST_MOMENT)


def _segment(policy: Policy, at: datetime, product: Product) -> JudgedSegment | None:
    """The segment in force then, or the last one before; None before the policy began."""
    begun = [segment for segment in policy.segments() if segment.period.start <= at]
    if not begun:
        return None
    return JudgedSegment(
        number=begun[-1].number,
        start=begun[-1].period.start,
        end=begun[-1].period.end,
        product=product.ref,
    )


def _loss(
    notice: LossNotice, policy: Policy, product: Product, at: datetime, used: Mapping[str, int]
) -> Loss:
    return Loss(
        cover=notice.cover,
        claimed=notice.claimed,
        facts=notice.facts or {},
        item=notice.item,
        occurred_at=notice.occurred_at,
        reported_at=notice.reported_at,
        covered_since=covers_since(policy, at).get(notice.cover),
        insured_since=insured_since(policy),
        used={
            code: Money(amount=amount, currency=product.currency) for code, amount in used.items()
        },
        payee=notice.payee,
    )


def _reinstatement_steps(
    assessment: Assessment,
    reinstated: tuple[Reinstatement, ...],
    used: Mapping[str, int],
    policy: Policy,
    product: Product,
) -> Iterator[PayoutStep]:
    """What the policyholder will owe for limits that stand again, line by line.

    It is no part of what is paid: the claim is the same before and after each step.
    """
    for terms in reinstated:
        by_others = used.get(terms.code, 0)
        with_this = by_others + assessment.uses[terms.code].amount
        charge = premium_of(
            terms,
            terms.of_used(by_others),
            terms.of_used(with_this),
            policy,
            Conditions.of(product),
        )
        for line in charge.lines:
            yield PayoutStep(
                code=f"reinstatement_{line.code}",
                name=f"Owed for the limit that stands again: {line.name}",
                figure=f"{line.amount} = {charge.notes[0]}"
                if line.kind is ChargeKind.NET
                else f"{line.amount} that follow the net premium",
                before=assessment.payable,
                after=assessment.payable,
            )


def _limit_usage(assessment: Assessment, policy: Policy) -> tuple[LimitUsage, ...]:
    return tuple(
        LimitUsage.model_validate(
            {
                "code": code,
                "kind": assessment.aggregate_kinds[code],
                "amount": amount,
                "whole": assessment.wholes[code],
                "pool": (policy.shares_with or policy.id) if code in assessment.for_life else None,
            }
        )
        for code, amount in assessment.uses.items()
        if amount
    )


def _same_currency(notice: LossNotice, policy: Policy) -> RuleResult:
    same = notice.claimed.currency is policy.premium.total.currency
    return _result(
        "currency",
        RuleOutcome.PASS if same else RuleOutcome.REFER,
        "The loss is in the policy's currency."
        if same
        else "The loss is in another currency than the policy: a person must convert it.",
        currency_of_loss=str(notice.claimed.currency),
    )


def _not_a_duplicate(notice: LossNotice) -> RuleResult:
    duplicate = bool(notice.same_loss_as)
    return _result(
        "not_a_duplicate",
        RuleOutcome.REFER if duplicate else RuleOutcome.PASS,
        "Another claim was noticed for what looks like the same loss."
        if duplicate
        else "No other claim was noticed for this loss.",
        same_loss_as=list(notice.same_loss_as),
    )


def _after_issue(at: datetime, policy: Policy) -> RuleResult:
    """What a loss meant that happened in the term, but before the policy was issued."""
    facts = {
        "issued_at": policy.issued_at.isoformat(),
        "cover_begins_at": policy.cover_begins.isoformat(),
        "no_known_loss": policy.no_known_loss,
    }
    if at < policy.cover_begins:
        text = "Cover began only after the loss, when the policy was issued."
        return _result("after_issue", RuleOutcome.FAIL, text, **facts)
    text = "The loss happened before the policy was issued: a person must look at it."
    return _result("after_issue", RuleOutcome.REFER, text, **facts)


def _in_force(at: datetime, policy: Policy) -> RuleResult:
    """Whether a policy that was changed was in force.

    The loss is judged on the terms in force then; a person judges it where those terms were set
    only after the loss.
    """
    covered = policy.covers_at(at)
    since = policy.settled_at(at)
    facts = {"covered": covered, "known_since": since.isoformat() if since else None}
    if since is not None and since > at:
        text = "What was in force at the time of the loss was changed after it."
        return _result("in_force", RuleOutcome.REFER, text, **facts)
    if not covered:
        text = "The policy was not in force at the time of the loss."
        return _result("in_force", RuleOutcome.FAIL, text, **facts)
    text = "The policy was in force at the time of the loss."
    return _result("in_force", RuleOutcome.PASS, text, **facts)


def _result(code: str, outcome: RuleOutcome, explanation: str, **facts: object) -> RuleResult:
    return RuleResult(code=code, outcome=outcome, explanation=explanation, facts=facts)
