"""The checks before a version is published: its scenarios pass, and they leave nothing untried."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from insurance.domain.product.definition.source import checked
from insurance.domain.product.product import Definition, Product
from insurance.domain.product.publishing.scenarios import Outcome, Scenarios, Seen
from insurance.domain.product.rating.tables import Matcher, Table
from insurance.domain.product.rating.tariff import TraceStep


class Report(NamedTuple):
    product: Product
    outcomes: tuple[Outcome, ...]
    untried: tuple[str, ...]
    """Paths of rules, steps, clauses and band edges that no scenario reaches."""

    @property
    def failed(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def publishable(self) -> bool:
        return bool(self.outcomes) and not self.failed and not self.untried


def check(made: Definition) -> Report:
    """Compile, run the scenarios, and see what they did not reach. Raises InvalidProduct."""
    asked: dict[str, set[tuple[object, ...]]] = {}
    product = checked(made, asked)
    seen = Seen([], [], [])
    scenarios = Scenarios(made.scenarios or {})
    outcomes = tuple(scenarios.run(product, seen))
    untried = dict.fromkeys(_untried(product, seen, asked))
    return Report(product, outcomes, tuple(untried))


def _untried(
    product: Product, seen: Seen, asked: Mapping[str, set[tuple[object, ...]]]
) -> Iterator[str]:
    plain = product.definition.document
    offers = [*seen.offers, *(renewal.offer for renewal in seen.renewals)]
    found = {finding.code for offer in offers for finding in offer.findings}
    yield from _unfound(plain.get("underwriting", ()), "code", found, "/underwriting")
    yield from _unfound(plain.get("renewal", {}).get("rules", ()), "code", found, "/renewal/rules")
    if plain.get("renewal", {}).get("changes") and not seen.renewals:
        yield "/renewal/changes"
    for place, look_up in enumerate(plain.get("look_ups", ())):
        without = look_up["unavailable"].get("outcome")
        if without != "use" and f"{look_up['source']}_unavailable" not in found:
            yield f"/look_ups/{place}/unavailable"
    rating = plain["rating"]
    applied = {code for offer in offers for code in _applied(offer.trace)}
    yield from _unfound(rating["steps"], "step", applied, "/rating/steps")
    charged = {line.code for offer in offers if offer.price for line in offer.price.lines}
    yield from _unfound(rating.get("charges", ()), "code", charged, "/rating/charges")
    in_force = {cover.code for offer in offers for cover in offer.covers}
    yield from _unfound(plain["covers"], "code", in_force, "/covers")
    yield from _untried_claims(product, seen)
    for table, matcher, _ in product.scope.matched:
        yield from _untried_edges(table, matcher, asked.get(table.name, set()))


def _unfound(
    parts: Sequence[Mapping[str, Any]], name: str, found: set[str], path: str
) -> Iterator[str]:
    for place, part in enumerate(parts):
        if part[name] not in found:
            yield f"{path}/{place} ({part[name]})"


def _applied(steps: tuple[TraceStep, ...]) -> Iterator[str]:
    for step in steps:
        if step.operand is not None or step.items or step.operation == "round":
            yield step.code


def _untried_claims(product: Product, seen: Seen) -> Iterator[str]:
    """Clauses of covers that can be claimed on, and rules that turn a claim away."""
    plain = product.definition.document
    for place, cover in enumerate(plain["covers"]):
        code = cover["code"]
        mine = [assessment for of, assessment in seen.assessments if of == code]
        if not mine:
            yield f"/covers/{place} ({code}): no claim"
            continue
        steps = {step.code for assessment in mine for step in assessment.steps}
        rules = {
            rule.code
            for assessment in mine
            for rule in assessment.rules
            if rule.outcome not in {"pass"}
        }
        for clause in product.claims.of(code).clause_codes:
            if clause not in steps:
                yield f"/covers/{place} ({code}): clause {clause}"
        yield from _untried_rules(cover.get("claim", {}), rules, f"/covers/{place}/claim")
    everywhere = {
        rule.code
        for _, assessment in seen.assessments
        for rule in assessment.rules
        if rule.outcome != "pass"
    }
    yield from _untried_rules(plain.get("claims", {}), everywhere, "/claims")


def _untried_rules(plain: Mapping[str, Any], found: set[str], path: str) -> Iterator[str]:
    for group in ("exclusions", "rules"):
        yield from _unfound(plain.get(group, ()), "code", found, f"{path}/{group}")


def _untried_edges(table: Table, matcher: Matcher, keys: set[tuple[object, ...]]) -> Iterator[str]:
    """One row of each table, and each band edge from one side or the other."""
    if not keys:
        yield f"{table.path}: no row"
        return
    for column, key in enumerate(table.keys):
        tried = {found[column] for found in keys}
        for edge, line in sorted(matcher.edges(column).items()):
            if not {edge, edge - 1} & tried:
                yield f"{table.path} line {line}: the edge of {key.name}"
