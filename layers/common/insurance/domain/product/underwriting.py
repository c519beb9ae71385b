"""Underwriting: every rule that matches is reported, and what loads make of the premium."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from insurance.domain.product.definition import model
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import as_decimal
from insurance.domain.product.language.scope import NameScope, RatingInput
from insurance.domain.product.offer import RuleMatch, finding_of


class Underwriting:
    """Compiled: the rules on which a risk is accepted."""

    def __init__(self, rules: Sequence[model.UnderwritingRule], scope: NameScope) -> None:
        builder = FunctionBuilder(scope)
        self.rules: list[RuleMatch] = []
        codes, known = [], set[str]()
        for rule in rules:
            self.rules.append(_match(rule, scope, known))
            known.add(rule.code)
            with builder.apart() as sources:
                when = builder.condition(rule.when, rule.at("when"))
                load = "True"
                if rule.load is not None:
                    term = builder.rate(rule.load, rule.at("load"))
                    load = f"({term.code}, {term.type.scale})"
            all_present = present(sources)
            guard = f"{all_present} and {when}" if all_present else when
            codes.append(f"({load} if {guard} else None)")
        builder.write(f"return ({', '.join(codes)}{',' if codes else ''})")
        self.source = builder.source()
        self._run: Callable[[RatingInput], Sequence[Any]] = builder.build()

    def matches(self, given: RatingInput) -> list[RuleMatch]:
        """What the rules say of a risk, the highest priority first."""
        matches = [
            rule if held is True else rule._replace(load=as_decimal(*held))
            for rule, held in zip(self.rules, self._run(given), strict=True)
            if held is not None
        ]
        return sorted(matches, key=lambda match: -match.priority)


def _match(rule: model.UnderwritingRule, scope: NameScope, known: set[str]) -> RuleMatch:
    if rule.code in known:
        raise refuse(rule.at("code"), rule.code, "a code of its own")
    for cover in rule.covers:
        if cover not in scope.covers:
            hint = did_you_mean(cover, scope.covers)
            raise refuse(rule.at("covers"), cover, "the code of a cover", hint)
    if len(set(rule.covers)) < len(rule.covers):
        raise refuse(rule.at("covers"), list(rule.covers), "each cover once")
    if (rule.outcome == "exclude") != bool(rule.covers):
        found = f"{rule.outcome} of {list(rule.covers)}"
        raise refuse(rule.path, found, "covers for exclude, and for it only")
    if (rule.outcome == "load") != (rule.load is not None):
        raise refuse(rule.path, rule.outcome, "a load for the outcome load, and for it only")
    finding = finding_of(rule, code=rule.code, blocks=rule.blocks, expires_days=rule.expires_days)
    return RuleMatch(finding, tuple(rule.covers), priority=rule.priority)


def loaded(matches: Sequence[RuleMatch], imposed: Decimal | None) -> tuple[int, int]:
    """What all loads together make of a premium, as a fraction."""
    num = den = 1
    for load in [*(match.load for match in matches), imposed]:
        if load:
            top, bottom = (load + 1).as_integer_ratio()
            num, den = num * top, den * bottom
    return num, den
