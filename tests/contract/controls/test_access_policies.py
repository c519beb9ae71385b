"""What the store of access policies promises, in memory and on a real engine alike."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
from insurance.domain.control.access_policy import (
    AccessPolicy,
    AccessRule,
    PolicyText,
    RuleHits,
)
from insurance.domain.control.decision import CompiledRule
from insurance.domain.control.event_types import AccessPolicyEventType
from insurance.domain.core.errors import (
    AccessPolicyNotFound,
    InvalidFields,
    SamePerson,
    StaleRevision,
    WrongState,
)
from insurance.domain.core.identity import Mode
from insurance.domain.core.review import ReviewStep
from insurance.domain.core.stored import Stored
from insurance.dynamodb.controls.rules_in_force import RULES_SECONDS, DynamoDBAccessRules
from insurance.dynamodb.tables import Tables
from insurance.operations.controls.change_access_policy import (
    advance_access_policy,
    draft_access_policy,
)
from insurance.operations.controls.ports import AccessPolicyPorts, CallLog
from insurance.operations.idempotency import AlreadyAnswered

from tests.fakes.memory import Memory
from tests.support.driving.parts import catalogue_in_memory
from tests.support.engine import make_tables
from tests.support.partners_at_work import command
from tests.support.stores import Stores, on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

APPROVED = AccessPolicyEventType.APPROVED
SUBMIT, APPROVE, WITHDRAW = (
    ReviewStep.SUBMIT,
    ReviewStep.APPROVE,
    ReviewStep.WITHDRAW,
)


class PartOf(NamedTuple):
    after: str = ""
    limit: int = 2


def text(when: str = "true") -> PolicyText:
    rules = (AccessRule(code="one", reason="not_agreed", when=when),)
    return PolicyText(version=1, zone="Europe/London", rules=rules)


def _no_replay() -> CallLog:
    raise AssertionError("no store of policies reads the log of calls")


class Desk:
    """Ann writes, Ben approves."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.ports = AccessPolicyPorts(
            stores.access_policies,
            products=catalogue_in_memory(Memory()),
            call_log=_no_replay,
            operations=lambda: {"createQuote"},
        )
        self._keys = iter(range(100))

    def write(self, code: str = "hours", when: str = "true") -> Stored[AccessPolicy]:
        given = command(f"write-{next(self._keys)}")
        return draft_access_policy(code, text(when), given, self.ports)

    def step(self, step: ReviewStep, by: str = "ann", code: str = "hours") -> Stored[AccessPolicy]:
        given = command(f"step-{next(self._keys)}", by=by)
        return advance_access_policy(code, step, "agreed", given, self.ports)

    def in_force(self, code: str = "hours", when: str = "true") -> Stored[AccessPolicy]:
        self.write(code, when)
        self.step(SUBMIT, code=code)
        return self.step(APPROVE, "ben", code)


@pytest.fixture
def desk(stores: Stores) -> Desk:
    return Desk(stores)


def test_what_another_person_approved_is_in_force_until_it_is_withdrawn(desk: Desk) -> None:
    store = desk.stores.access_policies
    approved = desk.in_force()

    assert store.get(Mode.TEST, "hours") == approved
    assert store.in_force(Mode.TEST) == {"hours": text()}
    assert store.in_force(Mode.LIVE) == {}
    desk.step(WITHDRAW)
    assert store.in_force(Mode.TEST) == {}


def test_nobody_approves_what_they_wrote(desk: Desk) -> None:
    desk.write()
    desk.step(SUBMIT)

    with pytest.raises(SamePerson):
        desk.step(APPROVE)


def test_what_is_in_force_stays_until_the_next_version_is_approved(desk: Desk) -> None:
    desk.in_force()
    desk.in_force("other")

    draft = desk.write(when="hour < 6").record

    store = desk.stores.access_policies
    assert (draft.text.version, store.in_force(Mode.TEST)["hours"].version) == (2, 1)
    desk.step(SUBMIT)
    with pytest.raises(WrongState):
        desk.write()
    desk.step(APPROVE, "ben")
    assert {code: each.version for code, each in store.in_force(Mode.TEST).items()} == {
        "hours": 2,
        "other": 1,
    }


def test_refusals_are_counted_by_rule_and_mode(desk: Desk) -> None:
    store, rules = desk.stores.access_policies, desk.stores.access_rules
    one, two = (
        CompiledRule("hours", 1, AccessRule(code=code, reason="not_agreed"), lambda _: True)
        for code in ("one", "two")
    )
    first, later = datetime(2026, 11, 30, 9, tzinfo=UTC), datetime(2026, 11, 30, 10, tzinfo=UTC)

    rules.note_refusal(one, Mode.TEST, first)
    rules.note_refusal(one, Mode.TEST, later)
    rules.note_refusal(two, Mode.TEST, first)

    assert store.hits(Mode.TEST, "hours") == {"one": RuleHits(2, later), "two": RuleHits(1, first)}
    assert store.hits(Mode.LIVE, "hours") == store.hits(Mode.TEST, "other") == {}


def test_what_cannot_be_read_is_not_written(desk: Desk) -> None:
    with pytest.raises(InvalidFields) as refused:
        desk.write(when="premium > 3")

    assert [fault.pointer for fault in refused.value.faults] == ["/rules/0/when"]
    with pytest.raises(AccessPolicyNotFound):
        desk.stores.access_policies.get(Mode.TEST, "hours")


def test_policies_are_listed_by_their_codes(desk: Desk) -> None:
    for code in ("c", "a", "b"):
        desk.write(code)
    listed = desk.stores.access_policies.policies

    assert [entry.position for entry in listed(Mode.TEST, PartOf())] == ["a", "b"]
    assert [entry.position for entry in listed(Mode.TEST, PartOf("b"))] == ["c"]
    assert listed(Mode.LIVE, PartOf()) == []


def test_two_policies_that_come_into_force_at_once_are_both_there_or_one_decides_again(
    desk: Desk,
) -> None:
    for code in ("a", "b"):
        desk.write(code)
        desk.step(SUBMIT, code=code)
    slow = command("slow", by="ben")
    loaded = desk.stores.access_policies.load("a", slow)
    desk.step(APPROVE, "ben", "b")
    assert loaded.policy is not None
    approved = loaded.policy.record.taken(APPROVE, by="ben", now=slow.now, reason="agreed")
    event = slow.event(approved.id, approved, APPROVED, loaded.policy)

    with pytest.raises(StaleRevision):
        desk.stores.access_policies.store(event, approved, loaded, slow.with_answer(None))
    desk.step(APPROVE, "ben", "a")
    assert desk.stores.access_policies.in_force(Mode.TEST).keys() == {"a", "b"}


def test_a_repeated_command_is_answered_as_the_first_was(desk: Desk) -> None:
    draft_access_policy("hours", text(), command("same"), desk.ports)

    with pytest.raises(AlreadyAnswered):
        draft_access_policy("hours", text(), command("same"), desk.ports)


def test_a_process_reads_the_rules_again_after_a_minute(dynamodb: "DynamoDBClient") -> None:
    tables = make_tables(dynamodb)
    desk = Desk(on_dynamodb(dynamodb, tables))
    clock = [1000.0]
    rules = DynamoDBAccessRules(dynamodb, Tables(tables.__getitem__), now=lambda: clock[0])
    assert rules.ruleset(Mode.TEST) is None

    desk.in_force()
    clock[0] += RULES_SECONDS - 0.01
    assert rules.ruleset(Mode.TEST) is None
    clock[0] += 0.01
    ruleset = rules.ruleset(Mode.TEST)
    assert ruleset is not None
    assert [rule.id for rule in ruleset.rules] == ["hours/one"]
    desk.step(WITHDRAW)
    clock[0] += RULES_SECONDS
    assert rules.ruleset(Mode.TEST) is None
