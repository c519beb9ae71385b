"""Where streams stand: kept once, found while something waits, in memory and on a real engine."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from insurance.domain.core.delivery import Consumer, Delivery, Moved, Progress, SetAside
from insurance.domain.core.identity import Mode
from insurance.dynamodb.stores import Stores
from insurance.operations.delivery.streams import Deliveries

from tests.fakes.delivery import MemoryDeliveries
from tests.fakes.keys import PlainKeys
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2027, 3, 1, 12, 0, 0, tzinfo=UTC)
STREAM = "pol_test_a"
BROKEN = SetAside(Consumer.BUS, 2, "broken_hash")


@pytest.fixture(params=["memory", "dynamodb"])
def deliveries(request: pytest.FixtureRequest) -> Deliveries:
    if request.param == "memory":
        return MemoryDeliveries()
    dynamodb: DynamoDBClient = request.getfixturevalue("dynamodb")
    return Stores(
        lambda: dynamodb, make_tables(dynamodb).__getitem__, PlainKeys, PlainKeys
    ).deliveries


def everybody(to: int, past: int = 0) -> dict[Consumer, Moved]:
    return dict.fromkeys(Consumer, Moved(past, to))


def stored(deliveries: Deliveries, stream: str = STREAM) -> Delivery:
    [standing] = deliveries.read([stream])
    return standing


def waiting(deliveries: Deliveries, by: datetime = NOW, mode: Mode = Mode.TEST) -> list[str]:
    return sorted(each.stream for each in deliveries.waiting(mode, by=by))


def test_a_stream_that_nobody_knows_stands_at_nothing(deliveries):
    assert stored(deliveries) == Delivery(STREAM)


def test_where_a_stream_stands_is_read_as_it_was_kept(deliveries):
    moved = everybody(3) | {Consumer.BOOKS: Moved(0, 1)}
    after = Delivery(STREAM).after(Progress(3, moved, (BROKEN,), NOW))
    assert deliveries.store(after) is None

    standing = stored(deliveries)
    assert (standing.head, standing.set_aside, standing.since) == (3, (BROKEN,), NOW)
    assert standing.taken == after.taken
    assert standing.lacking == {Consumer.BOOKS: 1}


def test_who_writes_second_is_told_what_stands_there(deliveries):
    first = Delivery(STREAM).registered(1, NOW)
    assert deliveries.store(first) is None

    found = deliveries.store(Delivery(STREAM).registered(2, NOW))
    assert found == stored(deliveries)
    assert found.head == 1
    assert deliveries.store(found.registered(2, NOW)) is None
    again = deliveries.store(found.registered(3, NOW))
    assert again is not None
    assert again.head == 2


def test_only_what_waits_long_enough_is_found_and_only_in_its_mode(deliveries):
    deliveries.store(Delivery(STREAM).registered(1, NOW))
    deliveries.store(Delivery("pol_test_b").registered(1, NOW - timedelta(minutes=1)))
    deliveries.store(Delivery("pol_c").registered(1, NOW))
    whole = Delivery("pol_test_d").after(Progress(1, everybody(1), (), NOW))
    deliveries.store(whole)

    assert waiting(deliveries) == [STREAM, "pol_test_b"]
    assert waiting(deliveries, NOW - timedelta(seconds=1)) == ["pol_test_b"]
    assert waiting(deliveries, mode=Mode.LIVE) == ["pol_c"]


def test_what_waits_no_longer_is_not_found(deliveries):
    deliveries.store(Delivery(STREAM).registered(1, NOW))

    deliveries.store(stored(deliveries).after(Progress(1, everybody(1), (), NOW)))

    assert waiting(deliveries) == []


def test_what_was_set_aside_waits_until_it_is_released(deliveries):
    deliveries.store(Delivery(STREAM).after(Progress(2, everybody(2), (BROKEN,), NOW)))
    assert waiting(deliveries) == [STREAM]

    deliveries.store(stored(deliveries).released([BROKEN]))

    assert waiting(deliveries) == []
    assert stored(deliveries).set_aside == ()


def test_all_that_waits_is_found_page_by_page(deliveries):
    for number in range(210):
        deliveries.store(Delivery(f"pol_test_{number}").registered(1, NOW))

    assert len(waiting(deliveries)) == 210


def test_what_stands_behind_a_stream_is_found_from_there_on(deliveries):
    for number in range(120):
        at = NOW - timedelta(seconds=number % 7)
        deliveries.store(Delivery(f"pol_test_{number}").registered(1, at))
    every = list(deliveries.waiting(Mode.TEST, by=NOW))

    for place in (0, 1, 49, 50, 77, 118):
        behind = [each.stream for each in deliveries.waiting(Mode.TEST, by=NOW, after=every[place])]
        assert behind == [each.stream for each in every[place + 1 :]]
    assert list(deliveries.waiting(Mode.TEST, by=NOW, after=every[-1])) == []


def test_to_which_stream_a_catching_up_came_is_kept_and_waits_for_nobody(deliveries):
    assert deliveries.bookmark() is None
    deliveries.store(Delivery(STREAM).registered(1, NOW))

    for reached in (stored(deliveries), Delivery("pol_c", since=NOW - timedelta(hours=1))):
        deliveries.set_bookmark(reached)
        noted = deliveries.bookmark()
        assert noted is not None
        assert (noted.stream, noted.since) == (reached.stream, reached.since)

    assert waiting(deliveries) == [STREAM]
