"""Two runs that make roots at once: every day is closed once, and every event stands in one root."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from insurance.domain.audit.root import SignedRoot
from insurance.domain.core.identity import Mode
from insurance.dynamodb.stores import Stores
from insurance.operations.audit.make_roots import make_roots, read_all_leaves
from insurance.operations.audit.mark_moved import MovedStreams
from insurance.operations.audit.ports import AuditPorts, AuditRecords, EnteredRoot

from tests.fakes.audit import MemoryAuditRecords
from tests.fakes.keys import PlainKeys
from tests.support.audit import DAY, AuditHouse
from tests.support.engine import make_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

STREAMS = [f"pol_{name}" for name in "abcde"]
DAYS = [DAY + timedelta(days=ahead) for ahead in range(3)]
NIGHT = datetime(2027, 3, 4, 2, tzinfo=DAY.tzinfo)
"""Behind all of the days."""


class Died(Exception):
    """The run ended here."""


class Interrupted:
    """Records of a run that is halted right before it writes to the root of one day."""

    def __init__(self, inner: AuditRecords, step: str, number: int, then: Callable[[], None]):
        self._inner, self._step, self._number, self._then = inner, step, number, then

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if name != self._step:
            return found

        def call(given: object) -> object:
            if _number(given) == self._number:
                self._number = 0
                self._then()
            return found(given)

        return call


class Behind:
    """Records of a run that looked before the other one began, and goes on once it has repeated a root."""

    def __init__(self, inner: AuditRecords, seen: EnteredRoot | None):
        self._inner, self._seen, self._is_behind = inner, seen, True

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)

    def latest(self, mode: Mode) -> EnteredRoot | None:
        return self._seen if self._is_behind else self._inner.latest(mode)

    def finish_root(self, signed: SignedRoot) -> None:
        self._inner.finish_root(signed)
        self._is_behind = False


def _number(given: object) -> int:
    return given.root.number if isinstance(given, SignedRoot) else given[0].number  # type: ignore[index]  # leaves


@pytest.fixture
def ports(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> AuditPorts:
    """Of a house in which one day is closed, and two are not."""
    monkeypatch.setattr("insurance.operations.audit.make_roots.STREAMS_OF_A_PAGE", 2)
    house = AuditHouse()
    records: AuditRecords = MemoryAuditRecords()
    if request.param == "dynamodb":
        client: DynamoDBClient = request.getfixturevalue("dynamodb")
        tables = make_tables(client)
        records = Stores(lambda: client, tables.__getitem__, PlainKeys, PlainKeys).audit_records
    ports = replace(house.ports, records=records)
    moved = MovedStreams(records)
    for day in DAYS:
        for stream in STREAMS:
            [event] = house.record(stream, 1, day, noted=False)
            moved.take(event)
    assert moved.flush() == {}
    run(ports, DAY + timedelta(days=1))
    return ports


def run(ports: AuditPorts, now: datetime = NIGHT) -> None:
    make_roots(Mode.LIVE, ports, now=now, time_is_up=lambda: False)


def with_records(ports: AuditPorts, records: object) -> AuditPorts:
    return replace(ports, records=records)  # type: ignore[arg-type]  # all of it, by delegation


def check(ports: AuditPorts) -> None:
    """Each day has one root that was finished, and each event stands in one root, by the files and by the table."""
    roots = ports.records.roots(Mode.LIVE, after=0, limit=99)
    assert [each.signed.root.day for each in roots] == [day.date() for day in DAYS]
    assert all(each.is_entered for each in roots)
    in_files = Counter(
        (leaf.stream, number, each.signed.root.number)
        for each in roots
        for leaf in read_all_leaves(each.signed.root, ports)
        for number in range(leaf.first, leaf.last + 1)
    )
    in_table = Counter(
        (stream, number, leaf.number)
        for stream in STREAMS
        for leaf in ports.records.covering(stream, after=0, limit=99)
        for number in range(leaf.leaf.first, leaf.leaf.last + 1)
    )
    assert in_files == in_table
    assert sorted((stream, number) for stream, number, _ in in_files) == [
        (stream, number) for stream in STREAMS for number in (1, 2, 3)
    ]
    assert set(in_files.values()) == {1}
    assert ports.records.waiting(Mode.LIVE) == []


STEPS = [
    (number, step, dies)
    for number in (2, 3)
    for step in ("add_root", "enter", "finish_root")
    for dies in (False, True)
]
ON_ENGINE = [(3, "enter", False), (3, "finish_root", True)]
"""The two that cost most: a run goes on, or dies, while another is behind it."""


@pytest.mark.parametrize(
    ("ports", "number", "step", "dies"),
    [("memory", *each) for each in STEPS] + [("dynamodb", *each) for each in ON_ENGINE],
    indirect=["ports"],
)
def test_a_run_that_is_behind_another_closes_no_day_again(
    ports: AuditPorts, number: int, step: str, dies: bool
):
    seen = ports.records.latest(Mode.LIVE)

    def other() -> None:
        run(with_records(ports, Behind(ports.records, seen)))
        if dies:
            raise Died

    first = with_records(ports, Interrupted(ports.records, step, number, other))
    try:
        run(first)
    except Died:
        assert dies

    check(ports)
