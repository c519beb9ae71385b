"""Access policies: rules that narrow what a granted caller may do. A policy never grants.

A policy has a draft, which is written, submitted and approved by different people, and the version in
force, which stays until another is approved or it is withdrawn.
"""

from enum import StrEnum
from typing import Annotated, Final, NamedTuple, Self

from pydantic import AwareDatetime, Field, StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import Mode, access_policy_id_for
from insurance.domain.core.segregation import OfficeDuty, check_segregation
from insurance.domain.core.value import Value

RULES_MAX: Final = 30
"""Of one policy."""
VERSIONS_MAX: Final = 1_000_000
RULES_IN_FORCE_MAX: Final = 300
"""Of all policies of a mode: every function reads them, once a minute."""
OPERATIONS_MAX: Final = 10

AccessPolicyCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
RuleCode = AccessPolicyCode
ReasonCode = AccessPolicyCode
ScopeName = AccessPolicyCode
"""Of an API product or an application."""
OperationId = Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z]{1,59}$")]
TimeZone = Annotated[
    str, StringConstraints(max_length=60, pattern=r"^[A-Z][A-Za-z]+(/[A-Z][A-Za-z_-]+){0,2}$")
]
Condition = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class RuleScope(StrEnum):
    """Whose calls a rule is about."""

    GLOBAL = "global"
    API_PRODUCT = "api_product"
    """Calls of operations that this API product opens."""
    APPLICATION = "application"
    """Calls of one application."""


class AccessRule(Value):
    """A call that it is about is refused where its condition holds."""

    code: RuleCode
    reason: ReasonCode
    """What the caller is told."""
    scope: RuleScope = RuleScope.GLOBAL
    name: ScopeName | None = None
    """Which API product or application."""
    operations: Annotated[tuple[OperationId, ...], Field(max_length=OPERATIONS_MAX)] = ()
    """Empty: every operation."""
    when: Condition = "true"
    """An expression, in the language of products (`vocabulary.py` has the names)."""


class PolicyText(Value):
    """What a version of a policy says."""

    version: int
    zone: TimeZone
    """Where `hour` and `weekday` of its conditions are read off the clock."""
    rules: Annotated[tuple[AccessRule, ...], Field(max_length=RULES_MAX)]


class AccessPolicyStatus(StrEnum):
    """Where the newest version stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    """Waits for another person."""
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


class AccessPolicyStep(StrEnum):
    """What people do with a policy that is written."""

    SUBMIT = "submit"
    SEND_BACK = "send_back"
    APPROVE = "approve"
    WITHDRAW = "withdraw"


NEXT: Final = {
    (AccessPolicyStatus.DRAFT, AccessPolicyStep.SUBMIT): AccessPolicyStatus.SUBMITTED,
    (AccessPolicyStatus.SUBMITTED, AccessPolicyStep.SEND_BACK): AccessPolicyStatus.DRAFT,
    (AccessPolicyStatus.SUBMITTED, AccessPolicyStep.APPROVE): AccessPolicyStatus.IN_FORCE,
}


class AccessPolicy(Record):
    """An access policy of one mode."""

    id: Internal[str]
    code: Internal[AccessPolicyCode]
    status: Internal[AccessPolicyStatus]
    text: Internal[PolicyText]
    """The newest version."""
    authors: Internal[tuple[str, ...]]
    """Everybody who wrote on the newest version."""
    approved_by: Internal[str | None] = None
    reason: Internal[ReasonCode | None] = None
    """Why the last step was taken."""
    changed_at: Internal[AwareDatetime]
    in_force: Internal[PolicyText | None] = None
    """The version by which calls are decided; None: no calls are."""

    @classmethod
    def drafted(
        cls, mode: Mode, code: str, text: PolicyText, *, by: str, now: AwareDatetime
    ) -> Self:
        return cls(
            id=access_policy_id_for(mode, code),
            code=code,
            status=AccessPolicyStatus.DRAFT,
            text=text,
            authors=(by,),
            changed_at=now,
        )

    def redrafted(self, text: PolicyText, *, by: str, now: AwareDatetime) -> Self:
        """Other rules: of the draft that there is, or of a new version. What is in force stays.

        Raises:
            WrongState: The newest version waits for approval.
        """
        if self.status is AccessPolicyStatus.SUBMITTED:
            raise WrongState(self.title, self.status, "be written")
        is_draft = self.status is AccessPolicyStatus.DRAFT
        authors = tuple(dict.fromkeys([*self.authors, by])) if is_draft else (by,)
        version = self.text.version + (0 if is_draft else 1)
        return self.replace(
            status=AccessPolicyStatus.DRAFT,
            text=text.replace(version=version),
            authors=authors,
            approved_by=None,
            reason=None,
            changed_at=now,
        )

    def taken(self, step: AccessPolicyStep, *, by: str, now: AwareDatetime, reason: str) -> Self:
        """The policy after a step.

        Raises:
            WrongState: The step does not follow from where the policy stands.
            SamePerson: An author would approve what they wrote.
        """
        after = (
            self._withdrawn if step is AccessPolicyStep.WITHDRAW else NEXT.get((self.status, step))
        )
        if after is None:
            raise WrongState(self.title, self.status, step)
        if step is AccessPolicyStep.APPROVE:
            for author in self.authors:
                done = {OfficeDuty.ACCESS_POLICY_WRITTEN: author}
                check_segregation(OfficeDuty.ACCESS_POLICY_APPROVED, by, done, self.title)
        in_force = {
            AccessPolicyStep.APPROVE: self.text,
            AccessPolicyStep.WITHDRAW: None,
        }.get(step, self.in_force)
        approved_by = by if step is AccessPolicyStep.APPROVE else self.approved_by
        return self.replace(
            status=after, in_force=in_force, approved_by=approved_by, reason=reason, changed_at=now
        )

    @property
    def _withdrawn(self) -> AccessPolicyStatus | None:
        """Where the newest version stands when what is in force is withdrawn: a draft stays one. None: nothing is."""
        if self.in_force is None:
            return None
        is_newest = self.status is AccessPolicyStatus.IN_FORCE
        return AccessPolicyStatus.WITHDRAWN if is_newest else self.status

    @property
    def title(self) -> str:
        return f"access policy {self.code}"


class RuleHits(NamedTuple):
    """How often a rule has refused a call, since it has its code, and when it did last."""

    refused: int
    last_at: AwareDatetime


type PoliciesInForce = dict[str, PolicyText]
"""What is in force of each policy of a mode, by its code."""
