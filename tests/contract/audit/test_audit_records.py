"""The audit's table and the events it reads: in memory and on a real engine."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from insurance.domain.audit.root import Leaf, Root, SignedRoot
from insurance.domain.audit.verification import DamagedEvent
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.dynamodb.aggregates import event_item
from insurance.dynamodb.stores import Stores
from insurance.operations.audit.ports import (
    AuditRecords,
    CoveredEvents,
    RecordedEvents,
    RecordedHead,
)

from tests.fakes.audit import MemoryAuditRecords, MemoryRecordedEvents
from tests.fakes.keys import PlainKeys
from tests.support.audit import event_after
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

DAY = datetime(2027, 3, 1, 9, tzinfo=UTC)


@dataclass
class AuditStores:
    records: AuditRecords
    events: RecordedEvents
    append: "Callable[[Event], object]"
    damage: "Callable[[Event], object]"


def on_engine(dynamodb: "DynamoDBClient") -> AuditStores:
    tables = make_tables(dynamodb)
    made = Stores(lambda: dynamodb, tables.__getitem__, PlainKeys, PlainKeys)

    def put(event: Event, **changed: object) -> None:
        item = {**event_item(event), **changed}
        dynamodb.put_item(TableName=tables["events"], Item=item)

    return AuditStores(
        made.audit_records,
        made.recorded_events,
        put,
        lambda event: put(event, body={"B": b"\x01damaged"}),
    )


def in_memory() -> AuditStores:
    events = MemoryRecordedEvents()
    return AuditStores(
        MemoryAuditRecords(),
        events,
        events.append,
        lambda event: events.streams[event.stream].update(
            {event.sequence: DamagedEvent(event.sequence)}
        ),
    )


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> AuditStores:
    if request.param == "memory":
        return in_memory()
    return on_engine(request.getfixturevalue("dynamodb"))


def head(stream: str, last: int) -> RecordedHead:
    return RecordedHead(stream, last, bytes([last]) * 32)


def leaf(stream: str, first: int, last: int, number: int, index: int = 0) -> CoveredEvents:
    hashes = tuple(bytes([each]) * 32 for each in range(first, last + 1))
    return CoveredEvents(Leaf(stream, first, hashes), number, index, (b"p" * 32,) * index)


def signed(number: int, mode: Mode = Mode.LIVE) -> SignedRoot:
    root = Root(
        mode=mode,
        number=number,
        day=DAY.date().replace(day=number),
        heads=2,
        root="ab" * 32,
        previous="00" * 32,
        key_id="key",
    )
    return SignedRoot(root=root, signature=b"signature", public_key=b"key")


def test_a_stream_waits_from_its_first_move_on(stores: AuditStores):
    stores.records.mark([head("pol_b", 1), head("pol_a", 2)])
    stores.records.mark([head("pol_b", 3)])
    stores.records.mark([head("pol_test_c", 1)])

    assert stores.records.waiting(Mode.LIVE) == [head("pol_a", 2), head("pol_b", 3)]
    assert stores.records.waiting(Mode.TEST) == [head("pol_test_c", 1)]
    assert stores.records.noted("pol_b") == head("pol_b", 3)
    assert stores.records.noted("pol_x") is None


def test_an_older_note_changes_nothing_and_keeps_no_other_from_being_taken(stores: AuditStores):
    stores.records.mark([head("pol_a", 5)])

    stores.records.mark([head("pol_b", 1), head("pol_a", 4), head("pol_c", 1)])
    stores.records.mark([head("pol_a", 3)])

    assert [each.last for each in stores.records.waiting(Mode.LIVE)] == [5, 1, 1]


def test_more_streams_than_one_write_takes_are_noted_together(stores: AuditStores):
    stores.records.mark([head(f"pol_{number:03}", 1) for number in range(230)])

    assert len(stores.records.waiting(Mode.LIVE)) == 230


def test_what_is_entered_waits_no_longer(stores: AuditStores):
    stores.records.mark([head("pol_a", 2), head("pol_b", 3)])

    stores.records.enter([leaf("pol_a", 1, 2, 1), leaf("pol_b", 1, 2, 1, 1)])

    assert stores.records.waiting(Mode.LIVE) == [head("pol_b", 3)]
    assert stores.records.covered(["pol_a", "pol_x", "pol_b"]) == [
        head("pol_a", 2),
        None,
        head("pol_b", 2),
    ]


def test_entering_again_changes_nothing(stores: AuditStores):
    many = [leaf(f"pol_{number:03}", 1, 2, 1, number) for number in range(70)]
    stores.records.mark([head(each.leaf.stream, 2) for each in many])
    stores.records.enter(many[:33])

    stores.records.enter(many)
    stores.records.mark([head("pol_000", 3)])
    stores.records.enter(many)

    assert stores.records.waiting(Mode.LIVE) == [head("pol_000", 3)]
    assert [stores.records.covering(each.leaf.stream, after=0, limit=9) for each in many] == [
        [each] for each in many
    ]


def test_a_leaf_that_is_there_keeps_no_other_from_being_entered(stores: AuditStores):
    many = [leaf(f"pol_{number:03}", 1, 2, 1, number) for number in range(40)]
    stores.records.mark([head(each.leaf.stream, 2) for each in many])
    stores.records.mark([head("pol_004", 3)])
    stores.records.enter([many[3], many[35]])

    stores.records.enter(many)

    assert stores.records.waiting(Mode.LIVE) == [head("pol_004", 3)]
    assert [stores.records.covering(each.leaf.stream, after=0, limit=9) for each in many] == [
        [each] for each in many
    ]


def test_a_leaf_that_does_not_follow_what_is_covered_is_not_entered(stores: AuditStores):
    stores.records.enter([leaf("pol_a", 1, 2, 1)])

    stores.records.enter([leaf("pol_a", 1, 3, 2), leaf("pol_b", 1, 1, 2, 1)])
    stores.records.enter([leaf("pol_a", 4, 5, 3)])

    assert stores.records.covered(["pol_a", "pol_b"]) == [head("pol_a", 2), head("pol_b", 1)]


def test_the_root_of_an_event_is_found_by_the_event(stores: AuditStores):
    first, second, third = leaf("pol_a", 1, 2, 1), leaf("pol_a", 3, 3, 4), leaf("pol_a", 4, 12, 5)
    for each in (first, second, third):
        stores.records.enter([each])

    found = [
        stores.records.covering("pol_a", after=number - 1, limit=1) for number in (1, 2, 3, 4, 12)
    ]

    assert found == [[first], [first], [second], [third], [third]]
    assert stores.records.covering("pol_a", after=12, limit=1) == []
    assert stores.records.covering("pol_a", after=1, limit=9) == [first, second, third]


def test_roots_are_read_in_their_order(stores: AuditStores):
    for number in (1, 2):
        stores.records.add_root(signed(number))
        stores.records.finish_root(signed(number))
    stores.records.add_root(signed(3))
    stores.records.add_root(signed(1, Mode.TEST))

    latest = stores.records.latest(Mode.LIVE)
    assert latest
    assert (latest.signed, latest.is_entered) == (signed(3), False)
    assert [each.signed for each in stores.records.roots(Mode.LIVE, after=1, limit=9)] == [
        signed(2),
        signed(3),
    ]
    assert [each.is_entered for each in stores.records.roots(Mode.LIVE, after=0, limit=2)] == [
        True,
        True,
    ]


def test_a_root_that_is_entered_stays_so(stores: AuditStores):
    stores.records.add_root(signed(1))
    stores.records.finish_root(signed(1))

    stores.records.add_root(signed(1))
    stores.records.finish_root(signed(1))

    [entered] = stores.records.roots(Mode.LIVE, after=0, limit=9)
    assert entered.is_entered
    assert stores.records.latest(Mode.TEST) is None


def stream(stores: AuditStores, name: str, length: int) -> list[Event]:
    made: list[Event] = []
    position = StreamPosition()
    for _ in range(length):
        made.append(event_after(position, name, DAY))
        position = made[-1].head
        stores.append(made[-1])
    return made


def test_events_are_read_as_they_were_hashed(stores: AuditStores):
    made = stream(stores, "pol_a", 3)

    found = stores.events.page("pol_a", after=1, limit=9)

    assert [each.sequence for each in found] == [2, 3]
    assert all(isinstance(each, Event) and each.digest() == each.hash for each in found)
    assert [getattr(each, "hash", None) for each in found] == [each.hash for each in made[1:]]
    assert stores.events.page("pol_a", after=0, limit=1)[0].sequence == 1


def test_a_page_may_be_longer_than_one_read(stores: AuditStores):
    stream(stores, "pol_a", 130)

    assert len(stores.events.page("pol_a", after=0, limit=125)) == 125
    assert len(stores.events.page("pol_a", after=0, limit=1000)) == 130


def test_an_event_that_cannot_be_read_is_damaged(stores: AuditStores):
    made = stream(stores, "pol_a", 3)
    stores.damage(made[1])

    assert stores.events.page("pol_a", after=0, limit=9)[1] == DamagedEvent(2)
    assert [each for _, each in stores.events.each([("pol_a", range(2, 3))])] == [DamagedEvent(2)]


def test_events_of_many_streams_are_read_by_their_numbers(stores: AuditStores):
    for name in "abc":
        stream(stores, f"pol_{name}", 60)

    found = list(
        stores.events.each(
            [("pol_c", range(2, 61)), ("pol_a", range(59, 70)), ("pol_b", range(1, 60))]
        )
    )

    assert [(name, each.sequence) for name, each in found] == [
        *(("pol_c", number) for number in range(2, 61)),
        *(("pol_a", number) for number in (59, 60)),
        *(("pol_b", number) for number in range(1, 60)),
    ]
