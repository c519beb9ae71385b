"""What the edge of a function asks about a call, beside the function's own operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from insurance.api.sender import UsedProofs
    from insurance.operations.controls.ports import AccessRules
    from insurance.operations.partners.count_calls import Quotas
    from insurance.operations.products.ports import Products


class EdgePorts(NamedTuple):
    """Each is found when a call first needs it."""

    used_proofs: Callable[[], UsedProofs] | None = None
    """Which proofs were used: needed where applications or policyholders may call."""
    quotas: Callable[[], Quotas] | None = None
    """What counts the calls of applications: needed where these may call."""
    access: Callable[[], AccessRules] | None = None
    """The access policies in force; the function that withdraws them goes without."""
    products: Callable[[], Products] | None = None
    """Those on sale: needed where access policies are asked and a request may leave a product's territory open."""


ASKS_NOTHING: Final = EdgePorts()
"""Of a function that only our own people call, and whom no access policy narrows."""
