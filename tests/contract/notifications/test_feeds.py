"""Feeds: consecutive numbers, each event once, in memory and on a real engine."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectionClosedError
from insurance.domain.core.identity import Mode
from insurance.domain.events.feed import EventSummary, Feed
from insurance.dynamodb.stores import Stores
from insurance.operations.notifications.ports import Extent, Feeds

from tests.fakes.keys import PlainKeys
from tests.fakes.notifications import MemoryFeeds
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
HARBOUR, MEADOW = Feed(Mode.TEST, "harbour"), Feed(Mode.TEST, "meadow")
WRITERS = 8


@pytest.fixture(params=["memory", "dynamodb"])
def feeds(request: pytest.FixtureRequest) -> Feeds:
    if request.param == "memory":
        return MemoryFeeds()
    dynamodb = request.getfixturevalue("dynamodb")
    return feeds_on(dynamodb, make_tables(dynamodb))


def feeds_on(dynamodb: "DynamoDBClient", tables: dict[str, str]) -> Feeds:
    return Stores(lambda: dynamodb, tables.__getitem__, PlainKeys, PlainKeys).feeds


def summaries(stream: str, *numbers: int) -> list[EventSummary]:
    return [EventSummary(f"pol_test_{stream}", number, "policy.issued", NOW) for number in numbers]


def everything(feeds: Feeds, feed: Feed = HARBOUR) -> list[tuple[int, str]]:
    extent = feeds.extent(feed, now=NOW)
    if extent.last == 0:
        return []
    return [(each.number, each.summary.id) for each in feeds.read(feed, range(1, extent.last + 1))]


def ids(feeds: Feeds, feed: Feed = HARBOUR) -> list[str]:
    return [id for _, id in everything(feeds, feed)]


def test_events_get_consecutive_numbers_in_the_order_in_which_they_are_given(feeds: Feeds):
    assert feeds.extent(HARBOUR, now=NOW) == Extent(1, 0)

    feeds.append(HARBOUR, summaries("a", 1, 2), now=NOW)
    feeds.append(HARBOUR, summaries("b", 1), now=NOW)

    assert everything(feeds) == [(1, "pol_test_a-1"), (2, "pol_test_a-2"), (3, "pol_test_b-1")]
    assert feeds.extent(HARBOUR, now=NOW) == Extent(1, 3)
    [read] = feeds.read(HARBOUR, range(2, 3))
    assert (read.number, read.summary) == (2, summaries("a", 2)[0])


def test_feeds_of_partners_and_of_modes_are_apart(feeds: Feeds):
    feeds.append(HARBOUR, summaries("a", 1), now=NOW)
    feeds.append(MEADOW, summaries("b", 1), now=NOW)

    assert (ids(feeds), ids(feeds, MEADOW)) == (["pol_test_a-1"], ["pol_test_b-1"])
    assert ids(feeds, Feed(Mode.LIVE, "harbour")) == []


def test_an_event_that_is_given_again_keeps_its_number(feeds: Feeds):
    feeds.append(HARBOUR, summaries("a", 1, 2), now=NOW)

    feeds.append(HARBOUR, summaries("a", 1, 2, 3), now=NOW)
    feeds.append(HARBOUR, summaries("a", 2), now=NOW + timedelta(days=100))

    assert everything(feeds) == [(1, "pol_test_a-1"), (2, "pol_test_a-2"), (3, "pol_test_a-3")]


def test_the_place_of_an_event_is_found_in_its_own_feed_alone(feeds: Feeds):
    feeds.append(HARBOUR, summaries("a", 1, 2), now=NOW)
    feeds.append(MEADOW, summaries("b", 1), now=NOW)
    [second, third] = summaries("a", 2, 3)

    assert feeds.place_of(HARBOUR, second) == 2
    assert feeds.place_of(HARBOUR, third) is None


def test_an_event_that_was_left_out_comes_when_it_is_given_alone(feeds: Feeds):
    """It was set aside, and its cause was removed."""
    feeds.append(HARBOUR, summaries("a", 1, 3), now=NOW)

    feeds.append(HARBOUR, summaries("a", 2), now=NOW)

    assert ids(feeds) == ["pol_test_a-1", "pol_test_a-3", "pol_test_a-2"]


def test_a_day_is_offered_for_thirty_days_and_then_no_more(feeds: Feeds):
    feeds.append(HARBOUR, summaries("a", 1, 2), now=NOW)
    feeds.append(HARBOUR, summaries("a", 3), now=NOW + timedelta(days=1))

    assert feeds.extent(HARBOUR, now=NOW + timedelta(days=30)) == Extent(1, 3)
    assert feeds.extent(HARBOUR, now=NOW + timedelta(days=30, hours=12)) == Extent(3, 3)
    assert feeds.extent(HARBOUR, now=NOW + timedelta(days=32)) == Extent(4, 3)

    feeds.append(HARBOUR, summaries("a", 4), now=NOW + timedelta(days=90))
    assert feeds.extent(HARBOUR, now=NOW + timedelta(days=90)) == Extent(4, 4)


def test_a_clock_that_runs_behind_makes_no_event_older_than_those_before_it(feeds: Feeds):
    feeds.append(HARBOUR, summaries("a", 1), now=NOW)
    feeds.append(HARBOUR, summaries("a", 2), now=NOW - timedelta(days=2))

    assert feeds.extent(HARBOUR, now=NOW + timedelta(days=30)) == Extent(1, 2)


def test_writers_at_once_leave_no_gap_and_give_each_event_one_number(dynamodb: "DynamoDBClient"):
    tables = make_tables(dynamodb)
    together = Barrier(WRITERS)

    def write(number: int) -> None:
        feeds = feeds_on(dynamodb, tables)
        together.wait()
        for events in (summaries("shared", 1, 2), summaries(f"own{number}", 1, 2, 3)):
            persist(feeds, events)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))

    found = everything(feeds_on(dynamodb, tables))
    assert [number for number, _ in found] == list(range(1, 3 + 3 * WRITERS))
    assert len({id for _, id in found}) == len(found)


def persist(feeds: Feeds, events: Sequence[EventSummary]) -> None:
    """As delivery does, which comes again where the feed was busy."""
    for _ in range(50):
        try:
            return feeds.append(HARBOUR, events, now=NOW)
        except Exception as error:
            last = error
    raise last


def test_a_reply_that_is_lost_gives_no_event_a_second_number(
    dynamodb: "DynamoDBClient", monkeypatch: pytest.MonkeyPatch
):
    real, lost = dynamodb.transact_write_items, [ConnectionClosedError(endpoint_url="http://here")]

    def transact_write_items(**request: Any) -> Any:
        answer = real(**request)
        if lost:
            raise lost.pop()
        return answer

    monkeypatch.setattr(dynamodb, "transact_write_items", transact_write_items)
    feeds = feeds_on(dynamodb, make_tables(dynamodb))

    feeds.append(HARBOUR, summaries("a", 1), now=NOW)

    assert not lost
    assert everything(feeds) == [(1, "pol_test_a-1")]


def test_what_is_offered_is_stored_until_after_its_last_day(dynamodb: "DynamoDBClient"):
    tables = make_tables(dynamodb)
    feeds_on(dynamodb, tables).append(HARBOUR, summaries("a", 1), now=NOW)

    items = dynamodb.scan(TableName=tables["feeds"])["Items"]

    expiring = [int(item["expires_at"]["N"]) for item in items if "expires_at" in item]
    assert expiring == [int((NOW + timedelta(days=32)).timestamp())]
