"""Running totals are kept beside the claims and change in their transactions, in both stores."""

from collections.abc import Sequence

import pytest
from insurance.domain.claim import Claim
from insurance.domain.claim.event_types import ClaimEventType
from insurance.domain.core.errors import LimitMoved, StaleRevision
from insurance.domain.core.event import StreamPosition
from insurance.domain.core.house_authority import RunningTotal
from insurance.domain.core.identity import mode_of
from insurance.domain.core.running_totals import LimitMovement, Pool, taken_of
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy

from tests.support.builders import gbp, make_claim, make_command, next_event
from tests.support.stores import NOTIFY, SETTLE, Stores, accept, add_quote, issue, two_claims

HANDLER = Pool(RunningTotal.HANDLER_DAY, "test#GBP#2026-03-11#staff-kim", gbp("10"))
ACCOUNT = Pool(RunningTotal.PAYEE_ACCOUNT, "test#GBP#2026-03#20201555555555", gbp("10"))


def claim_of(policy: Policy, ending: str) -> Claim:
    claim = make_claim(policy)
    return claim.replace(id=claim.id[:-6] + ending)


def taken(pool: Pool, kept_in: str | None, change: int, room: int) -> LimitMovement:
    return LimitMovement(pool.total, change, room, kept_in)


def store(stores: Stores, claim: Claim, key: str, totals: Sequence[LimitMovement]) -> None:
    before = stores.claims.load(claim.id, make_command(key, operation=SETTLE)).claim
    event = next_event(before.head, before.record, before.key, type=ClaimEventType.SETTLED)
    answered = Stored(before.record, event.head, before.key)
    command = make_command(key, operation=SETTLE).with_answer(answered)
    stores.claims.change(event, before.record, before=before, command=command, totals=totals)


def test_what_counts_to_a_total_is_read_by_the_next_one(stores: Stores):
    first, second = two_claims(stores)
    stores.index_keys.token(mode_of(first.id), "any", "makes the key")
    empty = stores.claims.totals([HANDLER, ACCOUNT])
    assert [room.used for room in empty] == [gbp("0"), gbp("0")]
    unseen = [room._replace(used=None) for room in empty]
    assert stores.claims.totals([HANDLER, ACCOUNT], look=False) == unseen

    for number, claim in enumerate((first, second)):
        store(stores, claim, f"s-{number}", taken_of(empty, gbp("5")))

    full = [room._replace(used=gbp("10")) for room in empty]
    assert stores.claims.totals([HANDLER, ACCOUNT]) == full


def test_a_total_is_passed_by_nobody_and_nothing_is_stored_then(stores: Stores):
    first, second = two_claims(stores)
    kept_in = HANDLER.id
    store(stores, first, "s-1", [taken(HANDLER, kept_in, 600, 400)])

    with pytest.raises(LimitMoved):
        store(stores, second, "s-2", [taken(HANDLER, kept_in, 600, 400)])

    assert [room.used for room in stores.claims.totals([HANDLER])] == [gbp("6")]
    assert stores.claims.get(second.id).record == second


def test_a_policys_total_stands_beside_its_register(stores: Stores):
    policy = issue(stores, accept(stores, add_quote(stores)))
    context = stores.claims.load_policy(policy.record.id, None)

    def notify(claim: Claim, key: str, room: int) -> None:
        event = next_event(
            StreamPosition(), claim, policy.key, type=ClaimEventType.NOTIFIED_AND_SETTLED
        )
        answered = Stored(claim, event.head, policy.key)
        command = make_command(key, operation=NOTIFY).with_answer(answered)
        total = (LimitMovement(RunningTotal.POLICY, 400, room),)
        found = stores.claims.load_policy(policy.record.id, None)
        stores.claims.notify(event, claim, context=found, command=command, totals=total)

    first, second = (claim_of(policy.record, ending) for ending in ("yyyyyy", "zzzzzz"))
    notify(first, "n-1", 600)
    with pytest.raises(LimitMoved):
        notify(second, "n-2", 399)
    notify(second, "n-3", 400)

    found = stores.claims.load_policy(policy.record.id, None)
    assert context.used == {}
    assert found.used == {RunningTotal.POLICY: 800}
    assert [noticed.claim_id for noticed in found.noticed] == [first.id, second.id]
    assert found.register_revision == 2


def test_a_notice_that_comes_second_is_told_so_and_not_that_a_total_moved(stores: Stores):
    policy = issue(stores, accept(stores, add_quote(stores)))
    stale = stores.claims.load_policy(policy.record.id, None)

    def notify(claim: Claim, key: str) -> None:
        event = next_event(StreamPosition(), claim, policy.key, type=ClaimEventType.NOTIFIED)
        answered = Stored(claim, event.head, policy.key)
        command = make_command(key, operation=NOTIFY).with_answer(answered)
        stores.claims.notify(event, claim, context=stale, command=command)

    notify(claim_of(policy.record, "yyyyyy"), "n-1")
    with pytest.raises(StaleRevision):
        notify(claim_of(policy.record, "zzzzzz"), "n-2")


def test_an_account_stands_nowhere_in_clear(dynamodb_stores: Stores):
    stores = dynamodb_stores
    assert stores.claims.totals([ACCOUNT]) == []  # there is no key for hashes yet

    stores.index_keys.token(mode_of("clm_test_1"), "any", "makes the key")

    [kept] = stores.claims.totals([ACCOUNT])
    assert "20201555555555" not in str(kept.pool)
