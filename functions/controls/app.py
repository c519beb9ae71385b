"""Stops and access policies: what holds calls back beside roles and scopes.

No access policy is asked here, so that one that refuses too much can be withdrawn.
"""

from http import HTTPStatus
from typing import Annotated

from insurance import bundles, wiring
from insurance.api.body import Request
from insurance.api.fields import Code, Instant, Subject, Territory
from insurance.api.new_code import new_code
from insurance.api.paging import Page
from insurance.api.router import Api
from insurance.api.views.controls import (
    AccessPolicyListView,
    AccessPolicyView,
    PolicyCheckView,
    PolicyReplayView,
    StopListView,
    StopView,
)
from insurance.api_products import products_of
from insurance.domain.control.access_policy import (
    OPERATIONS_MAX,
    RULES_MAX,
    AccessPolicy,
    AccessRule,
    Condition,
    MaskedClass,
    OperationId,
    PolicyText,
    RateCalls,
    RatePeriod,
    ReasonCode,
    RuleCode,
    RuleScope,
    ScopeName,
    TimeZone,
)
from insurance.domain.control.stop import Activity, Stop, StopCause
from insurance.domain.control.vocabulary import CallFacts
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.errors import (
    AccessPolicyNotFound,
    FieldFault,
    InvalidFields,
    SamePerson,
    TooManyStops,
    WrongState,
)
from insurance.domain.core.review import ReviewStep
from insurance.domain.core.roles import EVERY_ROLE, POLICY_WRITERS, STOPPERS, Role
from insurance.domain.core.scopes import Scope
from insurance.domain.core.stored import Stored
from insurance.domain.partner.partner import PartnerCode
from insurance.operations.command import Command, Query
from insurance.operations.controls.change_access_policy import (
    UNKNOWN_OPERATION,
    PolicyWithHits,
    advance_access_policy,
    draft_access_policy,
    list_access_policies,
    read_access_policy,
)
from insurance.operations.controls.change_stops import (
    ChangedStop,
    StopInput,
    lift_stop,
    list_stops,
    set_stop,
)
from insurance.operations.controls.check_access import CheckedCall, check_access
from insurance.operations.controls.replay_policy import PolicyReplay, replay_access_policy
from insurance.operations.listing import ListPage
from pydantic import Field

stops, policies = bundles.stop_ports(), bundles.access_policy_ports()
api = Api(wiring.stores().staff_idempotency.find_replay)
handler = api.entrypoint()

WHO = {CallerKind.STAFF}
READERS = POLICY_WRITERS | {Role.AUDITOR}
POLICY = "/v1/access-policies/{policy}"


class StopRequest(Request):
    """What is to be held. Without product, territory or partner all of them are."""

    activities: Annotated[list[Activity], Field(min_length=1, max_length=len(Activity))]
    cause: StopCause
    product: Code | None = None
    territory: Territory | None = None
    partner: PartnerCode | None = None
    starts_at: Instant | None = None
    """Absent: at once."""

    def stop(self) -> StopInput:
        return StopInput(
            activities=tuple(self.activities),
            **self.model_dump(exclude={"activities"}),
        )


class LiftRequest(Request):
    """Why it may go on."""

    reason: Code


@api.command(
    "/v1/stops",
    operation_id="setStop",
    summary="Hold quoting, binding, renewing or paying",
    scope=Scope.CONTROLS_WRITE,
    callers=WHO,
    roles=STOPPERS,
    status=HTTPStatus.CREATED,
    shows=StopView.of_changed,
    raises=(TooManyStops,),
)
def post_stop(request: StopRequest, command: Command) -> ChangedStop:
    """One person is enough. Once this is answered, no call that comes later gets past the stop."""
    return set_stop(request.stop(), command, stops)


@api.query(
    "/v1/stops",
    operation_id="listStops",
    summary="List the stops in force",
    scope=Scope.CONTROLS_READ,
    callers=WHO,
    roles=EVERY_ROLE,
    shows=StopListView,
    paged="stops",
)
def get_stops(page: Page, query: Query) -> ListPage[Stop]:
    return list_stops(page, query, stops)


@api.command(
    "/v1/stops/{stop_id}/lift",
    operation_id="liftStop",
    summary="Lift a stop, as one of two people",
    scope=Scope.CONTROLS_WRITE,
    callers=WHO,
    roles=STOPPERS,
    shows=StopView.of_changed,
    raises=(SamePerson,),
)
def post_lift(stop_id: str, request: LiftRequest, command: Command) -> ChangedStop:
    """The first person's call asks for it, and the stop still holds; another person's call lifts it. Who set the
    stop may ask, and does not have the last word."""
    return lift_stop(stop_id, request.reason, command, stops)


class RateRequest(Request):
    """So many calls of an application."""

    calls: RateCalls
    per: RatePeriod


class AccessRuleRequest(Request):
    """A rule: the calls that it is about are refused where its condition holds; or answered with fields masked, or up to
    a rate."""

    code: RuleCode
    reason: ReasonCode
    scope: RuleScope = RuleScope.GLOBAL
    name: ScopeName | None = None
    operations: Annotated[list[OperationId], Field(max_length=OPERATIONS_MAX)] = Field(
        default_factory=list
    )
    mask: MaskedClass | None = None
    rate: RateRequest | None = None
    when: Condition = "true"

    def rule(self) -> AccessRule:
        return AccessRule(
            **self.model_dump(exclude={"operations"}), operations=tuple(self.operations)
        )


class AccessPolicyRequest(Request):
    """What a policy is to say."""

    zone: TimeZone
    rules: Annotated[list[AccessRuleRequest], Field(min_length=1, max_length=RULES_MAX)]

    def text(self) -> PolicyText:
        rules = tuple(rule.rule() for rule in self.rules)
        return PolicyText(version=1, zone=self.zone, rules=rules)


class AccessPolicyStepRequest(Request):
    """What is to become of the policy, and why."""

    step: ReviewStep
    reason: Code


class PolicyCheckRequest(Request):
    """A call that nobody makes."""

    kind: CallerKind
    principal: Subject
    application: Subject | None = None
    """Through which a policyholder comes; an application is its own."""
    partner: PartnerCode | None = None
    roles: Annotated[list[Role], Field(max_length=len(Role))] = Field(default_factory=list)
    scopes: Annotated[list[Scope], Field(max_length=len(Scope))] = Field(default_factory=list)
    operation: OperationId
    product: Code | None = None
    territory: Territory | None = None
    at: Instant | None = None
    """Absent: now."""

    @property
    def through(self) -> str:
        return self.principal if self.kind is CallerKind.APPLICATION else self.application or ""

    def facts(self, query: Query) -> CallFacts:
        """The call, as if it were made in the mode of who asks.

        Raises:
            InvalidFields: There is no such operation.
        """
        path = wiring.operation_paths().get(self.operation)
        if path is None:
            raise InvalidFields([FieldFault("/operation", "unknown", UNKNOWN_OPERATION)])
        return CallFacts(
            **self.model_dump(include={"kind", "product", "territory", "operation"}),
            application=self.through,
            roles=frozenset(self.roles),
            scopes=frozenset(self.scopes),
            partner=self.partner or "",
            mode=query.caller.mode,
            api_products=products_of(path),
            at=self.at or query.now,
            region=wiring.region(),
        )


@api.query(
    "/v1/access-policies",
    operation_id="listAccessPolicies",
    summary="List access policies",
    scope=Scope.CONTROLS_READ,
    callers=WHO,
    roles=READERS,
    shows=AccessPolicyListView,
    paged="access-policies",
)
def get_access_policies(page: Page, query: Query) -> ListPage[AccessPolicy]:
    return list_access_policies(page, query, policies)


@api.query(
    POLICY,
    operation_id="getAccessPolicy",
    summary="Read an access policy",
    scope=Scope.CONTROLS_READ,
    callers=WHO,
    roles=READERS,
    shows=AccessPolicyView.of_read,
    etag=True,
    raises=(AccessPolicyNotFound,),
)
def get_access_policy(policy: str, query: Query) -> PolicyWithHits:
    return read_access_policy(policy, query, policies)


@api.command(
    f"{POLICY}/draft",
    operation_id="draftAccessPolicy",
    summary="Write an access policy, or a new version of it",
    scope=Scope.CONTROLS_WRITE,
    callers=WHO,
    roles=POLICY_WRITERS,
    shows=AccessPolicyView,
    if_match=True,
    raises=(WrongState,),
)
def post_draft(policy: str, request: AccessPolicyRequest, command: Command) -> Stored[AccessPolicy]:
    """The version in force stays until another person approves this one."""
    return draft_access_policy(new_code("policy", policy), request.text(), command, policies)


@api.command(
    f"{POLICY}/steps",
    operation_id="advanceAccessPolicy",
    summary="Submit, send back, approve or withdraw an access policy",
    scope=Scope.CONTROLS_WRITE,
    callers=WHO,
    roles=POLICY_WRITERS,
    shows=AccessPolicyView,
    if_match=True,
    raises=(AccessPolicyNotFound, SamePerson, WrongState),
)
def post_policy_step(
    policy: str, request: AccessPolicyStepRequest, command: Command
) -> Stored[AccessPolicy]:
    """Who wrote on a version does not approve it. What is in force decides calls within a minute."""
    return advance_access_policy(policy, request.step, request.reason, command, policies)


@api.query(
    f"{POLICY}/replay",
    method="POST",
    operation_id="replayAccessPolicy",
    summary="Say what an access policy would have refused of the last day's calls",
    scope=Scope.CONTROLS_READ,
    callers=WHO,
    roles=READERS,
    shows=PolicyReplayView,
    raises=(AccessPolicyNotFound,),
)
def post_replay(policy: str, query: Query) -> PolicyReplay:
    """Its newest version, which may be a draft, decides by itself, as the edge would have. It sees the calls that access
    policies are asked about. Those that the gateway, a scope, a role, a quota or a wrong request refused are not among them."""
    return replay_access_policy(policy, query, policies)


@api.query(
    "/v1/policy-checks",
    method="POST",
    operation_id="checkAccess",
    summary="Say whether access policies would refuse a call, and which rule decides",
    scope=Scope.CONTROLS_READ,
    callers=WHO,
    roles=READERS,
    shows=PolicyCheckView,
)
def post_policy_check(request: PolicyCheckRequest, query: Query) -> CheckedCall:
    """By the function that decides calls, and by what is in force now. Scopes and roles are asked before it: this
    says nothing of them."""
    return check_access(request.facts(query), query, policies)
