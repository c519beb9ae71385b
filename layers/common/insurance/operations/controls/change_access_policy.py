"""Write access policies, take them through their life, and read them."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Final, NamedTuple

from insurance.api_products import API_PRODUCTS
from insurance.domain.control.access_policy import (
    RULES_IN_FORCE_MAX,
    AccessPolicy,
    PolicyText,
    RuleHits,
    RuleScope,
)
from insurance.domain.control.decision import faults_of
from insurance.domain.control.event_types import AccessPolicyEventType
from insurance.domain.control.vocabulary import Sold, is_time_zone
from insurance.domain.core.errors import AccessPolicyNotFound, FieldFault, InvalidFields
from insurance.domain.core.review import ReviewStep
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command, Query
from insurance.operations.controls.ports import AccessPolicyPorts, LoadedPolicy
from insurance.operations.listing import ListPage, ListRange, page_of

EVENTS: Final = {
    ReviewStep.SUBMIT: AccessPolicyEventType.SUBMITTED,
    ReviewStep.SEND_BACK: AccessPolicyEventType.SENT_BACK,
    ReviewStep.APPROVE: AccessPolicyEventType.APPROVED,
    ReviewStep.WITHDRAW: AccessPolicyEventType.WITHDRAWN,
}


def draft_access_policy(
    code: str, text: PolicyText, command: Command, ports: AccessPolicyPorts
) -> Stored[AccessPolicy]:
    """Write a policy of the caller's mode, or a new version of it. What is in force stays.

    Raises:
        InvalidFields: A condition is none, two rules have one code, or there is no such zone, operation, API product,
            product or territory.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The newest version waits for approval.
    """
    mode = command.caller.mode
    sold = Sold(partial(ports.products.codes, mode), partial(ports.products.territories, mode))
    faults = faults_in(text, ports.operations(), sold)
    if faults:
        raise InvalidFields(faults)
    loaded = ports.policies.load(code, command)
    before = loaded.policy
    command.check_revision(before, code)
    by, now = command.actor, command.now
    policy = (
        before.record.redrafted(text, by=by, now=now)
        if before
        else AccessPolicy.drafted(mode, code, text, by=by, now=now)
    )
    return _store(policy, AccessPolicyEventType.DRAFTED, loaded, command, ports)


def advance_access_policy(
    code: str, step: ReviewStep, reason: str, command: Command, ports: AccessPolicyPorts
) -> Stored[AccessPolicy]:
    """Submit a draft, send it back, approve it as another person, or withdraw what is in force.

    Raises:
        AccessPolicyNotFound: There is none in the caller's mode.
        StaleRevision: Somebody else has changed it since the caller read it.
        WrongState: The step does not follow from where the policy stands.
        SamePerson: An author would approve what they wrote.
        InvalidFields: More rules would be in force than can be.
    """
    loaded = ports.policies.load(code, command)
    if loaded.policy is None:
        raise AccessPolicyNotFound(code)
    command.check_revision(loaded.policy, code)
    after = loaded.policy.record.taken(step, by=command.actor, now=command.now, reason=reason)
    others = sum(len(text.rules) for name, text in loaded.in_force.items() if name != code)
    if after.in_force and others + len(after.in_force.rules) > RULES_IN_FORCE_MAX:
        detail = f"At most {RULES_IN_FORCE_MAX} rules are in force together."
        raise InvalidFields([FieldFault("/step", "too-many", detail)])
    return _store(after, EVENTS[step], loaded, command, ports)


class PolicyWithHits(NamedTuple):
    """A policy, and how often its rules have refused a call."""

    stored: Stored[AccessPolicy]
    hits: Mapping[str, RuleHits]


def read_access_policy(code: str, query: Query, ports: AccessPolicyPorts) -> PolicyWithHits:
    """A policy of the caller's mode.

    Raises:
        AccessPolicyNotFound: There is none.
    """
    mode = query.caller.mode
    return PolicyWithHits(ports.policies.get(mode, code), ports.policies.hits(mode, code))


def list_access_policies(
    part: ListRange, query: Query, ports: AccessPolicyPorts
) -> ListPage[AccessPolicy]:
    """Part of the policies of the caller's mode, by their codes."""
    entries = ports.policies.policies(query.caller.mode, part)
    return page_of(entries, part.limit, lambda policy: policy)


def faults_in(text: PolicyText, operations: Collection[str], sold: Sold) -> list[FieldFault]:
    """What is wrong with a policy as it is written, each with its place: a rule about an operation that there is not
    would refuse nothing, and nobody would notice."""
    faults = faults_of(text, sold) if is_time_zone(text.zone) else [UNKNOWN_ZONE]
    codes = [rule.code for rule in text.rules]
    for number, rule in enumerate(text.rules):
        if rule.code in codes[:number]:
            faults.append(FieldFault(f"/rules/{number}/code", "wrong-form", "Name each rule once."))
        if (rule.scope is RuleScope.GLOBAL) is not (rule.name is None):
            faults.append(FieldFault(f"/rules/{number}/name", "one-of", SCOPE))
        elif rule.scope is RuleScope.API_PRODUCT and rule.name not in API_PRODUCTS:
            faults.append(FieldFault(f"/rules/{number}/name", "unknown", UNKNOWN_API_PRODUCT))
        if rule.mask and rule.rate:
            faults.append(FieldFault(f"/rules/{number}/rate", "one-of", EFFECT))
        faults += [
            FieldFault(f"/rules/{number}/operations/{place}", "unknown", UNKNOWN_OPERATION)
            for place, operation in enumerate(rule.operations)
            if operation not in operations
        ]
    return faults


UNKNOWN_ZONE: Final = FieldFault("/zone", "unknown", "Name a zone such as Europe/London.")
UNKNOWN_API_PRODUCT: Final = "Name an API product by its code in the catalogue: quoting."
UNKNOWN_OPERATION: Final = "Name an operation by its id in the definition: createQuote."
EFFECT: Final = "A rule masks or has a rate: write two rules."
SCOPE: Final = (
    "An API product or an application is named by its code or id, and of `global` nothing is."
)


def _store(
    policy: AccessPolicy,
    type: AccessPolicyEventType,
    loaded: LoadedPolicy,
    command: Command,
    ports: AccessPolicyPorts,
) -> Stored[AccessPolicy]:
    event = command.event(policy.id, policy, type, loaded.policy)
    stored = Stored(policy, event.head, None)
    ports.policies.store(event, policy, loaded, command.with_answer(stored))
    return stored
