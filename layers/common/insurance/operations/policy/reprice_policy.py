"""Reprice a policy: how a change is priced, with the facts that outside sources give."""

from insurance.domain.core.caller import Caller
from insurance.domain.policy.repricing import Repricing
from insurance.domain.policy.servicing import Reprice
from insurance.domain.product import Product
from insurance.operations.quoting.ports import LookUps


def repricing(product: Product, *, look_ups: LookUps, caller: Caller) -> Reprice:
    """How a change of a policy is priced: on this product version, for this caller."""
    return Repricing(
        product, lambda wanted: look_ups.find(wanted.source, wanted.key), caller.roles
    ).reprice
