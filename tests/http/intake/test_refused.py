"""What is asked of a source or a batch at the wrong time is refused, and nothing is half done."""

from copy import deepcopy

import pytest

from tests.support.calls import staff
from tests.support.intake import BROKER, GOOD, OTHER_BROKER, Desk, motor_file, motor_mapping
from tests.support.platform import Platform

ANN = staff("ann", "operator", "controls:write coverwright/controls:read")
TOO_YOUNG = ("CD34 EFG", "Ben Young", "7", "15", "9000.00", "8000", "5")
SOURCE = "/v1/sources/harbour_motor"
SUBMIT = {"step": "submit", "reason": "agreed"}


@pytest.fixture
def desk(handlers: Platform) -> Desk:
    return Desk(handlers)


def stop_quotes(desk: Desk) -> None:
    stop = {"activities": ["quote"], "cause": "rate_error"}
    assert desk.call("/v1/stops", stop, ANN).status == 201


def test_a_source_takes_no_step_before_it_is_written_and_no_words_while_it_waits(
    desk: Desk,
) -> None:
    assert desk.call(f"{SOURCE}/steps", SUBMIT, desk.writer).code == "source-not-found"
    source = {"partner": "harbour", "mapping": motor_mapping()}
    desk.call(f"{SOURCE}/draft", source, desk.writer)
    assert desk.brought(motor_file([GOOD])).code == "wrong-state"  # no version is in force
    assert desk.brought(motor_file([GOOD]), by=OTHER_BROKER).code == "source-not-found"
    assert desk.call(f"{SOURCE}/steps", SUBMIT, desk.writer).status == 200

    assert desk.call(f"{SOURCE}/steps", SUBMIT, desk.writer).code == "wrong-state"
    assert desk.call(f"{SOURCE}/draft", source, desk.writer).code == "wrong-state"


def test_a_stop_of_quotes_holds_the_rows_of_a_batch_and_the_mending_of_one(desk: Desk) -> None:
    desk.approved()
    worked = desk.brought_id(motor_file([GOOD, TOO_YOUNG]))
    desk.step(worked, "start")
    desk.run(worked)
    other = desk.brought_id(motor_file([TOO_YOUNG, GOOD]))
    desk.step(other, "start")

    stop_quotes(desk)

    held = desk.platform.call("POST", f"/v1/batches/{other}/runs", {}, by=BROKER, clock=None)
    assert held.code == "stopped"
    fix = {"resolution": "fix", "reason": "It is 27.", "values": {"Age": "27"}}
    assert desk.call(f"/v1/batches/{worked}/rows/3/resolution", fix).code == "stopped"
    mapping = deepcopy(motor_mapping())
    mapping["fields"]["answers.drivers.0.age"]["min"] = 1
    desk.approved(mapping=mapping)
    again = desk.platform.call("POST", f"/v1/batches/{worked}/reruns", {}, by=BROKER, clock=None)
    assert again.code == "stopped"
    assert desk.get(f"/v1/batches/{worked}")["open_rows"] == 1


def test_what_still_stands_against_a_row_has_codes_of_the_catalogue(desk: Desk) -> None:
    """Not what a source calls its own rule: `detail` says that, as the row does among its reasons."""
    mapping = motor_mapping(
        rules=[
            {
                "code": "over-eighty",
                "when": "given(answers_drivers_0_age) and answers_drivers_0_age > 80",
                "action": "quarantine",
            }
        ]
    )
    mapping["fields"]["answers.registration"]["checksum"] = "gb_plate"
    desk.approved(mapping=mapping)
    batch = desk.brought_id(motor_file([("?", *GOOD[1:])]))
    desk.step(batch, "start")
    desk.run(batch)
    fix = {"resolution": "fix", "reason": "It is 81.", "values": {"Age": "81"}}

    refused = desk.call(f"/v1/batches/{batch}/rows/2/resolution", fix)

    faults = refused.body["errors"]
    assert [(each["pointer"], each["code"]) for each in faults] == [
        ("/values/Reg", "wrong-checksum"),
        ("/values", "kept-back"),
    ]
    assert "over-eighty" in faults[1]["detail"]
