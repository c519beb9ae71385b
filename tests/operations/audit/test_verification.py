"""Tampering is found and named, in whichever way it was done, before a root covers the events and after."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from insurance.domain.audit.root import Leaf
from insurance.domain.audit.verification import BrokenLink, DamagedEvent, LinkFault
from insurance.domain.core.errors import EventNotFound, InvalidFields
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.operations.audit.locked_files import signed_json
from insurance.operations.audit.verify_streams import (
    EVENTS_MAX,
    ROOTS,
    Verification,
    look_at_roots_again,
    roots_to_look_at,
    verify_roots,
    verify_stream,
)
from insurance.operations.command import Query

from tests.fakes.audit import MemorySigner
from tests.support.audit import AUDITOR, DAY, AuditHouse, event_after

NEXT = DAY + timedelta(days=1)
STREAM = "pol_a"


class Part:
    """A page of a list."""

    def __init__(self, after: str = "", limit: int = 100) -> None:
        self.after, self.limit = after, limit


def query(house_now=NEXT) -> Query:
    return Query(AUDITOR, house_now, house_now)


def of_stream(house: AuditHouse, stream: str = STREAM, after: int = 0) -> Verification:
    return verify_stream(stream, after, query(), house.ports)


def of_everything(house: AuditHouse, limit: int = 100) -> list[Verification]:
    """What an auditor does: calls until there is no next."""
    calls: list[Verification] = []
    after = ""
    while not calls or calls[-1].next is not None:
        calls.append(verify_roots(Part(after, limit), query(), house.ports))
        after = calls[-1].next or ""
    return calls


def broken(calls: list[Verification]) -> list[BrokenLink]:
    return [each for call in calls for each in call.broken]


def changed(house: AuditHouse, events: list[Event]) -> None:
    house.events.append(events[2].model_copy(update={"actor": "somebody"}))


def damaged(house: AuditHouse, events: list[Event]) -> None:
    house.events.streams[STREAM][3] = DamagedEvent(3)


def deleted(house: AuditHouse, events: list[Event]) -> None:
    del house.events.streams[STREAM][3]


def reordered(house: AuditHouse, events: list[Event]) -> None:
    third, fourth = events[2:4]
    house.events.append(fourth.model_copy(update={"sequence": 3}))
    house.events.append(third.model_copy(update={"sequence": 4}))


def cut(house: AuditHouse, events: list[Event]) -> None:
    for number in (3, 4, 5):
        del house.events.streams[STREAM][number]


def forked(house: AuditHouse, events: list[Event]) -> None:
    """Written anew from the third event on, with hashes and links as they should be."""
    head: StreamPosition = events[1].head
    for _ in range(3):
        event = event_after(head, STREAM, DAY, actor="somebody else")
        house.events.append(event)
        head = event.head


TAMPERING = [
    pytest.param(changed, LinkFault.CHANGED, id="change"),
    pytest.param(damaged, LinkFault.CHANGED, id="damage"),
    pytest.param(deleted, LinkFault.MISSING, id="delete"),
    pytest.param(reordered, LinkFault.CHANGED, id="reorder"),
    pytest.param(cut, LinkFault.CUT, id="cut the tail"),
    pytest.param(forked, LinkFault.FORKED, id="fork"),
]
type Tamper = Callable[[AuditHouse, list[Event]], None]


def test_what_nobody_touched_holds():
    house = AuditHouse()
    house.record(STREAM, 5)
    house.record("pol_b", 2)
    house.night()
    house.record(STREAM, 2, NEXT)

    assert of_stream(house) == Verification(0, 1, 7, [], None)
    calls = of_everything(house)
    assert broken(calls) == []
    assert [sum(each) for each in zip(*[call[:3] for call in calls], strict=True)] == [1, 2, 7]


@pytest.mark.parametrize(("tamper", "fault"), TAMPERING)
def test_tampering_behind_a_root_is_named(tamper: Tamper, fault: LinkFault):
    house = AuditHouse()
    events = house.record(STREAM, 5)
    house.record("pol_b", 2)
    house.night()

    tamper(house, events)

    named = [BrokenLink(STREAM, 3, fault)]
    assert of_stream(house).broken == named
    assert broken(of_everything(house)) == named
    assert of_stream(house, "pol_b").broken == []


@pytest.mark.parametrize(("tamper", "fault"), TAMPERING)
def test_tampering_before_the_next_root_is_named(tamper: Tamper, fault: LinkFault):
    """By what delivery noted. That is the last event of the stream: where all was written anew, it is the one that differs."""
    house = AuditHouse()
    events = house.record(STREAM, 5)

    tamper(house, events)

    sequence = 5 if fault is LinkFault.FORKED else 3
    assert of_stream(house).broken == [BrokenLink(STREAM, sequence, fault)]


def test_the_whole_stream_is_missed():
    house = AuditHouse()
    house.record(STREAM, 5)
    house.night()
    house.events.streams.clear()

    assert of_stream(house).broken == [BrokenLink(STREAM, 1, LinkFault.CUT)]
    assert broken(of_everything(house)) == [BrokenLink(STREAM, 1, LinkFault.CUT)]


def test_another_event_before_one_that_stays_is_an_unlinked_one():
    house = AuditHouse()
    first = house.record(STREAM, 1)[0]
    other = event_after(first.head.replace(hash=b"x" * 32), STREAM, DAY)
    house.events.append(other)

    assert of_stream(house).broken == [BrokenLink(STREAM, 2, LinkFault.UNLINKED)]


def test_a_long_stream_is_checked_part_by_part():
    house = AuditHouse()
    house.record(STREAM, EVENTS_MAX + 3)
    house.events.streams[STREAM][EVENTS_MAX + 2] = DamagedEvent(EVENTS_MAX + 2)

    first = of_stream(house)
    second = of_stream(house, after=int(first.next or 0))

    assert (first.broken, first.events, first.next) == ([], EVENTS_MAX, str(EVENTS_MAX))
    assert second.broken == [BrokenLink(STREAM, EVENTS_MAX + 2, LinkFault.CHANGED)]


def test_parts_of_a_stream_are_linked_too():
    house = AuditHouse()
    house.record(STREAM, EVENTS_MAX + 1)
    forged = event_after(
        house.heads[STREAM].replace(sequence=EVENTS_MAX, hash=b"x" * 32), STREAM, DAY
    )
    house.events.append(forged)

    assert of_stream(house, after=EVENTS_MAX).broken == [
        BrokenLink(STREAM, EVENTS_MAX + 1, LinkFault.UNLINKED)
    ]


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_every_stream_is_checked_once_however_small_the_pages(limit: int):
    house = AuditHouse()
    for name in "abcde":
        house.record(f"pol_{name}")
    house.night()

    calls = of_everything(house, limit)

    assert sum(call.streams for call in calls) == 5
    assert sum(call.roots for call in calls) == 1


def test_one_call_checks_so_many_events(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("insurance.operations.audit.verify_streams.EVENTS_MAX", 5)
    house = AuditHouse()
    for name in "abc":
        house.record(f"pol_{name}", 3)
    house.night()

    assert [call.events for call in of_everything(house)][:3] == [3, 3, 3]


def tampered_root(house: AuditHouse, **changes: object) -> None:
    """What somebody can do who may write to the table, and not to the locked files."""
    [entered] = house.records.signed[Mode.LIVE]
    signed = entered.signed.replace(root=entered.signed.root.replace(**changes))
    house.records.signed[Mode.LIVE] = [entered._replace(signed=signed)]


def test_a_root_that_was_changed_in_the_table_is_named():
    house = AuditHouse()
    house.record(STREAM)
    house.night()
    tampered_root(house, heads=2)

    assert broken(of_everything(house)) == [BrokenLink(ROOTS, 1, LinkFault.ROOT_CHANGED)]


def test_a_root_that_is_not_in_the_table_is_named():
    house = AuditHouse()
    house.record(STREAM)
    house.night()
    house.records.signed[Mode.LIVE] = []

    assert BrokenLink(ROOTS, 1, LinkFault.ROOT_MISSING) in broken(of_everything(house))


def test_a_root_that_was_signed_by_nobody_is_named():
    house = AuditHouse()
    house.record(STREAM)
    house.night()
    key = "live/00000001/root.json"
    body, kind = house.locked.kept[key]
    house.locked.kept[key] = (body.replace(b'"heads":1', b'"heads":2'), kind)
    tampered_root(house, heads=2)

    assert broken(of_everything(house)) == [BrokenLink(ROOTS, 1, LinkFault.ROOT_CHANGED)]
    assert of_stream(house).broken == [BrokenLink(ROOTS, 1, LinkFault.ROOT_CHANGED)]


def test_a_root_that_another_key_signed_under_the_name_of_ours_is_named():
    house = AuditHouse()
    house.record(STREAM)
    house.night()
    forger = MemorySigner()
    [entered] = house.records.signed[Mode.LIVE]
    root = entered.signed.root
    forged = entered.signed.replace(
        signature=forger.sign(root.document), public_key=forger.public_key
    )
    house.records.signed[Mode.LIVE] = [entered._replace(signed=forged)]
    key = "live/00000001/root.json"
    house.locked.kept[key] = (signed_json(forged), house.locked.kept[key][1])

    assert broken(of_everything(house)) == [BrokenLink(ROOTS, 1, LinkFault.ROOT_CHANGED)]
    assert of_stream(house).broken == [BrokenLink(ROOTS, 1, LinkFault.ROOT_CHANGED)]


def test_a_root_that_does_not_follow_the_one_before_is_named():
    house = AuditHouse()
    house.record(STREAM)
    house.night()
    house.night(NEXT)
    other = AuditHouse(signer=house.signer)
    other.record("pol_other")
    other.night()
    house.locked.kept["live/00000001/root.json"] = other.locked.kept["live/00000001/root.json"]

    calls = verify_roots(Part("2.0"), query(NEXT + timedelta(days=1)), house.ports)

    assert calls.broken == [BrokenLink(ROOTS, 2, LinkFault.ROOT_UNLINKED)]


def test_a_root_that_is_overdue_is_named():
    house = AuditHouse()
    house.night()

    late = verify_roots(Part("2.0"), query(NEXT + timedelta(days=1)), house.ports)

    assert late.broken == [BrokenLink(ROOTS, 2, LinkFault.ROOT_MISSING)]


def test_what_the_table_says_of_a_root_leads_to_it():
    """Who changes the events and what the table recorded of them still cannot change the root."""
    house = AuditHouse()
    events = house.record(STREAM, 5)
    house.night()
    forked(house, events)
    anew = house.events.page(STREAM, after=0, limit=9)
    [covered] = house.records.leaves[STREAM]
    leaf = Leaf(STREAM, 1, tuple(event.hash for event in anew if isinstance(event, Event)))
    house.records.leaves[STREAM] = [covered._replace(leaf=leaf)]

    assert of_stream(house).broken == [BrokenLink(STREAM, 1, LinkFault.NOT_IN_ROOT)]
    assert broken(of_everything(house)) == [BrokenLink(STREAM, 3, LinkFault.FORKED)]


@pytest.mark.parametrize("stream", ["pol_unknown", "pol_test_a"])
def test_a_stream_that_is_not_there_or_of_the_other_mode_is_unknown(stream: str):
    house = AuditHouse()
    house.record("pol_test_a")

    with pytest.raises(EventNotFound):
        of_stream(house, stream)


@pytest.mark.parametrize("after", ["x", "1", "1.", "-1.0", "1.0.0", "1" * 9 + ".0"])
def test_a_place_that_no_call_gave_is_refused(after: str):
    with pytest.raises(InvalidFields):
        verify_roots(Part(after), query(), AuditHouse().ports)


def test_each_night_looks_at_the_last_root_again_and_at_older_ones_in_turn():
    nights = [roots_to_look_at(newest) for newest in range(1, 130)]

    assert nights[0] == []
    assert all(newest - 1 in seen for newest, seen in enumerate(nights[1:], 2))
    for newest in (4, 8, 64):  # by then four times as many as there were
        turns = {each for seen in nights[newest // 2 - 1 : newest - 1] for each in seen[:1]}
        assert set(range(1, newest // 4 + 1)) <= turns


@pytest.mark.parametrize("number", [1, 4])
def test_a_root_that_was_removed_or_changed_is_found_by_the_night(number: int):
    for tamper in (removed, resigned):
        house = AuditHouse()
        for day in range(5):
            house.record(STREAM, at=DAY + timedelta(days=day))
            house.night(DAY + timedelta(days=day))
        assert look_at_roots_again(Mode.LIVE, 5, house.ports) == []

        fault = tamper(house, f"live/{number:08}/root.json")

        found = {
            each
            for newest in range(2, 9)
            for each in look_at_roots_again(Mode.LIVE, newest, house.ports)
        }
        assert BrokenLink(ROOTS, number, fault) in found


def removed(house: AuditHouse, key: str) -> LinkFault:
    del house.locked.kept[key]
    return LinkFault.ROOT_MISSING


def resigned(house: AuditHouse, key: str) -> LinkFault:
    body, kind = house.locked.kept[key]
    house.locked.kept[key] = (body.replace(b'"heads":1', b'"heads":2'), kind)
    return LinkFault.ROOT_CHANGED
