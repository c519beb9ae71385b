"""The feed: written together and in order, and read on from where a reader stopped."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from insurance.domain.core.errors import EventsNoLongerKept, InvalidFields, Unavailable
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.events.feed import EventSummary, Feed
from insurance.operations.notifications.feed_events import TOGETHER_MAX, FeedWriter
from insurance.operations.notifications.ports import FeedPorts, NumberedEvent
from insurance.operations.notifications.read_feed import FeedPage, read_feed

from tests.fakes.notifications import MemoryFeeds
from tests.support.builders import PARTNER, make_query
from tests.support.subscribers import nobody_has_it

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
FEED = Feed(Mode.TEST, PARTNER.partner)


class Part(NamedTuple):
    after: str = ""
    limit: int = 20


class Failing(MemoryFeeds):
    """It can be out of reach at one of the writes."""

    def __init__(self, fails_at: int) -> None:
        super().__init__()
        self.writes, self._fails_at = 0, fails_at

    def append(self, feed: Feed, events: Sequence[EventSummary], *, now: datetime) -> None:
        self.writes += 1
        if self.writes == self._fails_at:
            raise Unavailable("The feed")
        super().append(feed, events, now=now)


def events(count: int, **changed: object) -> list[Event]:
    known = {
        "stream": "pol_test_a",
        "type": "policy.issued",
        "actor": "somebody",
        "mode": Mode.TEST,
        "effective_at": NOW,
        "processed_at": NOW,
        "facts": {"partner": PARTNER.partner},
        "sealed": b"",
        "postings": (),
        "previous_hash": bytes(32),
        "hash": bytes(32),
    }
    return [Event.model_validate({**known, "sequence": n, **changed}) for n in range(1, count + 1)]


def writer(feeds: MemoryFeeds) -> FeedWriter:
    return FeedWriter(feeds, nobody_has_it, lambda: NOW)


def read(feeds: MemoryFeeds, after: str = "", limit: int = 20, days: int = 0) -> FeedPage:
    query = make_query(PARTNER, now=NOW + timedelta(days=days))
    return read_feed(Part(after, limit), query, FeedPorts(feeds))


def test_what_is_collected_is_written_together():
    feeds = Failing(fails_at=0)
    collects = writer(feeds)
    for event in events(TOGETHER_MAX):
        collects.take(event)

    assert collects.flush() == {}
    assert feeds.writes == 1
    assert collects.flush() == {}
    assert feeds.writes == 1


def test_behind_what_could_not_be_written_nothing_is_written():
    feeds = Failing(fails_at=2)
    collects = writer(feeds)
    for event in events(3 * TOGETHER_MAX):
        collects.take(event)

    refused = collects.flush()

    assert {number for _, number in refused} == set(range(TOGETHER_MAX + 1, 3 * TOGETHER_MAX + 1))
    assert feeds.writes == 2
    assert feeds.extent(FEED, now=NOW).last == TOGETHER_MAX


def test_the_feed_of_one_partner_holds_up_no_other():
    feeds = Failing(fails_at=1)
    collects = writer(feeds)
    for event in (*events(1), *events(1, stream="pol_test_b", facts={"partner": "meadow"})):
        collects.take(event)

    assert list(collects.flush()) == [("pol_test_a", 1)]
    assert feeds.extent(Feed(Mode.TEST, "meadow"), now=NOW).last == 1


HAVE_IT = ["ash", "elm", "oak"]


def of_product(type: str = "api_product.deprecated") -> Event:
    [event] = events(1, stream="apd_test_quoting", type=type, facts={"code": "quoting"})
    return event


def told(feeds: MemoryFeeds) -> dict[str, int]:
    return {each: feeds.extent(Feed(Mode.TEST, each), now=NOW).last for each in HAVE_IT}


def having_it(mode: Mode, product: str) -> Iterator[str]:
    assert (mode, product) == (Mode.TEST, "quoting")
    return iter(HAVE_IT)


def test_of_a_product_every_partner_that_has_it_is_told_once():
    feeds = MemoryFeeds()
    collects = FeedWriter(feeds, having_it, lambda: NOW)
    for _ in range(2):  # a stream may be delivered again
        collects.take(of_product())
        assert collects.flush() == {}

    assert told(feeds) == dict.fromkeys(HAVE_IT, 1)
    [entry] = feeds.read(Feed(Mode.TEST, "elm"), range(1, 2))
    assert (entry.summary.object, entry.summary.stream) == ("api_product", "apd_test_quoting")


def test_who_could_not_be_told_is_told_the_next_time_and_nobody_twice():
    feeds = Failing(fails_at=2)
    collects = FeedWriter(feeds, having_it, lambda: NOW)
    collects.take(of_product())

    assert list(collects.flush()) == [("apd_test_quoting", 1)]
    assert told(feeds) == {"ash": 1, "elm": 0, "oak": 1}
    collects.take(of_product())
    assert collects.flush() == {}
    assert told(feeds) == dict.fromkeys(HAVE_IT, 1)


@pytest.mark.parametrize("type", ["api_product.submitted", "api_product.approved"])
def test_what_waits_for_a_second_person_is_told_to_nobody(type: str):
    feeds = MemoryFeeds()
    collects = FeedWriter(feeds, having_it, lambda: NOW)
    collects.take(of_product(type))

    assert collects.flush() == {}
    assert told(feeds) == dict.fromkeys(HAVE_IT, 0)


def test_a_reader_goes_on_from_next_also_from_the_end():
    feeds = MemoryFeeds()
    assert read(feeds) == FeedPage([], 0)
    feeds.append(FEED, [EventSummary.of(each) for each in events(5)], now=NOW)

    pages = [read(feeds, "0", 2)]
    while pages[-1].items:
        pages.append(read(feeds, str(pages[-1].next), 2))

    assert [[summary.sequence for summary in page.items] for page in pages] == [
        [1, 2],
        [3, 4],
        [5],
        [],
    ]
    assert all(before.next <= after.next for before, after in pairwise(pages))
    feeds.append(FEED, [EventSummary.of(events(6)[5])], now=NOW)
    assert [summary.sequence for summary in read(feeds, str(pages[-1].next)).items] == [6]


class Late(MemoryFeeds):
    """Its head says more than its entries show yet: they were read one after the other."""

    hidden: frozenset[int] = frozenset()

    def read(self, feed: Feed, numbers: range) -> Sequence[NumberedEvent]:
        return [each for each in super().read(feed, numbers) if each.number not in self.hidden]


@pytest.mark.parametrize(
    ("hidden", "seen"), [({1}, []), ({2}, [1]), ({3}, [1, 2]), ({2, 3}, [1]), ({1, 2, 3}, [])]
)
def test_a_page_ends_before_an_event_that_cannot_be_read_yet(hidden: set[int], seen: list[int]):
    feeds = Late()
    feeds.append(FEED, [EventSummary.of(each) for each in events(3)], now=NOW)
    feeds.hidden = frozenset(hidden)

    page = read(feeds, "0")

    assert ([summary.sequence for summary in page.items], page.next) == (seen, len(seen))
    feeds.hidden = frozenset()
    rest = read(feeds, str(page.next))
    assert [*seen, *(summary.sequence for summary in rest.items)] == [1, 2, 3]


def test_a_reader_without_a_place_starts_with_the_oldest_event_that_is_kept():
    feeds = MemoryFeeds()
    some = [EventSummary.of(each) for each in events(2)]
    feeds.append(FEED, some[:1], now=NOW)
    feeds.append(FEED, some[1:], now=NOW + timedelta(days=10))

    assert [summary.sequence for summary in read(feeds, days=35).items] == [2]
    assert read(feeds, days=80) == FeedPage([], 2)


def test_who_comes_too_late_for_what_follows_is_told():
    feeds = MemoryFeeds()
    feeds.append(FEED, [EventSummary.of(each) for each in events(3)], now=NOW)

    with pytest.raises(EventsNoLongerKept):
        read(feeds, "2", days=40)
    assert read(feeds, "3", days=40) == FeedPage([], 3)


@pytest.mark.parametrize("after", ["4", "x", "-1", "²"])
def test_a_place_that_the_feed_never_gave_is_refused(after: str):
    feeds = MemoryFeeds()
    feeds.append(FEED, [EventSummary.of(each) for each in events(3)], now=NOW)

    with pytest.raises(InvalidFields):
        read(feeds, after)
