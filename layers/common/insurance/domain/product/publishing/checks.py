"""The checks before a version is published: its scenarios pass, and they leave nothing untried."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from insurance.domain.product.claims.assessment import Assessment
from insurance.domain.product.definition import model
from insurance.domain.product.definition.sizes import (
    ANSWERS_BYTES_MAX,
    FACTS_BYTES_MAX,
    LOOKED_UP_BYTES_MAX,
    size_faults,
)
from insurance.domain.product.definition.source import ProductSource
from insurance.domain.product.faults import Fault, InvalidProduct, refuse
from insurance.domain.product.language.scope import KeysAsked
from insurance.domain.product.product import Product
from insurance.domain.product.publishing.scenarios import ScenarioResult, Scenarios, Seen
from insurance.domain.product.rating import table_checks
from insurance.domain.product.rating.matcher import Matcher
from insurance.domain.product.rating.tables import RateTable
from insurance.domain.product.rating.trace import TraceStep


class Report(NamedTuple):
    product: Product
    outcomes: tuple[ScenarioResult, ...]
    untried: tuple[str, ...]
    """Paths of rules, steps, clauses and band edges that no scenario reaches."""
    seen: Seen
    """What the scenarios made the product do."""

    @property
    def failed(self) -> tuple[ScenarioResult, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)

    @property
    def publishable(self) -> bool:
        return bool(self.outcomes) and not self.failed and not self.untried


def check(source: ProductSource) -> Report:
    """Compile, run the scenarios, and see what they did not reach.

    Raises:
        InvalidProduct: Every fault that the compiler finds.
    """
    keys_asked: KeysAsked = {}
    product = checked(source, keys_asked)
    seen = Seen([], [], [])
    scenarios = Scenarios(source.scenarios or {})
    outcomes = tuple(scenarios.run(product, seen))
    untried = dict.fromkeys(_untried(product, seen, keys_asked))
    return Report(product, outcomes, tuple(untried), seen)


def checked(source: ProductSource, asked: KeysAsked | None = None) -> Product:
    """A product that has met every check of the compiler, and whose tables have no faults.

    `asked` collects the keys by which its tables will be asked.

    Raises:
        InvalidProduct: Every fault that was found.
    """
    product = Product(source, asked)
    product.compile()
    faults = list(_too_large(product))
    for table, matcher, types in product.scope.matched:
        faults += table_checks.faults(matcher)
        gap = table_checks.gap(matcher, types)
        if gap is not None:
            shown = ", ".join(_key(key, kind.scale) for key, kind in zip(gap, types, strict=True))
            faults += refuse(
                table.path, f"no row for ({shown})", "a row for every risk", "Add a row with `*`."
            ).faults
    if faults:
        raise InvalidProduct(faults)
    return product


def _too_large(product: Product) -> Iterator[Fault]:
    """What is asked and cannot be told in one request or upload."""
    questions, looked_up = product.scope.questions, product.scope.looked_up
    yield from size_faults(questions.values(), ANSWERS_BYTES_MAX, "/questions")
    fields = [field for source in looked_up.values() for field in source.values()]
    yield from size_faults(fields, LOOKED_UP_BYTES_MAX, "/look_ups")
    for cover in product.definition.covers:
        item = product.claims.item_question(cover.code)
        told = [*product.claims.asks(cover.code), *(item.fields if item else ())]
        yield from size_faults(told, FACTS_BYTES_MAX, cover.path)


def _key(key: object, scale: int) -> str:
    if isinstance(key, int) and not isinstance(key, bool) and scale:
        return str(Decimal(key).scaleb(-scale))
    return str(key)


def _untried(
    product: Product, seen: Seen, asked: Mapping[str, set[tuple[object, ...]]]
) -> Iterator[str]:
    definition = product.definition
    offers = [*seen.offers, *(renewal.offer for renewal in seen.renewals)]
    findings = {finding.code for offer in offers for finding in offer.findings}
    yield from _unfound(((rule.path, rule.code) for rule in definition.underwriting), findings)
    yield from _unfound(((rule.path, rule.code) for rule in definition.renewal.rules), findings)
    if definition.renewal.changes and not seen.renewals:
        yield definition.renewal.at("changes")
    for look_up in definition.look_ups:
        without = look_up.unavailable
        if without.outcome != "use" and f"{look_up.source}_unavailable" not in findings:
            yield without.path
    rating = definition.rating
    applied = {code for offer in offers for code in _applied(offer.trace)}
    yield from _unfound(((step.path, step.step) for step in rating.steps), applied)
    charged = {line.code for offer in offers if offer.premium for line in offer.premium.lines}
    yield from _unfound(((charge.path, charge.code) for charge in rating.charges), charged)
    in_force = {cover.code for offer in offers for cover in offer.covers}
    yield from _unfound(((cover.path, cover.code) for cover in definition.covers), in_force)
    yield from _untried_claims(product, seen)
    for table, matcher, _ in product.scope.matched:
        yield from _untried_edges(table, matcher, asked.get(table.name, set()))


def _unfound(parts: Iterable[tuple[str, str]], found: set[str]) -> Iterator[str]:
    """The parts whose codes were not met, each with its place."""
    for path, code in parts:
        if code not in found:
            yield f"{path} ({code})"


def _applied(steps: tuple[TraceStep, ...]) -> Iterator[str]:
    for step in steps:
        if step.operand is not None or step.items or step.operation == "round":
            yield step.code


def _untried_claims(product: Product, seen: Seen) -> Iterator[str]:
    """Clauses of covers that can be claimed on, and rules that turn a claim away."""
    definition = product.definition
    for cover in definition.covers:
        mine = [assessment for of, assessment in seen.assessments if of == cover.code]
        if not mine:
            yield f"{cover.path} ({cover.code}): no claim"
            continue
        steps = {step.code for assessment in mine for step in assessment.steps}
        for clause in product.claims.of(cover.code).clause_codes:
            if clause not in steps:
                yield f"{cover.path} ({cover.code}): clause {clause}"
        yield from _untried_rules(cover.claim, _against(mine))
    everywhere = _against([assessment for _, assessment in seen.assessments])
    yield from _untried_rules(definition.claims, everywhere)


def _against(assessments: Sequence[Assessment]) -> set[str]:
    """The rules that matched a claim."""
    return {
        rule.code
        for assessment in assessments
        for rule in assessment.rules
        if rule.outcome != "pass"
    }


def _untried_rules(claims: model.CoverClaim | model.Claims, found: set[str]) -> Iterator[str]:
    for rules in (claims.exclusions, claims.rules):
        yield from _unfound(((rule.path, rule.code) for rule in rules), found)


def _untried_edges(
    table: RateTable, matcher: Matcher, keys: set[tuple[object, ...]]
) -> Iterator[str]:
    """One row of each table, and each band edge from one side or the other."""
    if not keys:
        yield f"{table.path}: no row"
        return
    for column, key in enumerate(table.keys):
        tried = {found[column] for found in keys}
        for edge, line in sorted(matcher.edges(column).items()):
            if not {edge, edge - 1} & tried:
                yield f"{table.path} line {line}: the edge of {key.name}"
