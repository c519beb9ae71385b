"""What usage plans let through. The gateway holds callers to the rates and to the day, our edge to the month."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple


class UsagePlan(NamedTuple):
    """A usage plan of the template, which a test compares with it, and what its contract has beside."""

    per_second: int
    burst: int
    per_day: int
    per_month: int | None = None
    """Calls of an application in a month, unless it has a figure of its own; None: nobody counts them."""
    issues_per_second: int | None = None
    """Policies issued; None: as any other call."""


PLANS: Final[Mapping[str, UsagePlan]] = MappingProxyType(
    {
        "bronze": UsagePlan(5, 10, 10_000, 100_000, 1),
        "silver": UsagePlan(25, 50, 100_000, 1_000_000, 10),
        "gold": UsagePlan(200, 400, 2_000_000, 20_000_000, 50),
        "internal": UsagePlan(100, 200, 1_000_000),
    }
)
"""By the name that the authorizer hands on."""
