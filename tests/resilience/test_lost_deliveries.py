"""Every consumer comes to have every event, whatever was out of reach and for how long; health says what lacks."""

import json
import os
from random import Random

import pytest
from insurance.domain.core.delivery import Consumer
from insurance.domain.core.errors import Unavailable
from insurance.metrics import Metric

from tests.support.losing import BEGINS, LASTS, LONG_AFTER, Json, Play, Scene, place_of
from tests.support.platform import Platform
from tools.redeliver import Asked, Redelivery, found_since

pytestmark = pytest.mark.xdist_group("resilience")

SEEDS = int(os.environ.get("LOSS_SEEDS", "3"))
"""Plays at random: `make long` plays 20."""

PLACES = [1, 2, 3]
"""First, in the middle, last."""


@pytest.fixture(scope="module")
def played(loaded: Platform) -> Scene:
    return Scene.of(loaded)


@pytest.fixture
def scene(played: Scene) -> Scene:
    played.begin()
    return played


@pytest.fixture
def claim(scene: Scene) -> str:
    """A stream of three events."""
    return next(stream for stream, number in map(place_of, scene.records) if number == 3)


def redelivered(scene: Scene, asked: Asked) -> tuple[int, list[str]]:
    """What `python -m local redeliver` does and says."""
    redelivery = Redelivery(scene.house, "event-delivery", asked)
    if asked.since is not None:
        table = scene.backend.table("events")
        redelivery.look_through(found_since(scene.backend.dynamodb, table, asked.since))
    return redelivery.catch_up(), redelivery.said


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_outages_at_random_everything_is_what_it_were_without_them(played: Scene, seed: int):
    play = Play(played, Random(seed))  # noqa: S311 - a play

    play.run()

    assert play.seen
    assert played.house.counted[Metric.STREAMS_BEHIND]
    assert played.whole()


@pytest.mark.parametrize("consumer", Consumer)
@pytest.mark.parametrize("place", PLACES)
def test_what_one_consumer_lost_is_found_by_health_and_alarm_and_repaired_by_the_command(
    scene: Scene, claim: str, consumer: Consumer, place: int
):
    house = scene.house
    house.fails[consumer, claim, place] = Unavailable("The consumer")

    assert house.deliver(scene.records, BEGINS + LASTS) == []
    house.catch_up(LONG_AFTER)

    assert house.gaps(LONG_AFTER) == {claim: {consumer: place - 1}}
    assert house.counted[Metric.STREAMS_BEHIND] == 1
    looked = redelivered(scene, Asked(dry_run=True))
    assert looked == (1, [f"{claim}, last event 3: {consumer} has {place - 1}", SAID_BEHIND])
    house.fails.clear()
    assert redelivered(scene, Asked()) == (0, [SAID_NOTHING])
    assert scene.whole()


SAID_BEHIND = "1 streams are behind, 0 have events set aside"
SAID_NOTHING = "0 streams are behind, 0 have events set aside"


@pytest.mark.parametrize("place", PLACES)
def test_an_event_that_nobody_was_given_is_found_in_the_table_of_events(
    scene: Scene, claim: str, place: int
):
    """Delivery and the register were both down, for longer than the stream keeps records."""
    kept = [each for each in scene.records if place_of(each) < (claim, place)]
    others = [each for each in scene.records if place_of(each)[0] != claim]
    house = scene.house
    house.deliver([each for each in kept if place_of(each)[0] == claim] + others, BEGINS + LASTS)
    assert house.gaps(LONG_AFTER) == {}  # nobody knows
    assert not scene.whole()

    left, said = redelivered(scene, Asked(since=BEGINS))

    assert (left, said[-1]) == (0, SAID_NOTHING)
    assert scene.whole()


def test_two_records_that_cannot_be_read_hold_up_nobody_and_come_when_they_are_restored(
    scene: Scene, claim: str
):
    broken = {(claim, 2): {"actor": {"S": "somebody else"}}, (claim, 3): {"body": {"B": "AAAA"}}}
    house = scene.house

    assert house.deliver([spoilt(each, broken) for each in scene.records], BEGINS + LASTS) == []

    assert house.counted[Metric.EVENTS_SET_ASIDE] == 2 * len(Consumer)
    assert house.counted[Metric.EVENTS_DELIVERED] == len(scene.records) - 2
    assert house.gaps(LONG_AFTER) == {claim: {}}
    # The table of events itself is whole: as after a restoration.
    assert redelivered(scene, Asked()) == (1, [*told_aside(claim), SAID_ASIDE])
    assert redelivered(scene, Asked(set_aside=True)) == (0, [SAID_NOTHING])
    assert scene.whole()


@pytest.mark.parametrize("change", ["MODIFY", "REMOVE"])
def test_who_changes_an_event_is_seen_by_the_register_while_delivery_is_down(
    scene: Scene, claim: str, change: str
):
    """Delivery gives a record up after a quarter of an hour, and catching up cannot see what it was."""
    appended = [each for each in scene.records if place_of(each)[0] == claim]
    changed = appended[0] | {"eventName": change}

    scene.house.register([changed], BEGINS)
    assert scene.house.counted[Metric.EVENTS_TAMPERED] == 1
    assert scene.house.gaps(LONG_AFTER) == {}  # it is no event that anybody lacks
    scene.house.register([*appended, changed], BEGINS)

    assert scene.house.counted[Metric.EVENTS_TAMPERED] == 2
    assert set(scene.house.gaps(LONG_AFTER)) == {claim}


SAID_ASIDE = "0 streams are behind, 1 have events set aside"


def told_aside(claim: str) -> list[str]:
    entries = [
        f"{consumer} {number} ({reason})"
        for consumer in sorted(Consumer)
        for number, reason in ((2, "broken_hash"), (3, "unreadable"))
    ]
    return [f"{claim}, last event 3: set aside: {', '.join(entries)}"]


def spoilt(record: Json, broken: dict[tuple[str, int], Json]) -> Json:
    change = record["dynamodb"]
    image = change["NewImage"] | broken.get(place_of(record), {})
    return record | {"dynamodb": change | {"NewImage": image}}


def test_an_event_of_a_test_clock_that_is_ahead_is_found_now(scene: Scene, claim: str):
    seen = {"Register": {claim: [3, "2127-01-01T00:00:00Z"]}}
    scene.house.invoke(FunctionName="event-delivery", Payload=json.dumps(seen))

    assert redelivered(scene, Asked(dry_run=True))[0] == 1


def test_a_consumer_that_lost_its_table_is_given_all_events_again(scene: Scene):
    scene.house.deliver(scene.records, BEGINS + LASTS)
    table = scene.backend.table("screening")
    for item in scene.backend.items("screening"):
        scene.backend.dynamodb.delete_item(TableName=table, Key={"id": item["id"]})
    assert not scene.whole()

    left, _ = redelivered(scene, Asked(since=BEGINS, again=[Consumer.IN_FORCE]))

    assert left == 0
    assert scene.whole()
