"""A file is sealed as soon as it is a batch, is read piece by piece, and goes with its batch's key."""

from collections.abc import Callable
from typing import Any

import pytest
from insurance.domain.core.errors import Unanswered
from insurance.operations.intake import sealed_files, work_on_batch

from tests.support.calls import YESTERDAY
from tests.support.fuse import Fuse, Killed
from tests.support.intake import GOOD, Desk, motor_file, motor_mapping
from tests.support.platform import Platform

NOW = YESTERDAY
ROWS = [(f"AB{number} CDE", f"Ada Quillfeather {number}", *GOOD[2:]) for number in range(10, 17)]
UNIQUE = {"code": "same-car", "at": "across", "unique": ["answers.registration"]}


@pytest.fixture
def desk(handlers: Platform, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(sealed_files, "PIECE_ROWS", 2)
    return Desk(handlers)


def files_of(desk: Desk) -> dict[str, bytes]:
    """What is in the bucket of data intake."""
    files = desk.platform.backend.files().items()
    return {name: body for (bucket, name), body in files if "intake" in bucket}


def key_of(desk: Desk, batch: str) -> Any:
    [item] = [item for item in desk.platform.backend.items("intake") if item["id"]["S"] == batch]
    return item.get("key")


def test_a_file_is_stored_in_sealed_pieces_from_the_moment_it_is_a_batch(desk: Desk) -> None:
    desk.approved()
    batch = desk.brought_id(motor_file(ROWS))

    files = files_of(desk)

    assert sorted(files) == [f"sealed/{batch}/{piece:06d}" for piece in range(4)]
    assert not any(b"Quillfeather" in body for body in files.values())
    assert key_of(desk, batch)


@pytest.mark.parametrize("end", ["finished", "halted", "cancelled"])
def test_with_the_end_of_its_batch_the_files_key_is_destroyed_and_the_pieces_go(
    desk: Desk, end: str
) -> None:
    halting = {"code": "stop", "when": "given(answers_annual_mileage)", "action": "halt"}
    desk.approved(mapping=motor_mapping(rules=[halting] if end == "halted" else []))
    batch = desk.brought_id(motor_file(ROWS))

    if end == "cancelled":
        assert desk.step(batch, "cancel").status == 200
    else:
        desk.step(batch, "start")
        assert desk.run(batch)["status"] == end

    assert key_of(desk, batch) is None
    assert files_of(desk) == {}


@pytest.mark.parametrize(
    ("rules", "pieces"), [([], [1, 2, 3]), ([UNIQUE], [0, 1, 2, 3])], ids=["there", "at-the-start"]
)
def test_a_run_begins_at_the_piece_where_the_last_left_off_unless_a_rule_compares_rows(
    desk: Desk, rules: list[Any], pieces: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.approved(mapping=motor_mapping(rules=rules))
    batch = desk.brought_id(motor_file([*ROWS[:6], ROWS[0]]))
    desk.step(batch, "start")
    monkeypatch.setattr(work_on_batch, "SLICE_ROWS", 2)
    slices = iter((False, False, True))
    worked(desk, batch, lambda: next(slices))
    objects: Any = desk.platform.apps["data_intake"].ports.uploads.objects
    read, get = list[int](), objects.get

    def noted(name: str) -> Any:
        read.append(int(name[-6:]))
        return get(name)

    monkeypatch.setattr(objects, "get", noted)
    worked(desk, batch)

    assert read == pieces
    tally = desk.get(f"/v1/batches/{batch}")["tally"]
    assert (tally["read"], tally["quarantined"]) == (7, len(rules))


def test_who_breaks_off_over_sealing_begins_again_and_no_row_is_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.approved()
    objects: Any = desk.platform.apps["data_intake"].ports.uploads.objects
    for attempt in range(
        10
    ):  # before and after each of four pieces, and of the deletion of the upload
        fuse = Fuse(attempt // 2, after=bool(attempt % 2))
        rows = [(reg, f"{name} {attempt}", *rest) for reg, name, *rest in ROWS]
        with monkeypatch.context() as patched:
            for name in ("put", "delete_all"):
                patched.setattr(objects, name, broken_off(fuse.guard(getattr(objects, name))))
            batch = desk.brought_id(motor_file(rows))

        desk.step(batch, "start")
        done = desk.run(batch)

        assert (done["status"], done["tally"]["accepted"]) == ("finished", 7), attempt
        assert files_of(desk) == {}, attempt


def test_a_file_of_two_sources_that_is_gone_with_the_one_is_sent_again_for_the_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for source in ("harbour_motor", "harbour_vans"):
        desk.approved(source)
    file = motor_file(ROWS)
    objects: Any = desk.platform.apps["data_intake"].ports.uploads.objects
    with monkeypatch.context() as patched:
        fuse = Fuse(1, after=False)  # two of four pieces are missing
        patched.setattr(objects, "put", broken_off(fuse.guard(objects.put)))
        other = desk.brought(file, "harbour_vans").body["id"]
    one = desk.brought_id(file)
    assert desk.step(one, "cancel").status == 200

    gone = desk.step(other, "start")

    assert (gone.status, gone.code) == (409, "upload-not-sent")
    desk.uploaded(file)
    assert desk.step(other, "start").status == 200
    done = desk.run(other)
    assert (done["status"], done["tally"]["read"]) == ("finished", 7)


def broken_off(call: Callable[..., Any]) -> Callable[..., Any]:
    """A call that breaks off where the process would have died."""

    def broken(*args: Any, **named: Any) -> Any:
        try:
            return call(*args, **named)
        except Killed as killed:
            raise Unanswered("The object store") from killed

    return broken


def worked(desk: Desk, batch: str, time_is_up: Callable[[], bool] = lambda: False) -> None:
    ports: Any = desk.platform.apps["data_intake"].ports
    with desk.platform.surroundings():
        work_on_batch.work_on_batch(
            batch, NOW, ports=ports, clock=lambda: NOW, time_is_up=time_is_up
        )
