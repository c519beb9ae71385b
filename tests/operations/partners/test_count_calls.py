"""Calls are counted by many processes: never one over, most without a write, and what is said is true."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from insurance.domain.core.errors import QuotaExceeded
from insurance.domain.partner.plans import PLANS
from insurance.domain.partner.quota import Quota, Span
from insurance.operations.partners.count_calls import Block, NotCounted, Quotas

from tests.fakes.quotas import MemoryQuotas

AT = datetime(2026, 11, 30, 15, tzinfo=UTC)
WORKERS = 20


def quota(limit: int, application: str = "app_test_one") -> Quota:
    plan = PLANS["bronze"]
    return Quota(application, limit, plan.per_second, plan.burst)


def workers(store: MemoryQuotas) -> list[Quotas]:
    return [Quotas(store) for _ in range(WORKERS)]


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - repeatable


def is_answered(worker: Quotas, of: Quota, at: datetime = AT) -> bool:
    try:
        worker.count(of, at)
    except QuotaExceeded:
        return False
    return True


@pytest.mark.parametrize("limit", [1, 4, 500, 501, 3_000])
def test_not_one_call_is_answered_beyond_the_quota(limit: int):
    processes, chosen = workers(MemoryQuotas()), chance(limit)

    answered = [is_answered(chosen.choice(processes), quota(limit)) for _ in range(2 * limit + 500)]

    assert sum(answered) == limit


def test_a_process_that_ends_loses_little_and_none_of_the_last_calls():
    """Every 200 calls one of twenty processes ends: what it holds is never served."""
    store, chosen, limit = MemoryQuotas(), chance(4), 100_000
    processes, served = workers(store), 0
    for number in range(2 * limit):
        place = chosen.randrange(WORKERS)
        served += is_answered(processes[place], quota(limit))
        if number % 200 == 199:
            processes[place] = Quotas(store)

    assert store.used["app_test_one", "2026-11"] == limit
    assert 0.9 * limit < served < limit

    last = quota(500, "app_test_two")
    served = 0
    for _ in range(600):
        served += is_answered(Quotas(store), last)
    assert served == 500


def test_most_calls_need_no_write():
    store, chosen, calls = MemoryQuotas(), chance(7), 100_000
    processes = workers(store)

    assert all(is_answered(chosen.choice(processes), quota(1_000_000)) for _ in range(calls))

    assert store.writes <= 0.02 * calls


def test_each_mark_is_reached_once():
    store, chosen = MemoryQuotas(), chance(9)
    processes = workers(store)
    for _ in range(4_000):
        is_answered(chosen.choice(processes), quota(3_000))

    assert store.reached == [("app_test_one", "2026-11", 80), ("app_test_one", "2026-11", 100)]


def test_what_is_said_to_be_left_is_left():
    """Calls come as fast as the plan lets them, to whichever process; each is told no more than there is."""
    store, chosen, limit = MemoryQuotas(), chance(11), 3_000
    processes, at = workers(store), AT - timedelta(hours=1)
    tightest = limit
    for number in range(limit):
        at += timedelta(seconds=1) / PLANS["bronze"].per_second
        if number == limit // 2:
            at += timedelta(minutes=20)
        counted = chosen.choice(processes).count(quota(limit), at)
        left = limit - 1 - number
        assert counted.left <= left
        tightest = min(tightest, left - counted.left)
        assert counted.resets_in == Span.month(at).seconds_left(at)
    assert tightest == 0  # near the end it is exact


def test_a_month_begins_with_the_whole_quota():
    worker, small = Quotas(MemoryQuotas()), quota(2)
    assert [is_answered(worker, small) for _ in range(3)] == [True, True, False]

    assert is_answered(worker, small, datetime(2026, 12, 1, tzinfo=UTC))


def test_a_refusal_says_when_the_next_month_begins():
    worker = Quotas(MemoryQuotas())
    worker.count(quota(1), AT)

    with pytest.raises(QuotaExceeded, match="1 calls of this month") as refused:
        worker.count(quota(1), AT)

    assert refused.value.retry_after_seconds == 9 * 3_600


def test_who_is_refused_once_is_refused_without_another_look():
    store = MemoryQuotas()
    worker = Quotas(store)
    worker.count(quota(1), AT)
    store.used["app_test_one", "2026-11"] = 0  # which nothing does; a look would see it

    assert not is_answered(worker, quota(1))


def test_another_figure_counts_from_the_next_call():
    worker = Quotas(MemoryQuotas())
    assert [is_answered(worker, quota(2)) for _ in range(3)] == [True, True, False]
    assert [is_answered(worker, quota(3)) for _ in range(2)] == [True, False]
    assert not is_answered(worker, quota(1))


class Broken(MemoryQuotas):
    """A table that fails when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = False
        self.asked = 0

    def take(self, quota: Quota, span: Span, *, seen: int, served: int) -> Block:
        self.asked += 1
        if self.fails:
            raise NotCounted("ThrottlingException")
        return super().take(quota, span, seen=seen, served=served)


def test_a_table_that_does_not_answer_is_left_alone_for_a_while():
    store = Broken()
    worker, store.fails = Quotas(store), True
    for second in (0, 1, 9):
        with pytest.raises(NotCounted):
            worker.count(quota(5), AT + timedelta(seconds=second))
    assert store.asked == 1

    store.fails = False
    assert worker.count(quota(5), AT + timedelta(seconds=10)).left == 4


def test_a_block_that_is_held_serves_while_the_table_does_not_answer():
    store = Broken()
    worker = Quotas(store)
    for _ in range(17):
        worker.count(quota(10_000), AT)  # the last of them takes a block of two
    store.fails = True

    later = AT + timedelta(minutes=6)  # it would like to look again
    assert worker.count(quota(10_000), later).left < 10_000 - 18
    with pytest.raises(NotCounted):
        worker.count(quota(10_000), later)
