"""Events reach every consumer whatever becomes of one of them, and what one lacks is found and brought."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from insurance.domain.core.delivery import GRACE, SET_ASIDE_MAX, Consumer, Delivery, SetAside
from insurance.domain.core.errors import Unavailable, WrittenByNewerRelease
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.delivery.catch_up import WAITING_MAX
from insurance.operations.delivery.deliver_streams import deliver_streams
from insurance.operations.delivery.register_heads import LastEvent, register_heads, take_back

from tests.fakes.delivery import streamed
from tests.fakes.keys import MemoryKey
from tests.support.builders import make_policy
from tests.support.delivery_house import LATER, NOW, House

PLACES = [1, 3, 5]
"""First, in the middle, last."""


@pytest.fixture
def house() -> House:
    events: dict[str, list[Event]] = {}
    for letter in "abc":
        policy = make_policy()
        stream, standing = f"pol_test_{letter}", None
        for _ in range(5):
            event = Event.following(
                standing.head if standing else StreamPosition(),
                policy,
                MemoryKey(b"key"),
                stream=stream,
                type=PolicyEventType.ISSUED,
                actor="app_one",
                now=NOW,
            )
            events.setdefault(stream, []).append(event)
            standing = event
    return House(events)


def broken(event: Event) -> Event:
    return event.replace(actor="somebody else")


def test_every_event_reaches_everybody_in_the_order_of_its_stream(house):
    report = house.deliver()

    house.assert_everybody_has_everything()
    assert report.delivered == 15
    assert house.gaps() == {}


def test_a_batch_that_comes_again_is_given_to_nobody_again(house):
    house.deliver()
    house.asked.clear()

    house.deliver()

    assert house.asked == []


@pytest.mark.parametrize("consumer", Consumer)
@pytest.mark.parametrize("place", PLACES)
def test_what_a_consumer_lost_is_found_and_brought_and_holds_up_nobody(house, consumer, place):
    house.fails[consumer, "pol_test_b", place] = Unavailable("The consumer")

    house.deliver()

    assert house.gaps() == {"pol_test_b": {consumer: place - 1}}
    for other in set(Consumer) - {consumer}:
        assert len(house.taken[other]) == 15, other
    of_others = [entry for entry in house.taken[consumer] if entry[0] != "pol_test_b"]
    assert len(of_others) == 10
    house.fails.clear()

    report = house.catch_up()

    assert (report.behind, report.finished) == (1, True)
    house.assert_everybody_has_everything()
    assert house.gaps() == {}
    assert house.catch_up().behind == 0


@pytest.mark.parametrize("place", PLACES)
def test_an_event_that_never_reached_delivery_is_found_by_the_register(house, place):
    house.deliver([each for each in house.all if each.stream != "pol_test_b"])
    house.deliver([each for each in house.events["pol_test_b"] if each.sequence < place])
    house.register()

    assert house.gaps() == {"pol_test_b": dict.fromkeys(Consumer, place - 1)}

    house.catch_up()

    house.assert_everybody_has_everything()
    assert house.gaps() == {}


def test_an_event_that_follows_a_lost_one_brings_it_along(house):
    stream = house.events["pol_test_a"]
    house.deliver(stream[:2])

    house.deliver(stream[4:])

    assert house.taken[Consumer.BUS] == [("pol_test_a", number) for number in range(1, 6)]
    assert house.gaps() == {}


def test_records_that_cannot_get_better_are_set_aside_immediately_and_hold_up_nobody(house):
    nothing: dict[str, Event] = {}
    third = streamed(house.events["pol_test_c"][2])
    unreadable = replace(third, read=lambda: nothing["body"])
    arrived = [streamed(each) for each in house.all]
    arrived[3] = streamed(broken(house.events["pol_test_a"][1]))
    arrived[8] = unreadable

    report = deliver_streams(arrived, house.ports)

    told = {(stream, entry.sequence, entry.reason) for stream, entry in report.set_aside}
    assert told == {("pol_test_a", 2, "broken_hash"), ("pol_test_c", 3, "unreadable")}
    wanted = {(event.stream, event.sequence) for event in house.all}
    for consumer in Consumer:
        assert set(house.taken[consumer]) == wanted - {("pol_test_a", 2), ("pol_test_c", 3)}
    # Nothing is behind, and yet a person is called.
    assert house.gaps() == {"pol_test_a": {}, "pol_test_c": {}}


def test_an_event_of_a_newer_release_waits_for_that_release_and_holds_up_no_other_stream(house):
    def unknown() -> Event:
        raise WrittenByNewerRelease("policy")

    arrived = [streamed(each) for each in house.all]
    arrived[3] = replace(streamed(house.events["pol_test_a"][1]), read=unknown)

    report = deliver_streams(arrived, house.ports)

    assert report.set_aside == []
    assert house.gaps() == {"pol_test_a": dict.fromkeys(Consumer, 1)}
    house.catch_up()
    house.assert_everybody_has_everything()


@pytest.mark.parametrize(
    "says",
    [
        {"carbon_budget": 12},
        {"period": {"start": "2027-01-01T00:00:00Z", "end": "2028-01-01T00:00:00Z", "held": True}},
        {"status": "suspended"},
    ],
    ids=["field", "nested_field", "value"],
)
def test_an_event_that_says_more_than_this_release_knows_is_given_to_nobody(house, says):
    """A consumer that acted on half of it would pay what is held, or never pay it."""
    event = house.events["pol_test_b"][2]
    newer = event.replace(facts={**event.facts, **says})
    house.events["pol_test_b"][2] = newer.replace(hash=newer.digest())

    report = house.deliver()

    assert report.set_aside == []
    assert house.gaps() == {"pol_test_b": dict.fromkeys(Consumer, 2)}
    for consumer in Consumer:
        assert ("pol_test_b", 3) not in house.taken[consumer]
        assert len(house.taken[consumer]) == 12


def test_facts_that_no_release_writes_are_set_aside_immediately(house):
    event = house.events["pol_test_b"][2]
    wrong = event.replace(facts={**event.facts, "period": 12})
    house.events["pol_test_b"][2] = wrong.replace(hash=wrong.digest())

    report = house.deliver()

    told = [(stream, entry.sequence, entry.reason) for stream, entry in report.set_aside]
    assert told == [("pol_test_b", 3, "unreadable")] * len(Consumer)


def test_a_consumer_that_does_not_know_what_two_streams_say_is_asked_for_the_others(house):
    for stream in ("pol_test_a", "pol_test_b"):
        house.fails[Consumer.SEARCH, stream, 2] = WrittenByNewerRelease("policy")

    report = house.deliver()

    assert report.failed == {(Consumer.SEARCH, "WrittenByNewerRelease"): 2}
    assert house.gaps() == {name: {Consumer.SEARCH: 1} for name in ("pol_test_a", "pol_test_b")}
    assert ("pol_test_c", 5) in house.taken[Consumer.SEARCH]


def test_an_event_that_one_consumer_cannot_take_is_set_aside_for_that_one_alone(house):
    house.fails[Consumer.BOOKS, "pol_test_a", 2] = KeyError("segments")

    report = house.deliver()

    [(stream, entry)] = report.set_aside
    assert (stream, entry) == ("pol_test_a", (Consumer.BOOKS, 2, "KeyError"))
    assert ("pol_test_a", 3) in house.taken[Consumer.BOOKS]
    assert len(house.taken[Consumer.BUS]) == 15


def test_what_a_test_clock_says_of_the_future_hides_nothing(house):
    """The events of test data have the time of their own clock; when they were appended is what counts."""
    house.register()
    future = NOW + timedelta(days=36_500)
    for stream, events in house.events.items():
        house.events[stream] = [later(each, future) for each in events]
    house.fails[Consumer.BUS, "pol_test_b", 3] = KeyError("facts")
    at: list[datetime] = []
    house.told = at.append

    house.catch_up()

    assert house.gaps() == {"pol_test_b": {}}
    house.fails.clear()
    house.catch_up(tries_set_aside=True)
    assert house.gaps() == {}
    assert set(at) == {LATER}


def test_what_was_set_aside_long_ago_dates_no_new_event_back(house):
    house.fails[Consumer.BUS, "pol_test_a", 1] = KeyError("facts")
    first, *rest = house.events["pol_test_a"]
    house.deliver([first])
    at: list[datetime] = []
    house.told = at.append
    house.events["pol_test_a"] = [first, *(later(each, LATER) for each in rest)]

    house.deliver(house.events["pol_test_a"][1:])

    assert set(at) == {LATER}


def test_a_new_event_behind_what_was_set_aside_has_waited_since_it_was_appended(house):
    house.fails[Consumer.BUS, "pol_test_a", 1] = KeyError("facts")
    house.deliver(house.events["pol_test_a"][:1])

    register_heads({"pol_test_a": LastEvent(2, LATER)}, house.deliveries)
    assert house.gaps(LATER + GRACE - timedelta(seconds=1)) == {}
    register_heads({"pol_test_a": LastEvent(3, LATER + GRACE)}, house.deliveries)

    assert house.gaps(LATER + GRACE) == {"pol_test_a": dict.fromkeys(Consumer, 1)}


def test_what_is_lacking_before_a_new_event_is_dated_no_later_than_that(house):
    first, *rest = house.events["pol_test_a"]
    future = [later(each, NOW + timedelta(days=36_500)) for each in rest]
    house.events["pol_test_a"] = [first, *future]
    arrived = replace(streamed(future[-1]), appended_at=NOW)
    at: list[datetime] = []
    house.told = at.append

    deliver_streams([arrived], house.ports)

    assert set(at) == {NOW}


def later(event: Event, at: datetime) -> Event:
    moved = event.replace(processed_at=at, effective_at=at)
    return moved.replace(hash=moved.digest())


def test_what_was_set_aside_is_given_again_when_its_cause_was_removed(house):
    house.fails[Consumer.BOOKS, "pol_test_a", 2] = KeyError("segments")
    house.deliver()
    house.catch_up(tries_set_aside=True)
    assert house.gaps() == {"pol_test_a": {}}
    house.fails.clear()

    assert house.catch_up().set_aside == 1  # not asked for
    assert house.gaps() == {"pol_test_a": {}}
    report = house.catch_up(tries_set_aside=True)

    assert report.delivery.delivered == 1  # who asks goes on while something comes of it
    assert set(house.taken[Consumer.BOOKS]) == {(e.stream, e.sequence) for e in house.all}
    assert house.gaps() == {}


def test_a_consumer_that_asks_for_it_is_told_what_comes_late(house):
    house.fails[Consumer.WEBHOOKS, "pol_test_a", 2] = KeyError("segments")
    late: list[tuple[str, int]] = []
    house.late[Consumer.WEBHOOKS] = lambda event, _: late.append((event.stream, event.sequence))
    house.deliver()

    house.catch_up(tries_set_aside=True)

    assert late == [("pol_test_a", 2)]
    assert house.gaps() == {}


def test_streams_with_nothing_but_what_was_set_aside_keep_no_other_waiting(house):
    aside = (SetAside(Consumer.BUS, 1, "KeyError"),)
    for number in range(WAITING_MAX):
        stream, taken = f"pol_test_{number}", dict.fromkeys(Consumer, 1)
        long_ago = NOW - timedelta(days=1)
        house.deliveries.standing[stream] = Delivery(stream, 1, taken, aside, long_ago)
    house.register()

    report = house.catch_up()

    assert (report.behind, report.set_aside, report.finished) == (3, WAITING_MAX, True)
    house.assert_everybody_has_everything()


def never_taken(house: House, number: int) -> None:
    """So many streams, older than all others, with an event that nobody takes ever."""
    aside = (SetAside(Consumer.BUS, 1, "KeyError"),)
    long_ago = NOW - timedelta(days=1)
    for each in range(number):
        stream, taken = f"pol_test_{each:05}", dict.fromkeys(Consumer, 1)
        house.deliveries.standing[stream] = Delivery(stream, 1, taken, aside, long_ago)
        house.events[stream] = [broken(house.events["pol_test_a"][0])]


def test_streams_behind_more_than_a_run_takes_that_never_succeed_have_their_turn(
    house, monkeypatch
):
    monkeypatch.setattr("insurance.operations.delivery.catch_up.WAITING_MAX", 20)
    monkeypatch.setattr("insurance.operations.delivery.catch_up.AT_ONCE", 7)
    house.fails[Consumer.BUS, "pol_test_b", 2] = KeyError("facts")
    house.deliver()
    never_taken(house, 90)
    house.fails.clear()

    reports = [house.catch_up(tries_set_aside=True) for _ in range(6)]

    assert "pol_test_b" not in house.gaps()
    assert sum(report.delivery.delivered for report in reports) == 1
    assert [report.finished for report in reports] == [False] * 6


def test_a_run_begins_where_the_last_one_ended_and_every_stream_has_as_many_turns(
    house, monkeypatch
):
    monkeypatch.setattr("insurance.operations.delivery.catch_up.WAITING_MAX", 20)
    never_taken(house, 50)
    turns: Counter[str] = Counter()
    read = house.deliveries.read

    def counted(streams: list[str]) -> object:
        turns.update(streams)
        return read(streams)

    monkeypatch.setattr(house.deliveries, "read", counted)
    for _ in range(10):
        house.catch_up()
        house.catch_up(tries_set_aside=True)

    assert len(turns) == 50
    assert len(set(turns.values())) == 1


def test_a_stream_that_ends_every_run_keeps_no_other_waiting(house):
    class Ended(BaseException):
        """The process is gone."""

    house.register()
    house.fails[Consumer.BUS, "pol_test_a", 1] = Ended()

    for minute in range(3):
        with suppress(Ended):
            house.catch_up(by=LATER + timedelta(minutes=minute))

    assert set(house.gaps()) == {"pol_test_a"}


def test_too_much_set_aside_leaves_the_stream_behind(house):
    events = house.events["pol_test_a"]
    for number in range(6, SET_ASIDE_MAX + 7):
        events.append(events[-1].replace(sequence=number))  # its hash says another number

    house.deliver(events)

    standing = house.deliveries.standing["pol_test_a"]
    assert len(standing.set_aside) == SET_ASIDE_MAX
    assert standing.lacking


def test_a_consumer_out_of_reach_is_asked_twice_in_a_run_and_no_more(house):
    house.down = {Consumer.BUS}

    report = house.deliver()

    assert house.asked.count(Consumer.BUS) == 2
    assert report.failed == {(Consumer.BUS, "Unavailable"): 2}
    assert house.gaps() == {stream: {Consumer.BUS: 0} for stream in house.events}


def test_what_the_bus_collected_and_did_not_take_it_still_lacks(house):
    refused: dict[tuple[str, int], Exception] = {("pol_test_b", 2): Unavailable("The event bus")}

    house.deliver_with(refused)

    assert house.gaps() == {"pol_test_b": {Consumer.BUS: 1}}
    house.catch_up()
    assert house.gaps() == {}


def test_what_the_bus_collected_and_never_takes_is_set_aside(house):
    report = house.deliver_with({("pol_test_b", 2): KeyError("facts")})

    assert report.set_aside == [("pol_test_b", (Consumer.BUS, 2, "KeyError"))]
    assert house.gaps() == {"pol_test_b": {}}


def test_what_the_bus_never_takes_is_not_lost_where_no_more_is_set_aside(house):
    full = tuple(SetAside(Consumer.BOOKS, 1, "KeyError") for _ in range(SET_ASIDE_MAX))
    house.deliveries.standing["pol_test_b"] = Delivery("pol_test_b", set_aside=full, since=NOW)

    report = house.deliver_with({("pol_test_b", 2): KeyError("facts")})

    assert report.set_aside == []
    assert house.gaps()["pol_test_b"] == {Consumer.BUS: 1}


def test_one_stream_that_cannot_be_kept_comes_again_and_the_others_go_on(house, monkeypatch):
    store: Callable[[Delivery], Delivery | None] = house.deliveries.store

    def refuse(delivery: Delivery) -> Delivery | None:
        if delivery.stream == "pol_test_b":
            raise Unavailable("The database")
        return store(delivery)

    monkeypatch.setattr(house.deliveries, "store", refuse)
    report = house.deliver()

    assert report.left == [("pol_test_b", "Unavailable")]
    assert set(house.deliveries.standing) == {"pol_test_a", "pol_test_c"}


def test_when_time_is_up_the_rest_comes_again(house):
    arrived = [streamed(each) for each in house.all]

    report = deliver_streams(arrived, house.ports, time_is_up=lambda: True)

    assert [stream for stream, _ in report.left] == list(house.events)
    assert house.asked == []


def test_a_dry_run_names_what_waits_and_does_nothing(house):
    house.register()

    report = house.catch_up(looks_only=True)

    assert report.behind == 3
    assert [each.stream for each in report.named] == list(house.events)
    assert house.asked == []


class Killed(BaseException):
    """The process ended here."""


@pytest.mark.parametrize("killer", ["pol_test_a", "pol_test_b", "pol_test_c"])
def test_a_stream_that_ends_the_process_holds_up_no_other_for_long(house, killer):
    house.fails[Consumer.BOOKS, killer, 1] = Killed()
    house.register()

    for minute in range(3):
        with suppress(Killed):
            house.catch_up(by=LATER + timedelta(minutes=minute))

    assert set(house.gaps(LATER + timedelta(hours=1))) == {killer}


def test_catching_up_leaves_alone_what_may_be_under_way(house):
    house.register()

    assert house.catch_up(by=NOW - GRACE).behind == 0


def test_catching_up_ends_where_an_event_is_not_there(house):
    house.register()
    del house.events["pol_test_b"][2]

    house.catch_up()

    assert house.gaps() == {"pol_test_b": dict.fromkeys(Consumer, 2)}


def test_a_consumer_that_lost_what_it_had_is_given_it_again(house):
    house.deliver()
    house.taken[Consumer.SCHEDULE].clear()

    take_back([Consumer.SCHEDULE], {"pol_test_a": LastEvent(2, NOW)}, house.deliveries)
    assert house.gaps() == {"pol_test_a": {Consumer.SCHEDULE: 2}}
    house.catch_up()

    assert house.taken[Consumer.SCHEDULE] == [("pol_test_a", number) for number in (3, 4, 5)]
    assert len(house.taken[Consumer.BUS]) == 15


def test_two_who_deliver_the_same_stream_immediately_leave_it_whole(house):
    [before] = house.deliveries.read(["pol_test_a"])
    house.deliver(house.events["pol_test_a"])
    stale, read = [before], house.deliveries.read
    house.deliveries.read = lambda streams: [stale.pop()] if stale else read(streams)

    house.deliver(house.events["pol_test_a"][:3])

    assert house.deliveries.standing["pol_test_a"].lacking == {}
    assert house.gaps() == {}


def test_what_was_registered_during_a_delivery_still_waits_after_it(house):
    stream, late = house.events["pol_test_a"], [LastEvent(5, NOW)]
    store: Callable[[Delivery], Delivery | None] = house.deliveries.store

    def registers_first(delivery: Delivery) -> Delivery | None:
        if late:
            register_heads({"pol_test_a": late.pop()}, house.deliveries)
        return store(delivery)

    house.deliveries.store = registers_first
    house.deliver(stream[:3])

    assert house.gaps() == {"pol_test_a": dict.fromkeys(Consumer, 3)}
