"""Underwriting: every rule that matches is reported, and what loads make of the premium."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from insurance.domain.product.definition import model
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import as_decimal
from insurance.domain.product.language.scope import RatingInput, Scope
from insurance.domain.product.offer import Finding


class Underwriting:
    """Compiled: the rules on which a risk is accepted."""

    def __init__(self, rules: Sequence[model.UnderwritingRule], scope: Scope) -> None:
        builder = FunctionBuilder(scope)
        self.rules: list[Finding] = []
        codes = []
        for rule in rules:
            self.rules.append(_finding(rule, scope, {one.code for one in self.rules}))
            with builder.apart() as sources:
                when = builder.condition(rule.when, rule.at("when"))
                load = "True"
                if rule.load is not None:
                    term = builder.rate(rule.load, rule.at("load"))
                    load = f"({term.code}, {term.type.scale})"
            asked = present(sources)
            guard = f"{asked} and {when}" if asked else when
            codes.append(f"({load} if {guard} else None)")
        builder.write(f"return ({', '.join(codes)}{',' if codes else ''})")
        self.source = builder.source()
        self._run: Callable[[RatingInput], Sequence[Any]] = builder.build()

    def findings(self, given: RatingInput) -> list[Finding]:
        """What the rules say of a risk, the highest priority first."""
        found = [
            rule if held is True else rule._replace(load=as_decimal(*held))
            for rule, held in zip(self.rules, self._run(given), strict=True)
            if held is not None
        ]
        return sorted(found, key=lambda finding: -finding.priority)


def _finding(rule: model.UnderwritingRule, scope: Scope, known: set[str]) -> Finding:
    if rule.code in known:
        raise refuse(rule.at("code"), rule.code, "a code of its own")
    for cover in rule.covers:
        if cover not in scope.covers:
            hint = did_you_mean(cover, scope.covers)
            raise refuse(rule.at("covers"), cover, "the code of a cover", hint)
    if (rule.outcome == "exclude") != bool(rule.covers):
        found = f"{rule.outcome} of {list(rule.covers)}"
        raise refuse(rule.path, found, "covers for exclude, and for it only")
    if (rule.outcome == "load") != (rule.load is not None):
        raise refuse(rule.path, rule.outcome, "a load for the outcome load, and for it only")
    return Finding(
        rule.code,
        rule.outcome,
        rule.reason,
        rule.authority,
        rule.blocks,
        rule.covers,
        None,
        rule.priority,
        rule.expires_days,
    )


def loaded(findings: Sequence[Finding], imposed: Decimal | None) -> tuple[int, int]:
    """What all loads together make of a premium, as a fraction."""
    num = den = 1
    for load in [*(finding.load for finding in findings), imposed]:
        if load:
            top, bottom = (load + 1).as_integer_ratio()
            num, den = num * top, den * bottom
    return num, den
