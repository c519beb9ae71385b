"""Access policies: rules that narrow what a granted caller may do. A policy never grants."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Final, NamedTuple

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.identity import Mode, access_policy_id_for
from insurance.domain.core.review import Reviewed, ReviewedCode, VersionText
from insurance.domain.core.segregation import OfficeDuty
from insurance.domain.core.value import Value

RULES_MAX: Final = 30
"""Of one policy."""
RULES_IN_FORCE_MAX: Final = 300
"""Of all policies of a mode: every function reads them, once a minute."""
OPERATIONS_MAX: Final = 10
RATE_MAX: Final = 1_000_000

AccessPolicyCode = ReviewedCode
RuleCode = AccessPolicyCode
ReasonCode = AccessPolicyCode
ScopeName = AccessPolicyCode
"""Of an API product or an application."""
OperationId = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z]{1,59}$")]
TimeZone = Annotated[
    str, StringConstraints(max_length=60, pattern=r"^[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+){0,2}$")
]
RateCalls = Annotated[int, Field(ge=1, le=RATE_MAX)]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class RuleScope(StrEnum):
    """Whose calls a rule is about."""

    GLOBAL = "global"
    API_PRODUCT = "api_product"
    """Calls of operations that this API product opens."""
    APPLICATION = "application"
    """Calls of one application, and of policyholders who come through it."""


class MaskedClass(StrEnum):
    """Which fields of answers a caller does not see: the widest first."""

    PERSONAL = "personal"
    """What is about a person, the sensitive included."""
    SENSITIVE = "sensitive"
    """What the law protects most, such as health or what a claim tells."""


class RatePeriod(StrEnum):
    """What a rate is of. Each begins where the clock of UTC does: a minute with its second 0."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


LENGTHS: Final = {
    RatePeriod.MINUTE: timedelta(minutes=1),
    RatePeriod.HOUR: timedelta(hours=1),
    RatePeriod.DAY: timedelta(days=1),
}


class Rate(Value):
    """So many calls of one application, of those that a rule is about."""

    calls: RateCalls
    per: RatePeriod

    @property
    def length(self) -> timedelta:
        return LENGTHS[self.per]


class AccessRule(Value):
    """A call that it is about is refused where its condition holds; or answered with fields masked, or up to a rate."""

    code: RuleCode
    reason: ReasonCode
    """What the caller is told."""
    scope: RuleScope = RuleScope.GLOBAL
    name: ScopeName | None = None
    """Which API product or application."""
    operations: Annotated[tuple[OperationId, ...], Field(max_length=OPERATIONS_MAX)] = ()
    """Empty: every operation."""
    mask: MaskedClass | None = None
    """What is masked in the answer."""
    rate: Rate | None = None
    """How many such calls of an application are answered. Neither this nor a mask: none is."""
    when: Condition = "true"
    """An expression, in the language of products (`vocabulary.py` has the names)."""


class PolicyText(VersionText):
    """What a version of a policy says."""

    zone: TimeZone
    """Where `hour` and `weekday` of its conditions are read off the clock."""
    rules: Annotated[tuple[AccessRule, ...], Field(max_length=RULES_MAX)]


class AccessPolicy(Reviewed[PolicyText]):
    """An access policy. Calls are decided by the version in force; without one, by none."""

    KIND = "access policy"
    WRITTEN = OfficeDuty.ACCESS_POLICY_WRITTEN
    APPROVED = OfficeDuty.ACCESS_POLICY_APPROVED

    @classmethod
    def id_for(cls, mode: Mode, code: str) -> str:
        return access_policy_id_for(mode, code)


class RuleHits(NamedTuple):
    """How often a rule has refused a call, since it has its code, and when it did last."""

    refused: int
    last_at: AwareDatetime


type PoliciesInForce = dict[str, PolicyText]
"""What is in force of each policy of a mode, by its code."""
