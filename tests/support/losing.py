"""Delivery under outages in played time: what is lost on the way, and what is there after catching up.

The functions are the shipped ones, on a real engine and services; what plays is time, and who is out of
reach. Like Lambda's mapping, a batch is tried until its records are a quarter of an hour old.
"""

import base64
import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any, Self
from unittest.mock import patch

from botocore.exceptions import EndpointConnectionError
from insurance import telemetry
from insurance.domain.core.delivery import Consumer
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.dynamodb import transaction
from insurance.operations.delivery.streams import Take
from insurance.operations.ledger.ports import LedgerPorts
from insurance.operations.ledger.read_general_ledger import read_health

from tests.support.backend import Backend, Item, State, environment
from tests.support.builders import make_query
from tests.support.calls import CONTEXT
from tests.support.driving.functions import functions_of
from tests.support.ledger import finance
from tests.support.platform import Platform
from tests.support.rights import acting

type Json = dict[str, Any]

BEGINS = datetime(2027, 3, 1, tzinfo=UTC)
LASTS = timedelta(hours=48)
LONG_AFTER = BEGINS + 3 * LASTS
GIVEN_UP_AFTER = timedelta(minutes=15)
SEEN_AFTER = timedelta(minutes=1)
"""Health must name a gap by then."""
SHORTEST, AN_HOUR, LONGEST = 1.0, 3600.0, 30 * 3600.0
NOT_COMPARED = {"events", "deliveries", "feeds", "idempotency", "quotes", "policies", "claims"}
"""Written by commands; and where delivery stands, which tells of the way, as the order of a feed does."""


class Outage(StrEnum):
    """What is out of reach."""

    DELIVERY = "delivery"
    KMS = "kms"
    EVENT_BRIDGE = "events"
    BALANCES = "balances"
    FEEDS = "feeds"


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Delivering:
    """Event delivery and the register in this process, on a backend, and what is out of reach."""

    backend: Backend
    down: set[Outage] = field(default_factory=set)
    dies_after: int | None = None
    """Calls of consumers after which the process ends."""
    fails: dict[tuple[Consumer, str, int], Exception] = field(default_factory=dict)
    """Events that a consumer fails to take."""
    counted: Counter[str] = field(default_factory=Counter)
    """Metrics that were emitted, added up."""

    def __post_init__(self) -> None:
        variables = self.backend.environment()
        apps = functions_of(variables, ["event_delivery", "event_register"])
        self.app: Any = apps["event_delivery"]
        self._register = apps["event_register"]
        with environment(variables):
            stores, bus = self.app.stores, self.app.bus
            self.keys = stores.keys
            for client in (stores.client, bus._client, self.keys._kms):
                client.meta.events.register("before-call", self._reach)
            self._ledger = LedgerPorts(
                self.app.books.products,
                stores.policy_ledgers,
                stores.general_ledger,
                stores.deliveries,
                stores.kept_reports,
            )
        self._consumers = self.app.consumers

    def make_index_key(self) -> None:
        """It is made at first use, and is another one each time."""
        with environment(self.backend.environment()):
            self.app.index_ports.index_keys.token(Mode.TEST, "field", "value")

    def deliver(self, records: Sequence[Json], now: datetime) -> list[Json]:
        """Those that are to come again."""
        said = self._call(self.app, {"Records": list(records)}, now)
        failures: list[Json] = said["batchItemFailures"]
        if not failures:
            return []
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        return list(records[numbers.index(failures[0]["itemIdentifier"]) :])

    def register(self, records: Sequence[Json], now: datetime) -> None:
        self._call(self._register, {"Records": list(records)}, now)

    def catch_up(self, now: datetime, **options: bool) -> Json:
        return self._call(self.app, {"CatchUp": options}, now)

    def invoke(self, *, FunctionName: str, Payload: str) -> Json:  # noqa: N803 - AWS's own names
        """As an operator's tool calls it, long after everything."""
        assert FunctionName == "event-delivery"
        said = self._call(self.app, json.loads(Payload), LONG_AFTER)
        return {"Payload": _Body(json.dumps(said).encode())}

    def gaps(self, now: datetime) -> dict[str, dict[Consumer, int]]:
        """What health says, by stream; it is red exactly then."""
        down, self.down = self.down, set()  # who asks for it reaches the tables
        health = read_health(Currency.GBP, make_query(finance(), now=now), self._ledger).health
        self.down = down
        gaps = {each.stream: dict(each.lacking) for each in health.gaps}
        assert not (gaps and health.healthy)
        return gaps

    def _call(self, module: Any, given: Json, now: datetime) -> Json:
        class Clock(datetime):
            @classmethod
            def now(cls, _tz: Any = None) -> Self:
                return cls.fromtimestamp(now.timestamp(), UTC)

        with (
            environment(self.backend.environment()),
            patch.object(module, "datetime", Clock),
            patch.object(transaction, "TRIES", 1),
            patch.object(telemetry, "count", lambda name, times=1: self._count(name, times)),
            patch.object(telemetry, "business", lambda *_a, **_k: None),
            patch.object(telemetry.logger, "error", lambda *_a, **_k: None),
            patch.object(self.app, "consumers", self._mortal),
        ):
            if Outage.KMS in self.down:
                for ring in (self.keys, self.app.stores.index_keys._keys):
                    ring._held.clear()
            try:
                with acting("event_delivery" if module is self.app else "event_register"):
                    said: Json = module.handler.__wrapped__(given, CONTEXT)
            finally:  # what a process held that died is gone
                self.app.bus._waiting.clear()
                self.app.feeds._waiting.clear()
                self.app.webhooks._waiting.clear()
            return said

    def _count(self, name: str, times: int) -> None:
        self.counted[name] += times

    def _mortal(self, moved: set[Any]) -> dict[Consumer, Any]:
        def mortal(consumer: Consumer, take: Take) -> Take:
            def taken(event: Event, at: datetime) -> None:
                error = self.fails.get((consumer, event.stream, event.sequence))
                if error is not None:
                    raise error
                take(event, at)
                if self.dies_after is not None:
                    self.dies_after -= 1
                    if self.dies_after < 0:
                        raise Killed

            return taken

        return {each: mortal(each, take) for each, take in self._consumers(moved).items()}

    def _reach(self, model: Any, params: Json, **_: Any) -> None:
        service = model.service_model.service_name
        tables = [
            self.backend.table(each).encode()
            for each in (Outage.BALANCES, Outage.FEEDS)
            if each in self.down
        ]
        if service in self.down or (
            service == "dynamodb" and any(table in params["body"] for table in tables)
        ):
            raise EndpointConnectionError(endpoint_url=service)


@dataclass(frozen=True)
class _Body:
    content: bytes

    def read(self) -> bytes:
        return self.content


# -- what there is to deliver, and what came of it -----------------------------------------------


def records_of(items: Iterable[Item], at: Callable[[int], datetime]) -> list[Json]:
    """The stream's records of events, in an order in which they may have been appended."""
    ordered = sorted(items, key=lambda item: (item["at"]["S"], _number(item), _stream(item)))
    return [_record(item, number, at(number)) for number, item in enumerate(ordered)]


def _record(item: Item, number: int, at: datetime) -> Json:
    image = json.loads(json.dumps(item, default=lambda raw: base64.b64encode(raw).decode()))
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": int(at.timestamp()),
            "Keys": {key: image[key] for key in ("stream", "sequence")},
            "NewImage": image,
            "SequenceNumber": f"{number:021}",
        },
    }


def _stream(item: Item) -> str:
    return str(item["stream"]["S"])


def _number(item: Item) -> int:
    return int(item["sequence"]["N"])


def place_of(record: Json) -> tuple[str, int]:
    """The event that a record is of."""
    keys = record["dynamodb"]["Keys"]
    return _stream(keys), _number(keys)


def appended_at(record: Json) -> datetime:
    return datetime.fromtimestamp(record["dynamodb"]["ApproximateCreationDateTime"], UTC)


def on_the_bus(backend: Backend) -> set[tuple[str, int]]:
    rows = backend.store.execute("SELECT detail FROM events").fetchall()
    details = [json.loads(detail) for (detail,) in rows]
    return {(each["stream"], each["sequence"]) for each in details}


def in_the_books(backend: Backend) -> set[tuple[str, int]]:
    keys = [(item["account"]["S"], item["shard"]["S"]) for item in backend.items("balances")]
    marks = [(account, place) for account, place in keys if account.startswith("posted#")]
    return {(account.removeprefix("posted#"), int(place)) for account, place in marks}


def in_the_feeds(backend: Backend) -> list[tuple[str, str, int]]:
    """Whose feeds have which events: in which order they arrived is not the same."""
    return sorted(
        (item["feed"]["S"], item["stream"]["S"], int(item["sequence"]["N"]))
        for item in backend.items("feeds")
        if "stream" in item
    )


def outcome(backend: Backend) -> Json:
    """All that consumers made of the events: the same whichever way the events took."""
    names = {backend.table(name) for name in NOT_COMPARED}
    tables = {
        name: sorted(map(_settled, items), key=str)
        for name, items in backend.everything().items()
        if name not in names
    }
    return tables | {"bus": sorted(on_the_bus(backend)), "feeds": in_the_feeds(backend)}


def _settled(item: Item) -> Item:
    """Without when a total was added to last, and with sets, which have no order, in one."""
    return {
        name: {"SS": sorted(value["SS"])} if "SS" in value else value
        for name, value in item.items()
        if name != "at"
    }


# -- plays ----------------------------------------------------------------------------------------


@dataclass
class Scene:
    """Events that were appended and not delivered yet, and what comes of them where nothing is in the way."""

    backend: Backend
    house: Delivering
    records: list[Json]
    state: State
    wanted: Json = field(default_factory=dict)
    posted: set[tuple[str, int]] = field(default_factory=set)
    """The events that the books take."""

    @classmethod
    def of(cls, handlers: Platform) -> Self:
        """Some business, from quote to paid claim, over two days."""
        backend, house = handlers.backend, Delivering(handlers.backend)
        backend.empty()
        for _ in range(3):
            handlers.paid()
            handlers.issued()
            handlers.accepted()
        house.make_index_key()
        items, span = backend.items("events"), LASTS.total_seconds()
        random = Random(0)  # noqa: S311 - a play
        times = sorted(random.uniform(1, span) for _ in items)
        records = records_of(items, lambda number: BEGINS + timedelta(seconds=times[number]))
        scene = cls(backend, house, records, backend.state())
        scene.begin()
        assert house.deliver(records, BEGINS + LASTS) == []
        assert house.gaps(LONG_AFTER) == {}
        scene.wanted, scene.posted = outcome(backend), in_the_books(backend)
        return scene

    def begin(self) -> None:
        """As it was when the events had been appended and nothing delivered."""
        self.backend.restore(self.state)
        self.backend.store.execute("DELETE FROM events")
        self.house.down, self.house.dies_after = set(), None
        self.house.fails.clear()
        self.house.counted.clear()

    def whole(self) -> bool:
        """Whether all consumers have all, and health says so."""
        return self.house.gaps(LONG_AFTER) == {} and outcome(self.backend) == self.wanted


@dataclass
class Play:
    """Two days of events, and outages of a second to thirty hours at random: one of each kind is no blink."""

    scene: Scene
    random: Random
    seen: set[str] = field(default_factory=set)
    """Streams that health named meanwhile."""

    def __post_init__(self) -> None:
        self.backend, self.house = self.scene.backend, self.scene.house
        self.records = self.scene.records
        span = LASTS.total_seconds()
        self.outages = [
            (kind, begins, begins + self._length(AN_HOUR if number == 0 else SHORTEST))
            for kind in Outage
            for number, begins in enumerate(self._instants(self.random.randint(1, 3), span))
        ]
        self.pending: list[Json] = []

    def _length(self, least: float) -> timedelta:
        return timedelta(seconds=math.exp(self.random.uniform(math.log(least), math.log(LONGEST))))

    def _instants(self, count: int, span: float) -> list[datetime]:
        return [BEGINS + timedelta(seconds=self.random.uniform(0, span)) for _ in range(count)]

    def run(self) -> None:
        """Play to the end, and catch up once everybody is in reach."""
        self.scene.begin()
        before = BEGINS
        for now in self._ticks():
            new = [each for each in self.records if before < appended_at(each) <= now]
            before = now
            self._tick(new, now)
        self.house.down, self.house.dies_after = set(), None
        end = self._ticks()[-1] + timedelta(hours=1)
        while self.house.catch_up(end)["behind"]:
            pass

    def _ticks(self) -> list[datetime]:
        """When something happens: an event, a minute after it, an end of an outage, and every two hours."""
        events = {appended_at(each) for each in self.records}
        ends = {end for _, _, end in self.outages}
        every = {BEGINS + timedelta(hours=hours) for hours in range(0, 80, 2)}
        later = {each + SEEN_AFTER for each in events | ends}
        return sorted(events | ends | later | every)

    def _tick(self, new: Sequence[Json], now: datetime) -> None:
        house = self.house
        house.down = {kind for kind, begins, ends in self.outages if begins <= now < ends}
        young = [each for each in self.pending if now - appended_at(each) < GIVEN_UP_AFTER]
        self.pending = [*young, *new]
        if new:
            house.register(new, now)
        if Outage.DELIVERY not in house.down:
            house.dies_after = self.random.randint(0, 20) if self.random.random() < 0.2 else None
            try:
                if self.pending:
                    self.pending = house.deliver(self.pending, now)
                said = house.catch_up(now)
            except Killed:
                said = None
            assert said is None or said["finished"]
        self.assert_gaps_are_seen(now)

    def assert_gaps_are_seen(self, now: datetime) -> None:
        """Health names each stream of which the bus or the books have lacked an event for a minute."""
        old = {place_of(each) for each in self.records if appended_at(each) <= now - SEEN_AFTER}
        lacking = old - on_the_bus(self.backend)
        lacking |= (old & self.scene.posted) - in_the_books(self.backend)
        named = set(self.house.gaps(now))
        self.seen |= named
        assert {stream for stream, _ in lacking} <= named
