"""Rows that wait are run again by a newer mapping, one or all; and what people mend again and again becomes a draft of it."""

from copy import deepcopy

import pytest

from tests.support.intake import (
    GOOD,
    OTHER_BROKER,
    UNA,
    Desk,
    Json,
    motor_file,
    motor_mapping,
)
from tests.support.platform import Platform


def row(place: int, **changed: str) -> tuple[str, ...]:
    """A good row of its own, with changed cells."""
    said = dict(
        zip(("Reg", "Driver", "Age", "Licence", "Value", "Miles", "NCD"), GOOD, strict=True)
    )
    return tuple((said | {"Reg": f"AB{place} CDE", "Driver": f"Ada {place}"} | changed).values())


@pytest.fixture
def desk(handlers: Platform) -> Desk:
    desk = Desk(handlers)
    desk.approved()
    return desk


def worked(desk: Desk, *rows: tuple[str, ...]) -> str:
    batch = desk.brought_id(motor_file(rows))
    desk.step(batch, "start")
    assert desk.run(batch)["status"] == "finished"
    return batch


def without_least_age() -> Json:
    mapping = deepcopy(motor_mapping())
    mapping["fields"]["answers.drivers.0.age"] |= {"min": 16, "max": 99}
    return mapping


def rerun(desk: Desk, batch: str, **sent: int) -> Json:
    path = f"/v1/batches/{batch}/reruns"
    answer = desk.platform.call("POST", path, sent, by=UNA, clock=None, key=None)
    assert answer.status == 200, answer.text
    body: Json = answer.body
    return body


def test_after_a_new_version_rows_are_run_again_one_or_all_and_each_once(desk: Desk) -> None:
    batch = worked(desk, row(10, Age="16"), row(11), row(12, Age="16"), row(13, Age="7"))
    path = f"/v1/batches/{batch}/rows/2/resolution"
    again = {"resolution": "rerun", "reason": "x"}
    still = desk.call(path, again, UNA)
    assert (still.status, still.code) == (422, "invalid-fields")  # by the same version
    assert rerun(desk, batch) == {"read": 3, "taken": 0}
    desk.approved(mapping=without_least_age())

    one = desk.call(path, again, UNA)

    assert (one.status, one.body["status"]) == (200, "fixed"), one.text
    quote = desk.get(f"/v1/quotes/{one.body['made_id']}")
    assert (quote["data_origin"]["version"], quote["data_origin"]["resolution"]) == (2, "rerun")
    assert rerun(desk, batch, after=4) == {"read": 1, "taken": 0}
    assert rerun(desk, batch) == {"read": 2, "taken": 1}
    assert rerun(desk, batch) == {"read": 1, "taken": 0}
    after = desk.get(f"/v1/batches/{batch}")
    assert (after["open_rows"], after["tally"]["accepted"]) == (1, 3)
    fixed = desk.get(f"/v1/batches/{batch}/rows?state=fixed")["items"]
    assert [each["number"] for each in fixed] == [2, 4]


def test_rows_of_others_are_not_run_and_a_source_that_takes_nothing_leaves_them(desk: Desk) -> None:
    batch = worked(desk, row(10, Age="16"))
    path = f"/v1/batches/{batch}/reruns"
    theirs = desk.platform.call("POST", path, {}, by=OTHER_BROKER, clock=None, key=None)
    assert theirs.code == "batch-not-found"
    steps = {"step": "withdraw", "reason": "wrong"}
    desk.call("/v1/sources/harbour_motor/steps", steps, desk.approver)

    again = {"resolution": "rerun", "reason": "x"}

    assert desk.call(f"/v1/batches/{batch}/rows/2/resolution", again, UNA).code == "wrong-state"
    refused = desk.platform.call("POST", path, {}, by=UNA, clock=None, key=None)
    assert (refused.status, refused.code) == (409, "wrong-state")


def test_what_was_mended_alike_three_times_is_proposed_and_nothing_personal(desk: Desk) -> None:
    names = [row(place, Driver=" ", NCD="none") for place in range(10, 13)]
    batch = worked(
        desk, *names, row(13, NCD="nil"), *(row(place, Age="7") for place in (14, 15, 16))
    )
    path = "/v1/sources/harbour_motor/proposals"
    assert desk.get(path, UNA)["changes"] == []
    for number in range(2, 6):
        values = {"NCD": "0"} | ({"Driver": "Ada Merton"} if number < 5 else {})
        fix = {"resolution": "fix", "reason": "Asked.", "values": values}
        assert desk.call(f"/v1/batches/{batch}/rows/{number}/resolution", fix).status == 200

    proposed = desk.get(path, UNA)

    cleaned = {"about": "NCD", "before": "none", "after": "0", "times": 3, "pointer": "/rules/0"}
    assert proposed["changes"] == [cleaned]
    [rule] = proposed["mapping"]["rules"]
    assert (rule["when"], rule["set"]) == ("ncd == 'none'", {"NCD": "'0'"})
    desk.approved(mapping=proposed["mapping"])  # a person confirms it, and another approves
    after = desk.brought_id(motor_file([row(20, NCD="none")]))
    desk.step(after, "start")
    assert desk.run(after)["tally"]["cleaned"] == 1
    missing = desk.platform.call("GET", "/v1/sources/nobody/proposals", by=UNA, clock=None)
    assert missing.code == "source-not-found"
