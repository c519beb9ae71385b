"""Verify a loss: the rules every claim meets, then the product's own, then what the cover pays."""

from typing import Any

from insurance.domain.claim.rule import Outcome, RuleResult
from insurance.domain.claim.verification import Notice, Verdict, judge_notice
from insurance.domain.errors import AlreadyErased
from insurance.domain.money import Money
from insurance.domain.policy import Policy
from insurance.domain.product import Loss, Product
from insurance.operations.pricing import imposed_of, stored_risk


def verify_claim(
    notice: Notice,
    facts: dict[str, Any] | None,
    item: dict[str, Any] | None,
    *,
    policy: Policy,
    product: Product,
) -> Verdict:
    """Run every rule and report every result; nothing is stored and nobody is paid.

    Raises InvalidFields for a cover or facts the product cannot read, AlreadyErased without facts.
    """
    if facts is None:
        raise AlreadyErased(policy.party_id)
    rules = judge_notice(notice, policy)
    if notice.claimed.currency is not product.currency:
        return Verdict(rules, (), Money.zero(product.currency), (), counts=False)
    loss = Loss(
        cover=notice.cover,
        claimed=notice.claimed,
        facts=facts,
        item=item,
        occurred_at=notice.occurred_at,
        reported_at=notice.reported_at,
    )
    found = product.assess(loss, stored_risk(product, policy), imposed_of(policy.imposed))
    own = tuple(
        RuleResult(
            code=result.code,
            outcome=Outcome(result.outcome),
            facts=dict(result.facts),
            explanation=result.explanation,
            wording=result.wording or None,
        )
        for result in found.rules
    )
    steps = tuple(
        step._asdict() | {"before": step.before.amount, "after": step.after.amount}
        for step in found.steps
    )
    return Verdict(
        rules + own,
        found.missing,
        found.payable,
        steps,
        counts=found.counts,
        recoverable=found.recoverable or None,
    )
