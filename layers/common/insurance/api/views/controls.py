"""How stops and access policies are shown."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field

from insurance.api.etag import etag
from insurance.api.fields import Code, Subject, Territory
from insurance.api.paging import Page
from insurance.api.views.terms import Shown, View
from insurance.domain.control.access_policy import (
    OPERATIONS_MAX,
    RULES_IN_FORCE_MAX,
    RULES_MAX,
    AccessPolicy,
    AccessPolicyCode,
    Condition,
    MaskedClass,
    OperationId,
    RateCalls,
    RatePeriod,
    ReasonCode,
    RuleCode,
    RuleScope,
    ScopeName,
    TimeZone,
)
from insurance.domain.control.decision import CompiledRule
from insurance.domain.control.replay import CALLS_MAX, EXAMPLES_MAX, RefusedGroup, RuleCount
from insurance.domain.control.stop import Activity, Stop, StopCause
from insurance.domain.core.caller import CallerKind
from insurance.domain.core.identity import StopId
from insurance.domain.core.review import VERSIONS_MAX, ReviewStatus
from insurance.domain.core.stored import Stored
from insurance.domain.partner.partner import PartnerCode
from insurance.operations.controls.change_access_policy import PolicyWithHits
from insurance.operations.controls.change_stops import ChangedStop
from insurance.operations.controls.check_access import CheckedCall
from insurance.operations.controls.replay_policy import PolicyReplay
from insurance.operations.listing import ListPage


class StopStatus(StrEnum):
    """How far it is from being lifted."""

    IN_FORCE = "in_force"
    LIFT_REQUESTED = "lift_requested"
    """It holds until another person lifts it."""
    LIFTED = "lifted"


class StopView(View):
    """A stop."""

    id: StopId
    status: StopStatus
    activities: Annotated[list[Activity], Field(max_length=len(Activity))]
    product: str | None
    territory: str | None
    partner: str | None
    cause: StopCause
    starts_at: datetime | None
    set_by: Subject
    set_at: datetime
    lift_requested_by: Subject | None
    lift_reason: Code | None
    lifted_by: Subject | None
    lifted_at: datetime | None

    @classmethod
    def of(cls, stop: Stop) -> Self:
        return cls(**_shown(stop, is_lifted=False))

    @classmethod
    def of_changed(cls, changed: ChangedStop) -> Self:
        return cls(**_shown(changed.stop, is_lifted=changed.is_lifted))


class StopListView(View):
    """A page of the stops that nobody has lifted, by their ids."""

    items: list[StopView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, stops: ListPage[Stop], *, page: Page) -> Self:
        return cls(
            items=[StopView.of(stop) for stop in stops.items],
            next=page.next(stops.next) if stops.next else None,
        )


def _shown(stop: Stop, *, is_lifted: bool) -> dict[str, Any]:
    asked = StopStatus.LIFT_REQUESTED if stop.lift_requested_by else StopStatus.IN_FORCE
    return {**stop.__dict__, "status": StopStatus.LIFTED if is_lifted else asked}


class RateView(Shown):
    """So many calls of an application."""

    calls: RateCalls
    per: RatePeriod


class AccessRuleView(Shown):
    """A rule: the calls that it is about are refused where its condition holds; or answered with fields masked, or up to
    a rate."""

    code: RuleCode
    reason: ReasonCode
    scope: RuleScope
    name: ScopeName | None
    operations: Annotated[list[OperationId], Field(max_length=OPERATIONS_MAX)]
    mask: MaskedClass | None
    rate: RateView | None
    when: Condition


class PolicyTextView(Shown):
    """What a version of a policy says."""

    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    zone: TimeZone
    rules: Annotated[list[AccessRuleView], Field(max_length=RULES_MAX)]


class AccessPolicyEntryView(Shown):
    """An access policy in a list."""

    code: AccessPolicyCode
    status: ReviewStatus
    changed_at: datetime


class RuleHitsView(Shown):
    """How often a rule has refused a call."""

    rule: RuleCode
    refused: Annotated[int, Field(ge=1, le=CALLS_MAX)]
    last_at: datetime


class AccessPolicyView(View):
    """An access policy: its newest version, and the one in force."""

    code: AccessPolicyCode
    status: ReviewStatus
    newest: PolicyTextView
    in_force: PolicyTextView | None
    authors: list[Subject]
    approved_by: Subject | None
    reason: ReasonCode | None
    changed_at: datetime
    hits: Annotated[list[RuleHitsView], Field(max_length=2 * RULES_MAX)] | None = None

    @classmethod
    def of_read(cls, read: PolicyWithHits) -> Self:
        """With what its rules have refused. The tag moves with the counts, and names the policy's revision all the same."""
        view, policy = cls.of(read.stored), read.stored.record
        texts = [policy.text, *([policy.in_force] if policy.in_force else [])]
        there = {rule.code for text in texts for rule in text.rules}
        counted = sum(hits.refused for hits in read.hits.values())
        view.etag = etag(read.stored.head.sequence, f"access-policy-{counted}")
        view.hits = [
            RuleHitsView(rule=rule, refused=hits.refused, last_at=hits.last_at)
            for rule, hits in sorted(read.hits.items())
            if rule in there
        ]
        return view

    @classmethod
    def of(cls, stored: Stored[AccessPolicy]) -> Self:
        policy = stored.record
        return cls(
            etag=etag(stored.head.sequence, "access-policy"),
            code=policy.code,
            status=policy.status,
            newest=PolicyTextView.of(policy.text),
            in_force=PolicyTextView.of(policy.in_force) if policy.in_force else None,
            authors=list(policy.authors),
            approved_by=policy.approved_by,
            reason=policy.reason,
            changed_at=policy.changed_at,
        )


class AccessPolicyListView(View):
    """A page of access policies, by their codes."""

    items: list[AccessPolicyEntryView]
    next: str | None
    """The `after` of the next page; absent on the last page."""

    @classmethod
    def of(cls, policies: ListPage[AccessPolicy], *, page: Page) -> Self:
        return cls(
            items=[AccessPolicyEntryView.of(policy) for policy in policies.items],
            next=page.next(policies.next) if policies.next else None,
        )


class AccessDecision(StrEnum):
    """What access policies say to a call. They grant nothing: scopes and roles are asked before."""

    REFUSED = "refused"
    NOT_REFUSED = "not_refused"


class RuleRateView(Shown):
    """A rule that has a rate for a call."""

    policy: AccessPolicyCode
    rule: RuleCode
    calls: RateCalls
    per: RatePeriod

    @classmethod
    def all_of(cls, rules: Sequence[CompiledRule]) -> list[Self]:
        return [
            cls(policy=by.policy, rule=by.rule.code, calls=by.rule.rate.calls, per=by.rule.rate.per)
            for by in rules
            if by.rule.rate
        ]


class PolicyCheckView(View):
    """How a call would be decided by the access policies in force."""

    decision: AccessDecision
    policy: AccessPolicyCode | None
    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)] | None
    rule: RuleCode | None
    reason: ReasonCode | None
    mask: MaskedClass | None
    rates: Annotated[list[RuleRateView], Field(max_length=RULES_IN_FORCE_MAX)]
    rules_in_force: Annotated[int, Field(ge=0, le=RULES_IN_FORCE_MAX)]

    @classmethod
    def of(cls, checked: CheckedCall) -> Self:
        by = checked.decided.refused_by or checked.decided.masked_by
        return cls(
            decision=AccessDecision.REFUSED
            if checked.decided.refused_by
            else AccessDecision.NOT_REFUSED,
            policy=by.policy if by else None,
            version=by.version if by else None,
            rule=by.rule.code if by else None,
            reason=by.rule.reason if by else None,
            mask=by.rule.mask if by else None,
            rates=RuleRateView.all_of(checked.decided.slowed_by),
            rules_in_force=checked.rules,
        )


class ReplayedRuleView(Shown):
    """A rule of the version that was tried."""

    rule: RuleCode
    reason: ReasonCode
    calls: Annotated[int, Field(ge=0, le=CALLS_MAX)]

    @classmethod
    def of(cls, count: RuleCount) -> Self:
        return cls(rule=count.rule.code, reason=count.rule.reason, calls=count.calls)


class RefusedCallsView(Shown):
    """Calls of one kind that would have been refused: whose, but not which person's."""

    rule: RuleCode
    kind: CallerKind
    partner: PartnerCode | None
    operation: OperationId
    product: Code | None
    territory: Territory | None
    calls: Annotated[int, Field(ge=1, le=CALLS_MAX)]

    @classmethod
    def of(cls, group: RefusedGroup) -> Self:
        facts = group.facts
        return cls(
            rule=group.rule.code,
            kind=CallerKind(facts.kind),
            partner=facts.partner or None,
            operation=facts.operation,
            product=facts.product,
            territory=facts.territory,
            calls=group.calls,
        )


class PolicyReplayView(View):
    """What the newest version of an access policy would have refused of the last day's calls."""

    policy: AccessPolicyCode
    version: Annotated[int, Field(ge=1, le=VERSIONS_MAX)]
    since: datetime
    until: datetime
    is_complete: bool
    calls: Annotated[int, Field(ge=0, le=CALLS_MAX)]
    refused: Annotated[int, Field(ge=0, le=CALLS_MAX)]
    refused_before: Annotated[int, Field(ge=0, le=CALLS_MAX)]
    masked: Annotated[int, Field(ge=0, le=CALLS_MAX)]
    rules: Annotated[list[ReplayedRuleView], Field(max_length=RULES_MAX)]
    examples: Annotated[list[RefusedCallsView], Field(max_length=EXAMPLES_MAX)]

    @classmethod
    def of(cls, replay: PolicyReplay) -> Self:
        found = replay.found
        return cls(
            policy=replay.policy.code,
            version=replay.policy.text.version,
            since=replay.since,
            until=replay.until,
            is_complete=replay.is_complete,
            calls=found.calls,
            refused=found.refused,
            refused_before=found.refused_before,
            masked=found.masked,
            rules=[ReplayedRuleView.of(count) for count in found.by_rule],
            examples=[RefusedCallsView.of(group) for group in found.examples],
        )
