"""Access policies at the edge: the one place where they narrow what a granted call may do.

It comes after admission, since a policy grants nothing, and before the command. What a call is about is
what its request says. One that names a product and leaves the territory open is about that product's first
territory, by which it will be carried out; any other call that names no product or territory has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insurance import telemetry
from insurance.api_products import products_of
from insurance.config import region
from insurance.domain.core.errors import RateExceeded, RefusedByPolicy, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from insurance.api.access_record import AccessRecord
    from insurance.api.call import Call
    from insurance.api.edge import EdgePorts
    from insurance.api.quota import QuotaOfCall
    from insurance.api.route import Route
    from insurance.domain.control.access_policy import MaskedClass
    from insurance.domain.control.decision import CompiledRule
    from insurance.operations.products.ports import Products


def check_access(
    call: Call,
    route: Route,
    given: Mapping[str, Any],
    record: AccessRecord,
    edge: EdgePorts,
    quota: QuotaOfCall,
) -> MaskedClass | None:
    """Refuse the call if a rule in force does. The record of the call says which. What is masked of its answer is
    returned.

    Raises:
        RateExceeded: A rule has a rate for such calls, and it is used up.
        RefusedByPolicy: A rule refuses it.
        Unavailable: The rules cannot be read.
    """
    if edge.access is None:
        return None
    caller, product, territory = call.caller, _said(given, "product"), _said(given, "territory")
    record.asked_policies(caller, product, territory)
    ruleset = edge.access().ruleset(caller.mode)
    if ruleset is None:
        return None
    from insurance.domain.control.vocabulary import CallFacts  # noqa: PLC0415 - where there are rules

    facts = CallFacts(
        kind=caller.kind,
        application=caller.application,
        partner=caller.partner,
        mode=caller.mode,
        operation=route.operation_id,
        api_products=products_of(route.path),
        at=call.received_at,
        region=region(),
        roles=caller.roles,
        scopes=caller.scopes,
        product=product,
        territory=territory or _first_territory(call, given, edge.products),
    )
    decided = ruleset.decide(facts)
    refusing = decided.refused_by
    if refusing is not None:
        record.refused_by(refusing.id)
        _count(edge, refusing, call)
        raise RefusedByPolicy(refusing.policy, refusing.rule.code, refusing.rule.reason)
    for slowing in decided.slowed_by:
        try:
            quota.slow_down(slowing, caller, call.received_at)
        except RateExceeded:
            record.refused_by(slowing.id)
            _count(edge, slowing, call)
            raise
    if decided.masked_by is None:
        return None
    record.masked_by(decided.masked_by.id)
    return decided.masked_by.rule.mask


def _count(edge: EdgePorts, by: CompiledRule, call: Call) -> None:
    """Count the refusal. One that cannot be counted is refused all the same, and its access record names the rule."""
    assert edge.access is not None  # noqa: S101 - a rule was found there
    try:
        edge.access().note_refusal(by, call.caller.mode, call.received_at)
    except Unavailable:
        telemetry.logger.warning("a refusal is not counted", rule=by.id)


def _first_territory(
    call: Call, given: Mapping[str, Any], products: Callable[[], Products] | None
) -> str | None:
    """Of the product that a request names, if it might have named a territory too. None where nobody sells the
    product: the command says so."""
    product = next(
        (value.product for value in given.values() if may_leave_territory_open(type(value))), None
    )
    if product is None or products is None:
        return None
    from insurance.operations.controls.check_access import first_territory  # noqa: PLC0415 - where there are rules

    return first_territory(products(), product, call.now.date(), call.caller.mode)


def may_leave_territory_open(kind: type | None) -> bool:
    """Whether requests of this kind name a product and may name a territory: without one its first counts."""
    return {"product", "territory"} <= set(getattr(kind, "model_fields", ()))


def _said(given: Mapping[str, Any], name: str) -> str | None:
    """What the request says, or the path."""
    for value in given.values():
        said = getattr(value, name, None)
        if isinstance(said, str) and said:
            return said
    return given.get(f"{name}_code")
