"""Scheduled jobs: what is due is found in its order, and moved once, in memory and on a real engine."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from insurance.domain.core.identity import Mode
from insurance.domain.schedule.scheduled_job import (
    ATTEMPTS_MAX,
    LIVE,
    SHARDS,
    JobKind,
    ScheduledJob,
    partition_for,
)
from insurance.dynamodb.stores import Stores
from insurance.operations.scheduler.ports import ScheduledJobs

from tests.fakes.keys import PlainKeys
from tests.fakes.scheduler import MemoryScheduledJobs
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DUE = datetime(2027, 3, 1, tzinfo=UTC)
LATER = DUE + timedelta(days=30)
PARTITION = partition_for(Mode.TEST, "harbour")


@pytest.fixture(params=["memory", "dynamodb"])
def scheduled(request: pytest.FixtureRequest) -> ScheduledJobs:
    if request.param == "memory":
        return MemoryScheduledJobs()
    dynamodb: DynamoDBClient = request.getfixturevalue("dynamodb")
    return Stores(
        lambda: dynamodb, make_tables(dynamodb).__getitem__, PlainKeys, PlainKeys
    ).scheduled_jobs


def job(subject="pol_test_a", due_at=DUE, kind=JobKind.BILLING, partition=PARTITION):
    return ScheduledJob(kind=kind, subject=subject, partition=partition, due_at=due_at)


def due(scheduled, by=DUE, *, kind=JobKind.BILLING, partition=PARTITION, shard=0, limit=10):
    return [each.subject for each in scheduled.due(partition, kind, shard, by=by, limit=limit)]


def test_what_is_due_comes_in_the_order_in_which_it_fell_due(scheduled):
    for days in (2, 0, 1):
        scheduled.add(job(f"pol_test_{days}", DUE + timedelta(days=days)))

    assert due(scheduled, by=DUE - timedelta(seconds=1)) == []
    assert due(scheduled, by=DUE + timedelta(days=1)) == ["pol_test_0", "pol_test_1"]
    assert due(scheduled, by=LATER, limit=2) == ["pol_test_0", "pol_test_1"]


def test_a_job_comes_back_as_it_was_entered(scheduled):
    scheduled.add(job())

    assert scheduled.due(PARTITION, JobKind.BILLING, 0, by=DUE, limit=1) == [job()]


def test_part_of_a_second_is_never_early(scheduled):
    scheduled.add(job(due_at=DUE + timedelta(microseconds=1)))

    assert due(scheduled, by=DUE + timedelta(microseconds=2)) == []
    assert due(scheduled, by=DUE + timedelta(seconds=1)) == ["pol_test_a"]


@pytest.mark.parametrize(
    ("again", "expected"),
    [(LATER, DUE), (DUE, DUE), (DUE - timedelta(days=1), DUE - timedelta(days=1))],
)
def test_the_earlier_of_two_times_stays(scheduled, again, expected):
    scheduled.add(job())
    scheduled.add(job(due_at=again))

    [found] = scheduled.due(PARTITION, JobKind.BILLING, 0, by=LATER, limit=10)
    assert found.due_at == expected


def test_what_was_moved_is_due_then(scheduled):
    scheduled.add(job())

    scheduled.move(job(), LATER)

    assert due(scheduled) == []
    assert due(scheduled, by=LATER) == ["pol_test_a"]


def test_what_is_over_is_gone(scheduled):
    scheduled.add(job())

    scheduled.move(job(), None)

    assert due(scheduled, by=LATER) == []


@pytest.mark.parametrize("to", [None, LATER + timedelta(days=1)])
def test_who_comes_second_moves_nothing(scheduled, to):
    scheduled.add(job())
    scheduled.move(job(), LATER)

    scheduled.move(job(), to)

    assert due(scheduled, by=LATER) == ["pol_test_a"]


def test_partitions_and_kinds_do_not_meet(scheduled):
    scheduled.add(job())
    scheduled.add(job("pol_a", partition=LIVE))
    scheduled.add(job("pol_test_b", partition=partition_for(Mode.TEST, "meadow")))
    scheduled.add(job("pol_test_a", kind=JobKind.EARNING))

    assert due(scheduled) == ["pol_test_a"]
    live = [due(scheduled, partition=LIVE, shard=shard) for shard in range(SHARDS)]
    assert sorted(map(len, live)) == [0] * (SHARDS - 1) + [1]


def test_live_jobs_spread_over_the_shards(scheduled):
    for number in range(100):
        scheduled.add(job(f"pol_{number}", partition=LIVE))

    found = [len(due(scheduled, partition=LIVE, shard=shard, limit=100)) for shard in range(SHARDS)]
    assert sum(found) == 100
    assert min(found) > 0


def test_what_fails_again_and_again_is_parked_until_a_person_puts_it_back(scheduled):
    scheduled.add(job())
    scheduled.add(job("pol_test_b"))

    parked = [scheduled.record_failure(job(), "KeyError") for _ in range(ATTEMPTS_MAX)]

    assert parked == [False] * (ATTEMPTS_MAX - 1) + [True]
    assert due(scheduled) == ["pol_test_b"]
    assert scheduled.release_parked(PARTITION, limit=10) == 1
    assert sorted(due(scheduled)) == ["pol_test_a", "pol_test_b"]
    assert scheduled.record_failure(job(), "KeyError") is False


def test_a_success_in_between_makes_failures_forgotten(scheduled):
    scheduled.add(job())
    for _ in range(ATTEMPTS_MAX - 1):
        scheduled.record_failure(job(), "KeyError")

    scheduled.move(job(), LATER)

    assert scheduled.record_failure(job(due_at=LATER), "KeyError") is False


def test_only_what_is_seen_where_it_is_fails(scheduled):
    scheduled.add(job())
    scheduled.move(job(), LATER)

    assert not any(scheduled.record_failure(job(), "KeyError") for _ in range(ATTEMPTS_MAX + 1))
    assert due(scheduled, by=LATER) == ["pol_test_a"]


def test_a_job_moves_to_the_partition_of_the_partner_whose_business_it_is_now(scheduled):
    theirs = partition_for(Mode.TEST, "meadow")
    scheduled.add(job())

    scheduled.add(job(due_at=LATER, partition=theirs))

    assert due(scheduled) == []
    assert due(scheduled, by=LATER, partition=theirs) == ["pol_test_a"]


def test_a_parked_job_stays_parked_whosever_it_is_now(scheduled):
    theirs = partition_for(Mode.TEST, "meadow")
    scheduled.add(job())
    for _ in range(ATTEMPTS_MAX):
        scheduled.record_failure(job(), "ValueError")

    scheduled.add(job(due_at=LATER, partition=theirs))

    assert due(scheduled, by=LATER, partition=theirs) == due(scheduled, by=LATER) == []
    assert scheduled.release_parked(PARTITION, limit=10) == 1
