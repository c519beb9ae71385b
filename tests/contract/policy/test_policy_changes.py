"""What the store of changed policies promises, in memory and on a real engine alike."""

from datetime import timedelta
from typing import Any

import pytest
from insurance.domain.contract.proration import Share
from insurance.domain.core.errors import PolicyNotFound, StaleRevision
from insurance.domain.core.identity import policy_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.policy import (
    ChangedAnswers,
    ChargeKind,
    ChargeLine,
    Computation,
    Policy,
    Terms,
    Transaction,
    TransactionKind,
)
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.idempotency import AlreadyAnswered

from tests.support.builders import (
    LATER,
    NOW,
    PREMIUM,
    QUOTE_ID,
    gbp,
    make_command,
    next_event,
)
from tests.support.stores import Stores, accept, add_quote, issue

ENDORSE = "test POST /v1/policies/{policy_id}/endorsements"
POLICY_ID = policy_id_for(QUOTE_ID)


def endorsed(policy: Policy, mileage: int) -> Policy:
    number = policy.next_number
    line = ChargeLine(kind=ChargeKind.NET, code="net", name="Net premium", amount=gbp("9.99"))
    made = Transaction(
        number=number,
        kind=TransactionKind.ENDORSEMENT,
        effective_at=policy.period.start + timedelta(days=number),
        processed_at=LATER,
        actor="app_one",
        terms=Terms(looked_up=policy.looked_up, covers=policy.covers, premium=PREMIUM),
        computation=Computation(
            method="pro_rata",
            share=Share(part=1, whole=365, unit="days"),
            lines=(line,),
            total=gbp("9.99"),
        ),
    )
    asked: dict[str, Any] = {"annual_mileage": mileage}
    answers = {**(policy.answers or {}), **asked}
    changed = {**(policy.changed or {}), str(number): ChangedAnswers(asked=asked, answers=answers)}
    return policy.replace(transactions=(*policy.transactions, made), changed=changed)


def change(stores: Stores, before: Stored[Policy], key: str, hours: int = 1) -> Stored[Policy]:
    policy = endorsed(before.record, 9_000 + hours)
    event = next_event(
        before.head,
        policy,
        before.key,
        type=PolicyEventType.ENDORSED,
        now=NOW + timedelta(hours=hours),
    )
    kept = Stored(policy, event.head, before.key)
    command = make_command(key, operation=ENDORSE).with_answer(kept)
    stores.changes.change(event, kept, before=before, command=command)
    return kept


@pytest.fixture
def issued(stores: Stores) -> Stored[Policy]:
    return issue(stores, accept(stores, add_quote(stores)))


def test_a_changed_policy_comes_back_as_the_change_left_it(stores, issued):
    changed = change(stores, issued, "one")

    found = stores.changes.get(POLICY_ID)

    assert found.record == changed.record
    assert found.head == changed.head
    assert stores.policies.get(POLICY_ID).record == changed.record


def test_a_second_change_stands_on_the_first(stores, issued):
    second = change(stores, change(stores, issued, "one"), "two", hours=2)

    assert stores.changes.get(POLICY_ID).record == second.record
    assert second.head.sequence == 3


def test_claims_see_the_changed_policy(stores, issued):
    changed = change(stores, issued, "one")

    assert stores.claims.load_policy(POLICY_ID, None).policy.record == changed.record


def test_a_change_of_a_policy_that_moved_on_is_stale(stores, issued):
    change(stores, issued, "one")

    with pytest.raises(StaleRevision):
        change(stores, issued, "two")


def test_a_repeated_change_is_answered_as_at_first(stores, issued):
    change(stores, issued, "one")

    with pytest.raises(AlreadyAnswered):
        change(stores, issued, "one")
    with pytest.raises(AlreadyAnswered):
        stores.changes.load(POLICY_ID, make_command("one", operation=ENDORSE))


def test_a_policy_that_nobody_issued_is_not_found(stores):
    with pytest.raises(PolicyNotFound):
        stores.changes.load(POLICY_ID, make_command("one", operation=ENDORSE))


@pytest.mark.parametrize("known_after", range(1, 14))
def test_a_policy_as_known_is_what_its_last_event_up_to_then_left(stores, issued, known_after):
    versions = [issued]
    for hours in range(2, 14):
        versions.append(change(stores, versions[-1], f"change-{hours}", hours=hours))

    found = stores.changes.as_known(POLICY_ID, NOW + timedelta(hours=known_after))

    assert found.record == versions[known_after - 1].record
    assert found.head == versions[known_after - 1].head


def test_before_its_first_event_a_policy_is_not_known(stores, issued):
    with pytest.raises(PolicyNotFound):
        stores.policies.as_known(POLICY_ID, NOW - timedelta(hours=1))
