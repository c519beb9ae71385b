"""The rules that a claim is held to: the cover is in force, and exclusions and rules of its own."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from insurance.domain.contract.rule import RuleOutcome, RuleResult
from insurance.domain.contract.terms import ImposedTerms
from insurance.domain.product.claims.compiler import ClaimCompiler
from insurance.domain.product.definition import model
from insurance.domain.product.language.scope import RatingInput


class Rule(NamedTuple):
    definition: model.ClaimRule
    outcome: str
    """What it means when it matches."""
    matches: Callable[[RatingInput], bool | None]


def rules_of(compiler: ClaimCompiler, claims: model.Claims) -> tuple[Rule, ...]:
    """Exclusions, then rules; of each kind the product's before the cover's own."""
    claim = compiler.cover.claim
    return (
        *_compiled(compiler, claims.exclusions, claim.exclusions, "fail"),
        *_compiled(compiler, claims.rules, claim.rules, "refer"),
    )


def _compiled(
    compiler: ClaimCompiler,
    of_all: Sequence[model.ClaimRule],
    of_cover: Sequence[model.ClaimRule],
    usual: str,
) -> list[Rule]:
    mine = [rule for rule in of_all if not compiler.is_foreign(rule.when)]
    return [
        Rule(rule, rule.outcome or usual, compiler.condition(rule.when, rule.at("when")))
        for rule in [*mine, *of_cover]
    ]


def results(
    rules: Sequence[Rule], claim: RatingInput, facts: dict[str, object]
) -> list[RuleResult]:
    """Every rule, whether it matches or not; `facts` are shown beside those that do."""
    results = []
    for rule in rules:
        code, wording = rule.definition.code, rule.definition.wording
        if rule.matches(claim):
            reason = rule.definition.reason
            results.append(
                RuleResult(
                    code=code,
                    outcome=RuleOutcome(rule.outcome),
                    facts=facts,
                    explanation=reason,
                    wording=wording or None,
                )
            )
        else:
            results.append(
                RuleResult(
                    code=code,
                    outcome=RuleOutcome.PASS,
                    explanation="Does not apply.",
                    wording=wording or None,
                )
            )
    return results


def in_force(cover: model.Cover, given: RatingInput, imposed: ImposedTerms | None) -> RuleResult:
    """Whether the cover is in force on the policy."""
    code, name = cover.code, cover.name or cover.code
    if code in given.selected:
        said = f"{name} is in force."
        return RuleResult(
            code="cover_in_force",
            outcome=RuleOutcome.PASS,
            facts={"cover": code},
            explanation=said,
            wording=cover.wording or None,
        )
    if imposed is not None and code in imposed.exclusions:
        why = f"{name} is excluded by the terms on which the risk was accepted."
    else:
        why = f"{name} is not in force on this policy."
    return RuleResult(
        code="cover_in_force",
        outcome=RuleOutcome.FAIL,
        facts={"cover": code},
        explanation=why,
        wording=cover.wording or None,
    )
