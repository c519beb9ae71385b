"""What a caller's usage plan lets through, as every answer says it.

`RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10: so many requests (`q`) in so many seconds (`w`). API
Gateway counts the calls of a second and a day, and tells functions nothing of what is left; those of a month are
counted by us (`quota.py`), and `RateLimit` says how many are left (`r`) and when it begins anew (`t`).
"""

from collections.abc import Mapping
from typing import Any, Final

from insurance.domain.partner.plans import PLANS

POLICY: Final = "RateLimit-Policy"
LIMIT: Final = "RateLimit"
DAY_SECONDS: Final = 86_400
ISSUE: Final = ("POST", "/v1/policies")
"""The operation that each plan lets through at a rate of its own."""


def rate_limits(event: Mapping[str, Any]) -> dict[str, str]:
    """The header of an answer to this call; none where no plan counts it."""
    plan = PLANS.get((event["requestContext"].get("authorizer") or {}).get("plan", ""))
    if plan is None:
        return {}
    rate = plan.per_second
    if plan.issues_per_second and (event["httpMethod"], event["path"].rstrip("/")) == ISSUE:
        rate = plan.issues_per_second
    return {POLICY: f'"second";q={rate};w=1, "day";q={plan.per_day};w={DAY_SECONDS}'}
