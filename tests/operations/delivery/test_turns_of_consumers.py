"""Whose turn it is: what nobody outside waits for comes when the bus has its events."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from insurance.domain.core.delivery import Consumer
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.policy.event_types import PolicyEventType
from insurance.operations.delivery.deliver_streams import LATER, deliver_streams
from insurance.operations.delivery.streams import StreamedEvent

from tests.fakes.delivery import streamed
from tests.fakes.keys import MemoryKey
from tests.support.builders import make_policy
from tests.support.delivery_house import NOW, House

STREAMS = ("pol_test_a", "pol_test_b", "pol_test_c")


@pytest.fixture
def house() -> House:
    events = {}
    for stream in STREAMS:
        event = Event.following(
            StreamPosition(),
            make_policy(),
            MemoryKey(b"key"),
            stream=stream,
            type=PolicyEventType.ISSUED,
            actor="app_one",
            now=NOW,
        )
        events[stream] = [event]
    return House(events)


def arrived(house: House) -> list[StreamedEvent]:
    return [streamed(each) for each in house.all]


def test_the_bus_does_not_wait_for_the_search_index(house):
    at_flush: list[Consumer] = []

    def flush() -> dict[Any, Exception]:
        at_flush.extend(house.asked)
        return {}

    deliver_streams(arrived(house), replace(house.ports, collectors={Consumer.BUS: flush}))

    assert set(at_flush) == set(Consumer) - LATER
    house.assert_everybody_has_everything()


def test_who_has_no_time_for_the_others_leaves_them_behind_and_loses_nothing(house):
    times = iter([False] * 3 + [True] * 3)

    report = deliver_streams(arrived(house), house.ports, time_is_up=lambda: next(times))

    assert report.left == []
    assert house.gaps() == {stream: dict.fromkeys(LATER, 0) for stream in STREAMS}
    house.catch_up()
    house.assert_everybody_has_everything()


@pytest.mark.parametrize("consumer", [Consumer.BOOKS, *LATER])
def test_an_event_counts_as_delivered_when_everybody_in_both_turns_took_it(house, consumer):
    house.fails[consumer, "pol_test_b", 1] = Unavailable("The consumer")

    assert house.deliver().delivered == 2


def test_an_event_that_the_bus_gave_back_is_not_delivered(house):
    assert house.deliver_with({("pol_test_a", 1): Unavailable("The bus")}).delivered == 2


def test_each_event_is_read_and_checked_once(house):
    read: list[str] = []

    def counted(each: StreamedEvent) -> StreamedEvent:
        def read_it() -> Event:
            read.append(each.stream)
            return each.read()

        return replace(each, read=read_it)

    deliver_streams([counted(each) for each in arrived(house)], house.ports)

    assert sorted(read) == sorted(STREAMS)


def test_consumers_are_asked_while_what_they_read_is_there(house):
    log: list[Any] = []

    @contextmanager
    def lasts(events: Sequence[StreamedEvent]) -> Any:
        log.append([each.stream for each in events])
        yield
        log.append(len(house.asked))

    def ahead(events: Sequence[StreamedEvent]) -> AbstractContextManager[None]:
        return lasts(events)

    deliver_streams(arrived(house), replace(house.ports, ahead=ahead))

    assert log == [list(STREAMS), len(STREAMS) * len(Consumer)]
