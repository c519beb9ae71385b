"""A file that is not like the source's files before is held after its dry run, until a person lets it go on."""

from typing import Any

import pytest
from insurance.domain.intake import drift

from tests.support.intake import GOOD, OTTO, Desk, motor_file, motor_mapping
from tests.support.platform import Platform


def file(first: int, value: str) -> bytes:
    return motor_file(
        (f"AB{place} CDE", f"Ada {place}", *GOOD[2:4], value, *GOOD[5:])
        for place in range(first, first + 4)
    )


def guarded(*actions: str) -> dict[str, Any]:
    field = {"field": "answers.vehicle_value", "watch": "distribution"}
    return motor_mapping(
        drift=[{"code": f"dear-{action}", "action": action, **field} for action in actions]
    )


@pytest.fixture
def desk(handlers: Platform, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Of a source that four cars of usual worth have come from."""
    monkeypatch.setattr(drift, "ROWS_BEFORE_LEAST", 4)
    monkeypatch.setattr(drift, "ROWS_LEAST", 4)
    desk = Desk(handlers)
    desk.approved(mapping=guarded("warn"))
    first = desk.brought_id(file(10, "12000.00"))
    desk.step(first, "start")
    assert desk.run(first)["drifts"] == []
    return desk


def test_a_file_of_other_values_waits_for_a_person_and_then_goes_on(desk: Desk) -> None:
    desk.approved(mapping=guarded("warn", "quarantine"))
    usual, dear = (desk.brought_id(file(20, value)) for value in ("12000.00", "90000.00"))
    untried = desk.step(dear, "start")
    assert (untried.status, untried.code) == (409, "wrong-state")
    for batch in (usual, dear):
        assert desk.step(batch, "dry_run").status == 200

    assert desk.run(usual)["status"] == "checked"
    held = desk.run(dear)

    assert (held["status"], held["reason"]) == ("paused", "dear-quarantine")
    assert [each["rule"] for each in held["drifts"]] == ["dear-warn", "dear-quarantine"]
    moved = held["drifts"][0]
    assert (moved["field"], moved["watch"]) == ("answers.vehicle_value", "distribution")
    assert float(moved["measured"]) > 0.25
    assert desk.step(dear, "resume").body["status"] == "checked"
    assert desk.step(dear, "start").body["status"] == "running"
    done = desk.run(dear)
    assert (done["status"], done["tally"]["accepted"], len(done["drifts"])) == ("finished", 4, 2)
    assert "bins" not in desk.get("/v1/sources/harbour_motor/quality", OTTO)["batches"][0]


def test_a_file_of_other_values_is_halted_before_anything_is_quoted(desk: Desk) -> None:
    desk.approved(mapping=guarded("halt"))
    batch = desk.brought_id(file(30, "90000.00"))
    desk.step(batch, "dry_run")

    halted = desk.run(batch)

    assert (halted["status"], halted["reason"]) == ("halted", "dear-halt")
    assert desk.get(f"/v1/batches/{batch}/results")["items"] == []
