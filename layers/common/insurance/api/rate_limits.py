"""What a caller's usage plan lets through, as every answer says it.

`RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10: so many requests (`q`) in so many seconds (`w`).
API Gateway counts the calls and tells functions nothing of what is left, so nothing is said of it: a
`RateLimit` field belongs here once somebody counts.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

POLICY: Final = "RateLimit-Policy"
DAY_SECONDS: Final = 86_400
ISSUE: Final = ("POST", "/v1/policies")
"""The operation that each plan lets through at a rate of its own."""


class UsagePlan(NamedTuple):
    """A usage plan of the template, which a test compares with it."""

    per_second: int
    per_day: int
    issues_per_second: int | None = None
    """Policies issued; None: as any other call."""


PLANS: Final[Mapping[str, UsagePlan]] = MappingProxyType(
    {
        "bronze": UsagePlan(5, 10_000, 1),
        "silver": UsagePlan(25, 100_000, 10),
        "gold": UsagePlan(200, 2_000_000, 50),
        "internal": UsagePlan(100, 1_000_000),
    }
)
"""By the name that the authorizer hands on."""


def rate_limits(event: Mapping[str, Any]) -> dict[str, str]:
    """The header of an answer to this call; none where no plan counts it."""
    plan = PLANS.get((event["requestContext"].get("authorizer") or {}).get("plan", ""))
    if plan is None:
        return {}
    rate = plan.per_second
    if plan.issues_per_second and (event["httpMethod"], event["path"].rstrip("/")) == ISSUE:
        rate = plan.issues_per_second
    return {POLICY: f'"second";q={rate};w=1, "day";q={plan.per_day};w={DAY_SECONDS}'}
