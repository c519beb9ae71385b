"""The agenda: what is due is found in its order, and moved once, in memory and on a real engine."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from insurance.domain.core.identity import Mode
from insurance.domain.schedule.scheduled_job import (
    LIVE,
    SHARDS,
    TRIES_MAX,
    Entry,
    Kind,
    book_of,
)
from insurance.dynamodb.scheduler.scheduled_jobs import DynamoDBAgenda
from insurance.operations.scheduler.run_jobs import Agenda

from tests.database import make_tables
from tests.fakes.scheduler import MemoryAgenda

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

DUE = datetime(2027, 3, 1, tzinfo=UTC)
LATER = DUE + timedelta(days=30)
BOOK = book_of(Mode.TEST, "harbour")


@pytest.fixture(params=["memory", "dynamodb"])
def agenda(request: pytest.FixtureRequest) -> Agenda:
    if request.param == "memory":
        return MemoryAgenda()
    dynamodb: DynamoDBClient = request.getfixturevalue("dynamodb")
    return DynamoDBAgenda(dynamodb, make_tables(dynamodb)["agenda"])


def entry(subject="pol_test_a", due_at=DUE, kind=Kind.BILLING, book=BOOK):
    return Entry(kind=kind, subject=subject, book=book, due_at=due_at)


def due(agenda, by=DUE, *, kind=Kind.BILLING, book=BOOK, shard=0, limit=10):
    return [each.subject for each in agenda.due(book, kind, shard, by=by, limit=limit)]


def test_what_is_due_comes_in_the_order_in_which_it_fell_due(agenda):
    for days in (2, 0, 1):
        agenda.enter(entry(f"pol_test_{days}", DUE + timedelta(days=days)))

    assert due(agenda, by=DUE - timedelta(seconds=1)) == []
    assert due(agenda, by=DUE + timedelta(days=1)) == ["pol_test_0", "pol_test_1"]
    assert due(agenda, by=LATER, limit=2) == ["pol_test_0", "pol_test_1"]


def test_an_entry_comes_back_as_it_was_entered(agenda):
    agenda.enter(entry())

    assert agenda.due(BOOK, Kind.BILLING, 0, by=DUE, limit=1) == [entry()]


def test_part_of_a_second_is_never_early(agenda):
    agenda.enter(entry(due_at=DUE + timedelta(microseconds=1)))

    assert due(agenda, by=DUE + timedelta(microseconds=2)) == []
    assert due(agenda, by=DUE + timedelta(seconds=1)) == ["pol_test_a"]


@pytest.mark.parametrize(
    ("again", "expected"),
    [(LATER, DUE), (DUE, DUE), (DUE - timedelta(days=1), DUE - timedelta(days=1))],
)
def test_the_earlier_of_two_times_stays(agenda, again, expected):
    agenda.enter(entry())
    agenda.enter(entry(due_at=again))

    [found] = agenda.due(BOOK, Kind.BILLING, 0, by=LATER, limit=10)
    assert found.due_at == expected


def test_what_was_moved_is_due_then(agenda):
    agenda.enter(entry())

    agenda.move(entry(), LATER)

    assert due(agenda) == []
    assert due(agenda, by=LATER) == ["pol_test_a"]


def test_what_is_over_is_gone(agenda):
    agenda.enter(entry())

    agenda.move(entry(), None)

    assert due(agenda, by=LATER) == []


@pytest.mark.parametrize("to", [None, LATER + timedelta(days=1)])
def test_who_comes_second_moves_nothing(agenda, to):
    agenda.enter(entry())
    agenda.move(entry(), LATER)

    agenda.move(entry(), to)

    assert due(agenda, by=LATER) == ["pol_test_a"]


def test_books_and_kinds_do_not_meet(agenda):
    agenda.enter(entry())
    agenda.enter(entry("pol_a", book=LIVE))
    agenda.enter(entry("pol_test_b", book=book_of(Mode.TEST, "meadow")))
    agenda.enter(entry("pol_test_a", kind=Kind.EARNING))

    assert due(agenda) == ["pol_test_a"]
    live = [due(agenda, book=LIVE, shard=shard) for shard in range(SHARDS)]
    assert sorted(map(len, live)) == [0] * (SHARDS - 1) + [1]


def test_live_entries_spread_over_the_shards(agenda):
    for number in range(100):
        agenda.enter(entry(f"pol_{number}", book=LIVE))

    found = [len(due(agenda, book=LIVE, shard=shard, limit=100)) for shard in range(SHARDS)]
    assert sum(found) == 100
    assert min(found) > 0


def test_what_fails_again_and_again_is_parked_until_a_person_puts_it_back(agenda):
    agenda.enter(entry())
    agenda.enter(entry("pol_test_b"))

    parked = [agenda.failed(entry(), "KeyError") for _ in range(TRIES_MAX)]

    assert parked == [False] * (TRIES_MAX - 1) + [True]
    assert due(agenda) == ["pol_test_b"]
    assert agenda.retry_parked(BOOK, limit=10) == 1
    assert sorted(due(agenda)) == ["pol_test_a", "pol_test_b"]
    assert agenda.failed(entry(), "KeyError") is False


def test_a_success_in_between_makes_failures_forgotten(agenda):
    agenda.enter(entry())
    for _ in range(TRIES_MAX - 1):
        agenda.failed(entry(), "KeyError")

    agenda.move(entry(), LATER)

    assert agenda.failed(entry(due_at=LATER), "KeyError") is False


def test_only_what_is_seen_where_it_is_fails(agenda):
    agenda.enter(entry())
    agenda.move(entry(), LATER)

    assert not any(agenda.failed(entry(), "KeyError") for _ in range(TRIES_MAX + 1))
    assert due(agenda, by=LATER) == ["pol_test_a"]
