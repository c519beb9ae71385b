"""Covers and underwriting: what is in force on which terms, and what a person must decide."""

from collections.abc import Callable, Mapping, Sequence, Set
from decimal import Decimal
from typing import Any, Final, NamedTuple

from insurance.domain.core.money import Currency, Money
from insurance.domain.product.faults import did_you_mean, refuse
from insurance.domain.product.language.function_builder import FunctionBuilder, present
from insurance.domain.product.language.kinds import as_decimal, at_scale
from insurance.domain.product.language.scope import RatingInput, Scope
from insurance.domain.product.language.terms import rounded
from insurance.domain.product.results import BLOCKS, CoverTerms, Finding

OUTCOMES: Final = ("decline", "refer", "exclude", "load", "inform")


class CoverOnOffer(NamedTuple):
    """A cover as it is advertised, before anything is known of the risk."""

    code: str
    name: str
    optional: bool
    description: str
    section: str
    not_available: str
    """Why it cannot be had when its condition does not hold."""


class Covers:
    """The covers of a product: who can have them, up to how much, less how much."""

    def __init__(self, plain: Sequence[Mapping[str, Any]], scope: Scope) -> None:
        self.on_offer = tuple(
            CoverOnOffer(
                cover["code"],
                cover.get("name", cover["code"].replace("_", " ").capitalize()),
                bool(cover.get("optional", False)),
                cover.get("description", ""),
                cover.get("section", ""),
                cover.get("not_available", "This cover is not available for these answers."),
            )
            for cover in plain
        )
        self._notes = {cover["code"]: cover.get("excess_note", "") for cover in plain}
        self.can_be_had = self._build_available(plain, scope)
        self._terms, self.on_loss = self._build_terms(plain, scope)

    def _build_available(
        self, plain: Sequence[Mapping[str, Any]], scope: Scope
    ) -> Callable[[RatingInput], Sequence[bool]]:
        """Whether each cover can be had; it can where a look-up that would say is missing."""
        builder = FunctionBuilder(scope)
        codes = []
        for place, cover in enumerate(plain):
            if "when" not in cover:
                codes.append("True")
                continue
            with builder.apart() as sources:
                code = builder.condition(cover["when"], f"/covers/{place}/when")
            asked = present(sources)
            codes.append(f"(not ({asked}) or {code})" if asked else code)
        builder.write(f"return ({', '.join(codes)},)")
        return builder.build()

    def _build_terms(
        self, plain: Sequence[Mapping[str, Any]], scope: Scope
    ) -> tuple[Callable[[RatingInput], Sequence[tuple[int | None, int | None]]], frozenset[str]]:
        """Limit and excess of each cover; an excess that asks about the loss is left to it."""
        builder = FunctionBuilder(scope)
        codes, on_loss = [], set()
        for place, cover in enumerate(plain):
            limit = self._amount(builder, cover, "limit", f"/covers/{place}/limit")
            excess = "None"
            asked = {ask["code"] for ask in cover.get("claim", {}).get("asks", [])}
            if mentions(cover.get("excess"), asked | {"claimed", "loss", "cause", "item"}):
                on_loss.add(cover["code"])
            else:
                excess = self._amount(builder, cover, "excess", f"/covers/{place}/excess")
            codes.append(f"({limit}, {excess})")
        builder.write(f"return ({', '.join(codes)},)")
        return builder.build(), frozenset(on_loss)

    def _amount(
        self, builder: FunctionBuilder, cover: Mapping[str, Any], name: str, path: str
    ) -> str:
        asked = {ask["code"] for ask in cover.get("claim", {}).get("asks", [])}
        if cover.get(name) is None or mentions(cover[name], asked | {"item", "claimed", "cause"}):
            return "None"
        exponent = builder.scope.exponent
        with builder.apart() as sources:
            term = rounded(builder.amount(cover[name], path), exponent, "half_up")
        code = at_scale(term, exponent)
        asked_first = present(sources)
        guard = f"{cover['code']!r} in e.selected"
        if asked_first:
            guard += f" and {asked_first}"
        return f"({code} if {guard} else None)"

    def available(self, given: RatingInput) -> dict[str, bool]:
        return dict(zip((c.code for c in self.on_offer), self.can_be_had(given), strict=True))

    def terms(
        self, given: RatingInput, currency: Currency, excess: Money | None
    ) -> tuple[CoverTerms, ...]:
        """The terms of the covers in force; an excess imposed replaces each cover's own."""
        found = []
        for cover, (limit, own) in zip(self.on_offer, self._terms(given), strict=True):
            if cover.code not in given.selected:
                continue
            own_excess = None if own is None else Money(amount=own, currency=currency)
            note = self._notes[cover.code]
            if excess is not None and (own is not None or cover.code in self.on_loss):
                own_excess, note = excess, "As imposed by the underwriter."
            found.append(
                CoverTerms(
                    cover.code,
                    cover.name,
                    cover.optional,
                    None if limit is None else Money(amount=limit, currency=currency),
                    own_excess,
                    note,
                    cover.section,
                )
            )
        return tuple(found)


def mentions(source: object, names: Set[str]) -> bool:
    """Whether an expression speaks of any of the names; of text only, before it is checked."""
    if isinstance(source, str):
        import re  # noqa: PLC0415 - loaded already by every question

        return any(word in names for word in re.findall(r"[a-z_][a-z0-9_]*", source))
    if isinstance(source, list):
        return any(mentions(case, names) for case in source)
    if isinstance(source, dict):
        return any(mentions(part, names) for part in source.values())
    return False


class Underwriting:
    """Every rule that matches is reported, in order of priority."""

    def __init__(self, plain: Sequence[Mapping[str, Any]], scope: Scope) -> None:
        builder = FunctionBuilder(scope)
        self.rules: list[Finding] = []
        codes = []
        for place, rule in enumerate(plain):
            path = f"/underwriting/{place}"
            self.rules.append(_finding(rule, path, scope, {one.code for one in self.rules}))
            with builder.apart() as sources:
                when = builder.condition(rule["when"], f"{path}/when")
                load = "True"
                if "load" in rule:
                    term = builder.rate(rule["load"], f"{path}/load")
                    load = f"({term.code}, {term.type.scale})"
            asked = present(sources)
            guard = f"{asked} and {when}" if asked else when
            codes.append(f"({load} if {guard} else None)")
        builder.write(f"return ({', '.join(codes)}{',' if codes else ''})")
        self.source = builder.source()
        self._run: Callable[[RatingInput], Sequence[Any]] = builder.build()

    def findings(self, given: RatingInput) -> list[Finding]:
        found = [
            rule if held is True else rule._replace(load=as_decimal(*held))
            for rule, held in zip(self.rules, self._run(given), strict=True)
            if held is not None
        ]
        return sorted(found, key=lambda finding: -finding.priority)


def _finding(rule: Mapping[str, Any], path: str, scope: Scope, known: set[str]) -> Finding:
    code, outcome = rule["code"], rule["outcome"]
    if code in known:
        raise refuse(f"{path}/code", code, "a code of its own")
    if outcome not in OUTCOMES:
        raise refuse(f"{path}/outcome", outcome, "an outcome", did_you_mean(outcome, OUTCOMES))
    blocks = rule.get("blocks", "quote")
    if blocks not in BLOCKS:
        raise refuse(f"{path}/blocks", blocks, "a step", did_you_mean(blocks, BLOCKS))
    covers = tuple(rule.get("covers", ()))
    for cover in covers:
        if cover not in scope.covers:
            hint = did_you_mean(cover, scope.covers)
            raise refuse(f"{path}/covers", cover, "the code of a cover", hint)
    if (outcome == "exclude") != bool(covers):
        raise refuse(path, f"{outcome} of {list(covers)}", "covers for exclude, and for it only")
    if (outcome == "load") != ("load" in rule):
        raise refuse(path, outcome, "a load for the outcome load, and for it only")
    return Finding(
        code,
        outcome,
        rule["reason"],
        rule.get("authority", "underwriter"),
        blocks,
        covers,
        None,
        rule.get("priority", 0),
        rule.get("expires_days"),
    )


def loaded(findings: Sequence[Finding], imposed: Decimal | None) -> tuple[int, int]:
    """What all loads together make of a premium, as a fraction."""
    num = den = 1
    for load in [*(finding.load for finding in findings), imposed]:
        if load:
            top, bottom = (load + 1).as_integer_ratio()
            num, den = num * top, den * bottom
    return num, den
