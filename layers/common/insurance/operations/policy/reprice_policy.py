"""Reprice a policy: how a change is priced, with the facts that outside sources give."""

from datetime import datetime
from typing import Protocol

from insurance.domain.core.caller import Caller
from insurance.domain.core.errors import ProductNotFound
from insurance.domain.core.identity import mode_of
from insurance.domain.policy import Policy
from insurance.domain.policy.conditions import Conditions
from insurance.domain.policy.repricing import Repricing
from insurance.domain.policy.servicing import Reprice, Servicing
from insurance.domain.product import Product
from insurance.operations.command import Command, Query
from insurance.operations.products.ports import Products
from insurance.operations.quoting.ports import LookUps


class PricingPorts(Protocol):
    """What the price of a change needs from outside."""

    @property
    def products(self) -> Products: ...
    @property
    def look_ups(self) -> LookUps: ...


def repricing(product: Product, *, look_ups: LookUps, caller: Caller, now: datetime) -> Reprice:
    """How a change of a policy is priced: on this product version, for this caller."""
    return Repricing(
        product,
        lambda wanted: look_ups.find(wanted.source, wanted.key),
        now.astimezone(product.zone).date(),
        caller.roles,
    ).reprice


def servicing_of(
    policy: Policy,
    contract: Product,
    call: Command | Query,
    ports: PricingPorts,
    *,
    changes_risk: bool = True,
) -> Servicing:
    """How the caller changes the policy now, and on which product version its risk is priced.

    Args:
        policy: The policy.
        contract: The version that the policy was made on.
        call: By whom it is changed, and when.
        ports: Where versions and outside facts come from.
        changes_risk: Whether there may be something to price: only then is the version looked for
            that is sold now, where the product prices changes on that one. Where none is sold any
            more, the contract goes on by its own.
    """
    conditions = Conditions.of(contract)
    product = contract
    if changes_risk and not conditions.reprice_on_contract:
        product = _sold_now(policy, call, ports.products) or contract
    return Servicing(
        conditions=conditions,
        reprice=repricing(product, look_ups=ports.look_ups, caller=call.caller, now=call.now),
        actor=call.caller.principal,
        now=call.now,
    )


def _sold_now(policy: Policy, call: Command | Query, products: Products) -> Product | None:
    """The version of the policy's product that is sold now; None: it is sold no more."""
    try:
        return products.on_sale(policy.product.code, call.now.date(), mode_of(policy.id))
    except ProductNotFound:
        return None
