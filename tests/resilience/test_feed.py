"""A partner reads its events while deliveries are late, doubled and killed: each is there once, in order."""

import os
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any, Self
from unittest.mock import patch

import pytest
from insurance.api import call

from tests.support.losing import BEGINS, LASTS, LONG_AFTER, Killed, Outage, Play, Scene, place_of
from tests.support.platform import Platform

pytestmark = pytest.mark.xdist_group("resilience")

SEEDS = int(os.environ.get("LOSS_SEEDS", "3"))


class Reader:
    """A partner that reads on from where it was, at any time."""

    def __init__(self, platform: Platform, by: str) -> None:
        self._platform, self._by = platform, by
        self.read: list[tuple[str, int]] = []
        self._place: dict[str, str] = {}

    def go_on(self, now: datetime, limit: int = 7) -> None:
        """Read to the end."""

        class Clock(datetime):
            @classmethod
            def now(cls, _tz: Any = None) -> Self:
                return cls.fromtimestamp(now.timestamp(), UTC)

        while True:
            query = {"limit": str(limit)} | self._place
            with patch.object(call, "datetime", Clock):
                page = self._platform.get("/v1/events", by=self._by, query=query)
            self.read += [(each["object"]["id"], each["sequence"]) for each in page["items"]]
            self._place = {"after": page["next"]}
            if not page["items"]:
                return


@dataclass
class ReadPlay(Play):
    """A play with a reader, and batches that come again although they were taken."""

    reader: Reader = field(kw_only=True)
    delivered: list[Any] = field(default_factory=list)

    def _tick(self, new: Any, now: datetime) -> None:
        super()._tick(new, now)
        self.delivered += new
        if Outage.FEEDS not in self.house.down and Outage.DELIVERY not in self.house.down:
            if self.delivered and self.random.random() < 0.3:
                first = self.random.randrange(len(self.delivered))
                with suppress(Killed):
                    self.house.deliver(self.delivered[first : first + 10], now)
            self.reader.go_on(now, limit=self.random.randint(1, 9))


@pytest.fixture(scope="module")
def played(loaded: Platform) -> Scene:
    return Scene.of(loaded)


@pytest.fixture
def delivered(played: Scene) -> Scene:
    """With all events delivered, and nobody has read them."""
    played.begin()
    assert played.house.deliver(played.records, BEGINS + LASTS) == []
    return played


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_reader_sees_each_event_once_and_in_the_order_of_its_object(
    loaded: Platform, played: Scene, seed: int
):
    scene = played
    reader = Reader(loaded, "harbour-test")
    play = ReadPlay(scene, Random(seed), reader=reader)  # noqa: S311 - a play

    play.run()
    reader.go_on(LONG_AFTER)

    assert scene.whole()
    assert len(reader.read) == len(set(reader.read))
    told = {(stream, number) for _, stream, number in scene.wanted["feeds"]}
    assert set(reader.read) == told
    for stream in {stream for stream, _ in told}:
        numbers = [number for of, number in reader.read if of == stream]
        assert numbers == sorted(numbers)


def test_another_partner_reads_nothing_of_it(loaded: Platform, delivered: Scene):
    other = Reader(loaded, "meadow-test")

    other.go_on(LONG_AFTER)

    assert delivered.wanted["feeds"]
    assert other.read == []


def test_a_consumer_that_is_taken_back_enters_nothing_twice(loaded: Platform, delivered: Scene):
    """As after a release that did not know the feed, or by hand."""
    scene = delivered
    reader = Reader(loaded, "harbour-test")
    reader.go_on(LONG_AFTER)
    before = list(reader.read)
    heads = {place_of(each)[0]: [0, LONG_AFTER.isoformat()] for each in scene.records}

    scene.house._call(scene.house.app, {"TakeBack": ["feed"], "To": heads}, LONG_AFTER)
    scene.house.catch_up(LONG_AFTER, immediately=True)
    reader.go_on(LONG_AFTER)

    assert before
    assert reader.read == before
