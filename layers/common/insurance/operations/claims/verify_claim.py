"""Verify a loss: the rules every claim meets, then the product's own, then what the cover pays."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from insurance.domain.claim import Claim, LimitUsage
from insurance.domain.claim.rule import JudgedSegment, Outcome, PayoutStep, RuleResult
from insurance.domain.claim.verification import Notice, Verdict, judge_notice
from insurance.domain.contract.terms import Reinstatement
from insurance.domain.core.errors import AlreadyErased
from insurance.domain.core.money import Money
from insurance.domain.policy import ChargeKind, Policy
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.reinstating import premium_of
from insurance.domain.product import Assessment, Loss, Product
from insurance.domain.quote.pricing import imposed_of, stored_risk
from insurance.operations.claims.ports import ClaimContext


def verify_claim(
    notice: Notice,
    facts: dict[str, Any] | None,
    item: dict[str, Any] | None,
    *,
    policy: Policy,
    product: Product,
    used: Mapping[str, int],
) -> Verdict:
    """Run every rule and report every result; nothing is stored and nobody is paid.

    `used` is what other claims have taken of the policy's shared limits, in minor units. Raises
    InvalidFields for a cover or facts the product cannot read, AlreadyErased without facts.
    """
    if facts is None:
        raise AlreadyErased(policy.party_id)
    at = _judged_at(notice, policy, product)
    rules = judge_notice(notice, policy, at)
    segment = _segment(policy, at, product)
    if notice.claimed.currency is not product.currency:
        nothing = Money.zero(product.currency)
        return Verdict(
            rules, (), nothing, (), counts=False, reserve=notice.claimed, judged_on=segment
        )
    loss = Loss(
        cover=notice.cover,
        claimed=notice.claimed,
        facts=facts,
        item=item,
        occurred_at=notice.occurred_at,
        reported_at=notice.reported_at,
        covered_since=policy.held_at(at).get(notice.cover),
        insured_since=policy.insured_since,
        used={
            code: Money(amount=amount, currency=product.currency) for code, amount in used.items()
        },
    )
    in_force = policy.at(at)
    found = product.assess(loss, stored_risk(product, in_force), imposed_of(in_force.imposed))
    reinstated = tuple(
        Reinstatement.model_validate(each._asdict() | {"priced_at": at})
        for each in found.reinstated
    )
    return Verdict(
        rules + _own_rules(found),
        found.missing,
        found.payable,
        (*_steps(found), *_reinstatement_steps(found, reinstated, used, policy, product)),
        counts=found.counts,
        reserve=found.reserve,
        recoverable=found.recoverable or None,
        judged_on=segment,
        draws=_draws(found, policy),
        reinstatements=reinstated,
    )


def _judged_at(notice: Notice, policy: Policy, product: Product) -> datetime:
    """The moment whose terms a loss is judged on: when it happened or, where a cover answers for
    claims that are made, when it was told: in an extended reporting period, the term's last one."""
    if product.claims.of(notice.cover).trigger != "claims_made":
        return notice.occurred_at
    return min(notice.reported_at, policy.period.end - LAST_MOMENT)


LAST_MOMENT = timedelta(microseconds=1)


def verify_filed(claim: Claim, file: ClaimContext, product: Product) -> Verdict:
    """Verify a claim as it stands now. What it has taken of shared limits itself is left to it."""
    notice = Notice(
        cover=claim.cover,
        occurred_at=claim.occurred_at,
        reported_at=claim.reported_at,
        claimed=claim.claimed,
        payee=claim.payee,
        same_loss_as=claim.same_loss_as,
    )
    own = {draw.code: draw.amount.amount for draw in claim.draws}
    used = {code: amount - own.get(code, 0) for code, amount in file.used.items()}
    return verify_claim(
        notice, claim.facts, claim.item, policy=file.policy, product=product, used=used
    )


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


def _own_rules(found: Assessment) -> tuple[RuleResult, ...]:
    return tuple(
        RuleResult(
            code=result.code,
            outcome=Outcome(result.outcome),
            facts=dict(result.facts),
            explanation=result.explanation,
            wording=result.wording or None,
        )
        for result in found.rules
    )


def _steps(found: Assessment) -> tuple[PayoutStep, ...]:
    return tuple(PayoutStep(**step._asdict()) for step in found.steps)


def _reinstatement_steps(
    found: Assessment,
    reinstated: tuple[Reinstatement, ...],
    used: Mapping[str, int],
    policy: Policy,
    product: Product,
) -> Iterator[PayoutStep]:
    """What the policyholder will owe for limits that stand again, line by line. It is no part of
    what is paid: the claim is the same before and after."""
    for terms in reinstated:
        others = used.get(terms.code, 0)
        before, after = (
            terms.of_used(each) for each in (others, others + found.uses[terms.code].amount)
        )
        charge = premium_of(terms, before, after, policy, Conditions.of(product))
        for line in charge.lines:
            yield PayoutStep(
                code=f"reinstatement_{line.code}",
                name=f"Owed for the limit that stands again: {line.name}",
                figure=f"{line.amount} = {charge.notes[0]}"
                if line.kind is ChargeKind.NET
                else f"{line.amount} that follow the net premium",
                before=found.payable,
                after=found.payable,
            )


def _draws(found: Assessment, policy: Policy) -> tuple[LimitUsage, ...]:
    return tuple(
        LimitUsage.model_validate(
            {
                "code": code,
                "kind": found.aggregate_kinds[code],
                "amount": taken,
                "whole": found.wholes[code],
                "pool": (policy.shares_with or policy.id) if code in found.for_life else None,
            }
        )
        for code, taken in found.uses.items()
        if taken
    )
