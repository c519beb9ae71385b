"""Daily roots: every head that moved in exactly one of them, whatever comes late and wherever a run ends."""

import json
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count

import pytest
from insurance.domain.audit.merkle import Tree
from insurance.domain.audit.root import CLOSING_DELAY, LEAF_EVENTS_MAX, Root
from insurance.domain.audit.verification import BrokenLink, LinkFault
from insurance.domain.core.identity import Mode
from insurance.domain.core.packing import pack
from insurance.operations.audit.make_roots import make_roots, read_all_leaves
from insurance.operations.audit.ports import AuditPorts
from insurance.root_signatures import RetiredKey, is_signed

from tests.fakes.audit import MemorySigner
from tests.support.audit import DAY, AuditHouse, event_after

NEXT = DAY + timedelta(days=1)


def covered(house: AuditHouse, root: Root) -> dict[str, range]:
    """Which events of which streams a root covers, by its locked files."""
    return {
        leaf.stream: range(leaf.first, leaf.last + 1) for leaf in read_all_leaves(root, house.ports)
    }


def test_a_root_covers_every_stream_that_moved_and_no_other():
    house = AuditHouse()
    house.record("pol_a", 3)
    house.record("clm_b")

    [root] = house.night().made
    house.record("pol_a", 2, NEXT)
    [second] = house.night(NEXT).made

    assert (root.number, root.day, root.heads) == (1, DAY.date(), 2)
    assert covered(house, root) == {"clm_b": range(1, 2), "pol_a": range(1, 4)}
    assert (second.number, second.day, second.heads) == (2, NEXT.date(), 1)
    assert covered(house, second) == {"pol_a": range(4, 6)}
    assert house.records.waiting(Mode.LIVE) == []


def test_a_root_is_signed_and_names_the_one_before():
    house = AuditHouse()
    house.record("pol_a")

    [first], [second] = house.night().made, house.night(NEXT).made

    signed = [each.signed for each in house.records.roots(Mode.LIVE, after=0, limit=9)]
    assert [each.root for each in signed] == [first, second]
    assert all(is_signed(each, house.signer) for each in signed)
    assert (first.previous, second.previous) == ("00" * 32, first.hash.hex())
    assert not is_signed(signed[0].replace(root=first.replace(heads=2)), house.signer)


def test_a_root_of_a_key_that_was_replaced_is_good_by_that_key_and_no_later_one_is():
    house = AuditHouse()
    [first], [second] = house.night().made, house.night(NEXT).made
    signed = [each.signed for each in house.records.roots(Mode.LIVE, after=0, limit=9)]
    old, new = house.signer, MemorySigner()
    new.key_id = f"{old.key_id}-2"
    retired = {old.key_id: RetiredKey(old.public_key, {"live": first.number})}

    assert [is_signed(each, new, retired) for each in signed] == [True, False]
    assert [is_signed(each, new, {}) for each in signed] == [False, False]
    assert second.number > first.number
    others = {old.key_id: RetiredKey(new.public_key, {"live": second.number})}
    assert [is_signed(each, new, others) for each in signed] == [False, False]


def test_the_locked_file_is_what_anybody_can_read():
    house = AuditHouse()
    house.record("pol_a")
    [root] = house.night().made

    file = json.loads(house.locked.kept["live/00000001/root.json"][0])

    document = json.dumps(file["document"], sort_keys=True, separators=(",", ":")).encode()
    assert sha256(document).digest() == root.hash
    assert file.keys() == {"document", "signature", "public_key"}


def test_a_day_without_events_has_a_root_too():
    house = AuditHouse()

    [root] = house.night().made

    assert (root.heads, root.root) == (0, sha256().hexdigest())


def test_a_day_is_closed_some_time_after_its_end_and_once():
    house = AuditHouse()
    house.record("pol_a")
    end = datetime(2027, 3, 2, tzinfo=UTC)
    runs = [
        make_roots(Mode.LIVE, house.ports, now=at, time_is_up=lambda: False).made
        for at in (
            end + CLOSING_DELAY - timedelta(seconds=1),
            end + CLOSING_DELAY,
            end + CLOSING_DELAY,
            end + timedelta(hours=20),
        )
    ]

    assert [[root.day for root in made] for made in runs] == [
        [date(2027, 2, 28)],
        [DAY.date()],
        [],
        [],
    ]


def test_a_list_of_streams_for_a_day_that_is_closed_is_refused():
    house = AuditHouse()
    house.night()
    house.locked.put(
        "live/00000002/streams",
        pack({"day": DAY.date().isoformat(), "streams": []}),
        media_type="application/octet-stream",
    )

    with pytest.raises(ValueError, match="2027-03-01 is closed"):
        house.night(NEXT)


def test_an_event_of_the_new_day_stands_in_the_new_days_root():
    house = AuditHouse()
    house.record("pol_a", 2, DAY)
    house.record("pol_a", 1, datetime(2027, 3, 2, 0, 30, tzinfo=UTC))

    [first], [second] = house.night().made, house.night(NEXT).made

    assert covered(house, first) == {"pol_a": range(1, 3)}
    assert covered(house, second) == {"pol_a": range(3, 4)}


def test_an_event_that_arrives_late_stands_in_the_next_root():
    house = AuditHouse()
    late = house.record("pol_a", 1, DAY, noted=False)

    [first] = house.night().made
    house.deliver(late)
    [second] = house.night(NEXT).made

    assert covered(house, first) == {}
    assert covered(house, second) == {"pol_a": range(1, 2)}


def test_what_is_delivered_again_stands_in_no_second_root():
    house = AuditHouse()
    events = house.record("pol_a", 2)
    house.night()

    house.deliver(events)
    [second] = house.night(NEXT).made

    assert second.heads == 0


def test_days_that_nobody_closed_are_closed_in_their_order():
    house = AuditHouse()
    house.night()
    for ahead in (1, 2, 3):
        house.record("pol_a", 1, DAY + timedelta(days=ahead))

    report = house.night(DAY + timedelta(days=3))

    assert [root.day.day for root in report.made] == [2, 3, 4]
    assert [covered(house, root)["pol_a"] for root in report.made] == [
        range(1, 2),
        range(2, 3),
        range(3, 4),
    ]
    assert report.missing == 0


def test_live_and_test_have_a_chain_each():
    house = AuditHouse()
    house.record("pol_a")
    house.record("pol_test_b")

    [live], [test] = house.night().made, house.night(mode=Mode.TEST).made

    assert (set(covered(house, live)), set(covered(house, test))) == ({"pol_a"}, {"pol_test_b"})
    assert (live.number, test.number) == (1, 1)


def test_test_events_of_any_time_stand_in_the_root_that_follows_them():
    """In test mode a caller sets its own time."""
    house = AuditHouse()
    house.record("pol_test_a", 1, datetime(2031, 1, 1, tzinfo=UTC))

    [root] = house.night(mode=Mode.TEST).made

    assert covered(house, root) == {"pol_test_a": range(1, 2)}


def test_a_root_of_today_is_made_in_test_mode_alone():
    house = AuditHouse()
    house.night()
    house.night(mode=Mode.TEST)
    house.record("pol_a", 1, NEXT)
    house.record("pol_test_a", 1, NEXT)

    made = {
        mode: make_roots(
            mode, house.ports, now=NEXT, time_is_up=lambda: False, closes_today=True
        ).made
        for mode in Mode
    }

    assert made[Mode.LIVE] == []
    assert [(root.day, root.heads) for root in made[Mode.TEST]] == [(NEXT.date(), 1)]


def test_a_long_stream_goes_on_in_the_next_root():
    house = AuditHouse()
    house.record("pol_a", LEAF_EVENTS_MAX + 1)

    [first], [second] = house.night().made, house.night(NEXT).made

    assert covered(house, first) == {"pol_a": range(1, LEAF_EVENTS_MAX + 1)}
    assert covered(house, second) == {"pol_a": range(LEAF_EVENTS_MAX + 1, LEAF_EVENTS_MAX + 2)}


def test_a_broken_stream_is_named_and_holds_up_no_other():
    house = AuditHouse()
    events = house.record("pol_a", 3)
    house.record("pol_b")
    house.events.streams["pol_a"][2] = events[1].model_copy(update={"actor": "somebody"})

    report = house.night()

    assert report.broken == [BrokenLink("pol_a", 2, LinkFault.CHANGED)]
    assert covered(house, report.made[0]) == {"pol_a": range(1, 2), "pol_b": range(1, 2)}
    assert house.night(NEXT).broken == [BrokenLink("pol_a", 2, LinkFault.CHANGED)]


def test_what_was_written_anew_behind_a_root_does_not_follow_it():
    house = AuditHouse()
    [first] = house.record("pol_a")
    house.night()
    other = event_after(event_after(first.head, "pol_a", DAY).head, "pol_a", DAY, actor="other")
    house.events.append(other.model_copy(update={"sequence": 2}))
    forged = event_after(first.head.replace(hash=b"x" * 32), "pol_a", NEXT)
    house.events.append(forged)
    house.deliver([forged])

    assert house.night(NEXT).broken == [BrokenLink("pol_a", 2, LinkFault.UNLINKED)]


class Killed(Exception):
    """The process ended."""


class Fragile:
    """Ports that end the process before one of their writes, or right behind it."""

    def __init__(self, inner: object, dies_at: int, counter: "count[int]") -> None:
        self._inner, self._dies_at, self._counter = inner, dies_at, counter

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if name not in {"put", "add_root", "enter", "finish_root"}:
            return found

        def call(*given: object, **named: object) -> object:
            dies = next(self._counter) == self._dies_at // 2
            if dies and self._dies_at % 2 == 0:
                raise Killed
            done = found(*given, **named)
            if dies:
                raise Killed
            return done

        return call


@pytest.mark.parametrize("dies_at", range(20))
def test_wherever_a_run_ends_the_next_one_makes_the_same_root(
    dies_at: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("insurance.operations.audit.make_roots.STREAMS_OF_A_PAGE", 2)
    house = AuditHouse()
    for name in "abcde":
        house.record(f"pol_{name}", 2)
    counter = count()
    fragile = AuditPorts(
        records=Fragile(house.records, dies_at, counter),  # type: ignore[arg-type]  # all of it, by delegation
        events=house.events,
        locked=Fragile(house.locked, dies_at, counter),  # type: ignore[arg-type]  # as above
        signer=lambda: house.signer,
        is_signed=is_signed,
    )
    now = DAY + timedelta(days=1)

    with pytest.raises(Killed):
        make_roots(Mode.LIVE, fragile, now=now, time_is_up=lambda: False)
    house.record("pol_a", 1, NEXT)  # what comes meanwhile belongs to the next root
    make_roots(Mode.LIVE, house.ports, now=now, time_is_up=lambda: False)

    [entered] = house.records.roots(Mode.LIVE, after=0, limit=9)
    assert entered.is_entered
    assert covered(house, entered.signed.root) == {f"pol_{name}": range(1, 3) for name in "abcde"}
    assert {stream: len(leaves) for stream, leaves in house.records.leaves.items()} == {
        f"pol_{name}": 1 for name in "abcde"
    }
    leaves = read_all_leaves(entered.signed.root, house.ports)
    assert Tree([leaf.hash for leaf in leaves]).root.hex() == entered.signed.root.root
    assert [head.stream for head in house.records.waiting(Mode.LIVE)] == ["pol_a"]


def test_a_run_ends_when_its_time_does_and_says_what_is_missing():
    house = AuditHouse()
    house.record("pol_a")

    report = house.night(time_is_up=lambda: True)

    assert (report.made, report.missing) == ([], 1)
    assert house.night().made[0].heads == 1
