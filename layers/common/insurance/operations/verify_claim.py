"""Verify a loss: the rules every claim meets, then the product's own, then what the cover pays."""

from typing import Any

from insurance.domain.claim.rule import Outcome, RuleResult
from insurance.domain.claim.verification import Notice, Verdict, judge_notice
from insurance.domain.errors import AlreadyErased, FieldFault, InvalidFields
from insurance.domain.money import Money
from insurance.domain.policy import Policy
from insurance.domain.product import Loss, Product
from insurance.operations.pricing import imposed_of, stored_risk


def verify_claim(
    notice: Notice,
    facts: dict[str, Any] | None,
    item: str | None,
    *,
    policy: Policy,
    product: Product,
) -> Verdict:
    """Run every rule and report every result; nothing is stored and nobody is paid.

    Raises InvalidFields for a cover the product does not know, AlreadyErased without the facts.
    """
    if facts is None:
        raise AlreadyErased(policy.party_id)
    _check_cover(notice.cover, product)
    rules = judge_notice(notice, policy, reporting_deadline=product.reporting_deadline)
    held = any(cover.code == notice.cover for cover in policy.covers)
    if not held or notice.claimed.currency is not product.currency:
        # What the product would say of a cover that is not there means nothing.
        return Verdict(rules, (), Money.zero(product.currency), (), counts=False)
    assessment = product.assess(
        Loss(
            cover=notice.cover,
            facts=facts,
            claimed=notice.claimed,
            occurred_at=notice.occurred_at,
            item=item,
        ),
        stored_risk(product, policy),
        imposed_of(policy.imposed),
    )
    own = tuple(
        RuleResult(
            code=result.code,
            outcome=Outcome(result.outcome),
            facts=dict(result.facts),
            explanation=result.explanation,
            wording=result.wording,
        )
        for result in assessment.rules
    )
    return Verdict(
        rules=rules + own,
        missing=assessment.missing,
        payable=assessment.payable,
        steps=tuple(assessment.steps),
        counts=assessment.counts,
    )


def _check_cover(cover: str, product: Product) -> None:
    known = [offered.code for offered in product.covers_on_offer]
    if cover not in known:
        detail = f"This product's covers are: {', '.join(known)}."
        raise InvalidFields([FieldFault("/cover", "unknown-cover", detail)])
