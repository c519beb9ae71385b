"""Events go to the bus ten at a time, and what it did not take is known one by one."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.policy.event_types import PolicyEventType
from insurance.eventbridge import EventBridgeBus

from tests.fakes.keys import MemoryKey
from tests.support.builders import make_policy

type Json = dict[str, Any]

STREAM = "pol_test_a"


class Client:
    """Takes entries, except those that it is to refuse."""

    def __init__(self) -> None:
        self.calls: list[list[Json]] = []
        self.full: set[int] = set()
        self.invalid: set[int] = set()
        self.down = False

    def put_events(self, *, Entries: Sequence[Json]) -> Json:  # noqa: N803 - AWS's own name
        numbers = [int(entry["Time"].microsecond) for entry in Entries]
        self.calls.append([*Entries])
        if self.down:
            raise EndpointConnectionError(endpoint_url="events")
        if self.invalid.intersection(numbers):
            raise ClientError({"Error": {"Code": "ValidationException"}}, "PutEvents")
        answers = [{"ErrorCode": "InternalFailure"} if n in self.full else {} for n in numbers]
        return {"FailedEntryCount": len(self.full), "Entries": answers}


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def bus(client: Client) -> EventBridgeBus:
    return EventBridgeBus(client, "bus")  # type: ignore[arg-type] # all that it calls


def event(number: int, **facts: str) -> Event:
    """Its time says its number."""
    made = Event.following(
        StreamPosition(),
        make_policy(),
        MemoryKey(b"key"),
        stream=STREAM,
        type=PolicyEventType.ISSUED,
        actor="app_one",
        now=datetime(2027, 3, 1, microsecond=number, tzinfo=UTC),
    )
    return made.replace(sequence=number, facts=made.facts | facts)


def publish(bus: EventBridgeBus, count: int, **facts: str) -> None:
    for number in range(1, count + 1):
        bus.publish(event(number, **facts))


def test_nothing_is_sent_before_all_is(bus, client):
    publish(bus, 23)
    assert client.calls == []

    assert bus.flush() == {}

    assert [len(each) for each in client.calls] == [10, 10, 3]
    assert bus.flush() == {}
    assert len(client.calls) == 3


def test_what_the_bus_did_not_take_is_told_and_nothing_else(bus, client):
    client.full = {3, 12}
    publish(bus, 15)

    refused = bus.flush()

    assert set(refused) == {(STREAM, 3), (STREAM, 12)}
    assert {type(each) for each in refused.values()} == {Unavailable}


def test_one_event_that_is_no_good_keeps_no_other_off_the_bus(bus, client):
    client.invalid = {4}
    publish(bus, 10)

    refused = bus.flush()

    assert list(refused) == [(STREAM, 4)]
    assert isinstance(refused[STREAM, 4], ClientError)


def test_an_event_without_an_entry_is_refused_where_it_is_taken_and_keeps_no_other_off(bus, client):
    good = event(1)
    bad = event(2).model_copy(update={"facts": {"text": object()}})

    bus.publish(good)
    with pytest.raises(ValueError, match="serialize"):
        bus.publish(bad)

    assert bus.flush() == {}
    assert [len(each) for each in client.calls] == [1]


def test_events_that_are_no_good_are_no_outage(bus, client):
    client.invalid = {4, 14}
    publish(bus, 25)

    assert set(bus.flush()) == {(STREAM, 4), (STREAM, 14)}


def test_a_bus_out_of_reach_is_asked_twice_and_took_nothing(bus, client):
    client.down = True
    publish(bus, 45)

    refused = bus.flush()

    assert len(refused) == 45
    assert len(client.calls) == 2


def test_large_events_go_in_calls_of_their_own(bus, client):
    publish(bus, 4, text="x" * 100_000)

    bus.flush()

    assert [len(each) for each in client.calls] == [2, 2]
