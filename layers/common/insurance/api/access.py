"""Access policies at the edge: the one place where they narrow what a granted call may do.

It comes after admission, since a policy grants nothing, and before the command. What a call is about is
what its request says; a call that names no product or territory has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from insurance.api_products import products_of
from insurance.config import region
from insurance.domain.core.errors import RefusedByPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from insurance.api.access_record import AccessRecord
    from insurance.api.call import Call
    from insurance.api.route import Route
    from insurance.operations.controls.ports import AccessRules


def check_access(
    call: Call,
    route: Route,
    given: Mapping[str, Any],
    record: AccessRecord,
    rules: Callable[[], AccessRules] | None,
) -> None:
    """Refuse the call if a rule in force does. The record of the call says which.

    Raises:
        RefusedByPolicy: A rule refuses it.
        Unavailable: The rules cannot be read.
    """
    caller = call.caller
    ruleset = rules().ruleset(caller.mode) if rules else None
    if ruleset is None:
        return
    from insurance.domain.control.vocabulary import CallFacts  # noqa: PLC0415 - where there are rules

    facts = CallFacts(
        kind=caller.kind,
        principal=caller.principal,
        partner=caller.partner,
        mode=caller.mode,
        operation=route.operation_id,
        api_products=products_of(route.path),
        at=call.received_at,
        region=region(),
        roles=caller.roles,
        scopes=caller.scopes,
        product=_said(given, "product"),
        territory=_said(given, "territory"),
    )
    refusing = ruleset.decide(facts)
    if refusing is not None:
        record.refused_by(refusing.id)
        raise RefusedByPolicy(refusing.policy, refusing.rule.code, refusing.rule.reason)


def _said(given: Mapping[str, Any], name: str) -> str | None:
    """What the request says, or the path."""
    for value in given.values():
        said = getattr(value, name, None)
        if isinstance(said, str) and said:
            return said
    return given.get(f"{name}_code")
