"""Say how calls would be decided, by the function that decides calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from insurance.domain.control.decision import CallDecision, compile_policies
from insurance.domain.control.replay import in_territory
from insurance.domain.core.errors import ProductNotFound

if TYPE_CHECKING:
    from datetime import date

    from insurance.domain.control.vocabulary import CallFacts
    from insurance.domain.core.identity import Mode
    from insurance.operations.command import Query
    from insurance.operations.controls.ports import AccessPolicyPorts
    from insurance.operations.products.ports import Products

TERRITORY_OPEN: Final = frozenset({"createQuote", "previewQuote"})
"""Operations whose requests name a product and may leave its territory open. A test compares them with the routes."""


class CheckedCall(NamedTuple):
    """How a call would be decided, and by which rule."""

    decided: CallDecision
    rules: int
    """How many rules are in force."""


def check_access(facts: CallFacts, query: Query, ports: AccessPolicyPorts) -> CheckedCall:
    """Decide a call that nobody makes, by what is in force now. What it leaves open is filled in as the edge does."""
    ruleset = compile_policies(ports.policies.in_force(query.caller.mode))
    facts = as_at_the_edge(facts, query.now.date(), query.caller.mode, ports)
    return CheckedCall(ruleset.decide(facts), len(ruleset.rules))


def as_at_the_edge(facts: CallFacts, day: date, mode: Mode, ports: AccessPolicyPorts) -> CallFacts:
    """The call with the territory by which it would be carried out."""
    if facts.territory or not facts.product or facts.operation not in TERRITORY_OPEN:
        return facts
    return in_territory(facts, first_territory(ports.products, facts.product, day, mode))


def first_territory(products: Products, product: str, day: date, mode: Mode) -> str | None:
    """Of a product on sale: where business goes that names none. None: nobody sells it."""
    try:
        return products.on_sale(product, day, mode).territories[0]
    except ProductNotFound:
        return None
