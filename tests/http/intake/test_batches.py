"""Files of rows over HTTP, with the rights that template.yaml gives: mapped, worked, kept back, mended."""

import json
from base64 import b64encode
from datetime import UTC, datetime
from random import Random

import pytest
from insurance import wiring
from insurance.domain.schedule.scheduled_job import LIVE, JobKind, ScheduledJob

from tests.support.calls import CONTEXT, staff
from tests.support.intake import (
    GOOD,
    HEADINGS,
    LIVE_BROKER,
    OTHER_BROKER,
    OTTO,
    UNA,
    Desk,
    motor_file,
    motor_mapping,
)
from tests.support.platform import Platform

TOO_YOUNG = ("CD34 EFG", "Ben Young", "7", "15", "9000.00", "8000", "5")
OTHER = ("EF56 GHJ", "Cy Other", "52", "30", "7500.50", "6000", "9")


@pytest.fixture
def desk(handlers: Platform) -> Desk:
    return Desk(handlers)


def test_a_file_is_quoted_and_the_row_that_was_kept_back_is_mended_and_quoted(desk: Desk) -> None:
    desk.approved()
    brought = desk.brought(motor_file([GOOD, TOO_YOUNG, OTHER]))
    assert (brought.status, brought.body["status"]) == (201, "received")
    batch = brought.body["id"]

    assert desk.step(batch, "start").status == 200
    done = desk.run(batch)

    assert done["status"] == "finished"
    assert done["tally"] == {
        "read": 3,
        "accepted": 2,
        "warned": 0,
        "cleaned": 0,
        "quarantined": 1,
    }
    results = desk.get(f"/v1/batches/{batch}/results")["items"]
    assert [(each["number"], each.get("made_status")) for each in results] == [
        (2, "bindable"),
        (3, None),
        (4, "bindable"),
    ]
    quote = desk.get(f"/v1/quotes/{results[0]['made_id']}")
    assert quote["policyholder"]["name"] == "Ada Lovelace"
    desk.platform.apps[
        "data_intake"
    ].ports.keys.forget_data_keys()  # another process opens the batch's key
    [kept] = desk.get(f"/v1/batches/{batch}/rows")["items"]
    assert kept["reasons"] == [
        {
            "rule": "answers.drivers.0.age/range",
            "place": "answers.drivers.0.age",
            "code": "too-small",
        }
    ]
    assert kept["values"]["Driver"] == "Ben Young"

    path = f"/v1/batches/{batch}/rows/3/resolution"
    still = desk.call(path, {"resolution": "fix", "reason": "Typed again.", "values": {"Age": "8"}})
    assert (still.status, still.code) == (422, "invalid-fields")
    assert [each["pointer"] for each in still.body["errors"]] == ["/values/Age"]
    far = desk.call(
        path, {"resolution": "fix", "reason": "Miles.", "values": {"Age": "27", "Miles": "9000000"}}
    )
    assert [each["pointer"] for each in far.body["errors"]] == ["/values/Miles"]  # the product's
    mended = desk.call(path, {"resolution": "fix", "reason": "It is 27.", "values": {"Age": "27"}})

    assert (mended.status, mended.body["status"]) == (200, "fixed")
    assert desk.get(f"/v1/quotes/{mended.body['made_id']}")["status"] == "bindable"
    after = desk.get(f"/v1/batches/{batch}")
    assert (after["open_rows"], after["tally"]["accepted"]) == (0, 3)
    assert desk.get(f"/v1/batches/{batch}/rows")["items"] == []
    assert desk.call(path, {"resolution": "reject", "reason": "No."}, UNA).code == "wrong-state"


def test_who_wrote_a_source_does_not_approve_it(desk: Desk) -> None:
    source = {"partner": "harbour", "mapping": motor_mapping()}
    assert desk.call("/v1/sources/harbour_motor/draft", source, OTTO).status == 200
    steps = "/v1/sources/harbour_motor/steps"
    assert desk.call(steps, {"step": "submit", "reason": "agreed"}, OTTO).status == 200

    alone = desk.call(steps, {"step": "approve", "reason": "agreed"}, OTTO)

    assert (alone.status, alone.code) == (409, "same-person")


def test_the_same_file_makes_one_batch_and_a_later_version_quotes_nothing_again(
    desk: Desk,
) -> None:
    desk.approved()
    file = motor_file([GOOD, OTHER])
    first = desk.brought(file).body["id"]
    assert desk.brought(file).code == "batch-exists"
    desk.step(first, "start")
    desk.run(first)
    quotes = desk.get(f"/v1/batches/{first}/results")["items"]

    desk.approved()  # version 2, which says the same
    second = desk.brought(file).body["id"]
    desk.step(second, "start")

    assert second != first
    assert desk.run(second)["tally"]["accepted"] == 2
    assert desk.get(f"/v1/batches/{second}/results")["items"] == quotes


def test_a_dry_run_counts_and_leaves_nothing_behind(desk: Desk) -> None:
    desk.approved()
    batch = desk.brought(motor_file([GOOD, TOO_YOUNG])).body["id"]
    desk.step(batch, "dry_run")

    tried = desk.run(batch)

    assert (tried["status"], tried["rows_in_file"], tried["open_rows"]) == ("checked", 2, 0)
    assert (tried["tally"]["accepted"], tried["tally"]["quarantined"]) == (1, 1)
    assert tried["scores"]["answers.drivers.0.age"]["validity"] == "0.5000"
    for list in ("results", "rows"):
        assert desk.get(f"/v1/batches/{batch}/{list}")["items"] == []


def test_scores_name_the_fields_of_the_mapping_and_nothing_that_the_file_alone_says(
    desk: Desk,
) -> None:
    desk.approved(mapping=motor_mapping(format="jsonl"))
    said = dict(zip(HEADINGS, GOOD, strict=True)) | {"drivers": {"Ann Smith": "her sister"}}
    batch = desk.brought(json.dumps(said).encode()).body["id"]
    desk.step(batch, "dry_run")

    tried = desk.run(batch)

    assert (tried["status"], tried["tally"]["accepted"]) == ("checked", 1)
    fields = motor_mapping()["fields"]
    assert tried["scores"].keys() == {path for path, field in fields.items() if "from" in field}


def test_rows_that_are_too_many_bytes_for_one_transaction_are_kept_back_in_several(
    desk: Desk,
) -> None:
    noise = Random(17)  # noqa: S311 - the same bytes each time, which nothing makes shorter
    long = [(*TOO_YOUNG, b64encode(noise.randbytes(75_000)).decode()) for _ in range(30)]
    file = "".join(",".join(row) + "\n" for row in [(*HEADINGS, "Note"), *long])
    desk.approved()
    batch = desk.brought(file.encode()).body["id"]
    desk.step(batch, "start")

    done = desk.run(batch)

    assert (done["status"], done["rows_in_file"]) == ("finished", 30)
    assert (done["tally"]["read"], done["tally"]["quarantined"]) == (30, 30)
    results = desk.get(f"/v1/batches/{batch}/results")["items"]
    assert [each["number"] for each in results] == list(range(2, 32))


def test_another_partner_sees_nothing_and_staff_without_the_task_see_no_values(
    desk: Desk, handlers: Platform
) -> None:
    desk.approved()
    batch = desk.brought(motor_file([TOO_YOUNG])).body["id"]
    desk.step(batch, "start")
    desk.run(batch)

    for path in ("", "/rows", "/results"):
        answer = handlers.call("GET", f"/v1/batches/{batch}{path}", by=OTHER_BROKER, clock=None)
        assert answer.code == "batch-not-found"
    resolution = {"resolution": "reject", "reason": "No."}
    for row in (2, 3):  # one that is kept back, and one that is not there
        path = f"/v1/batches/{batch}/rows/{row}/resolution"
        assert desk.call(path, resolution, OTHER_BROKER).code == "batch-not-found"
    assert desk.get("/v1/batches", OTHER_BROKER)["items"] == []
    assert desk.brought(motor_file([GOOD]), by=OTHER_BROKER).code == "source-not-found"
    [masked] = desk.get(f"/v1/batches/{batch}/rows", OTTO)["items"]
    [shown] = desk.get(f"/v1/batches/{batch}/rows", UNA)["items"]
    assert "values" not in masked
    assert shown == masked | {"values": shown["values"]}
    assert shown["values"]["Driver"] == "Ben Young"


def test_a_file_that_cannot_be_read_halts_its_batch_and_says_why(desk: Desk) -> None:
    desk.approved()
    batch = desk.brought(b"Reg,Reg\n1,2\n").body["id"]
    desk.step(batch, "start")

    halted = desk.run(batch)

    assert (halted["status"], halted["reason"]) == ("halted", "repeated-heading")
    assert desk.step(batch, "resume").code == "wrong-state"


def test_a_live_batch_is_worked_by_the_schedule_once(handlers: Platform) -> None:
    desk = Desk(handlers, mode="live")
    desk.approved()
    batch = desk.brought_id(motor_file([GOOD, OTHER]), by=LIVE_BROKER)
    started = desk.step(batch, "start", LIVE_BROKER)
    assert started.status == 200, started.text
    with handlers.surroundings():
        job = ScheduledJob(
            kind=JobKind.BATCH, subject=batch, partition=LIVE, due_at=datetime.now(UTC)
        )
        wiring.stores().scheduled_jobs.add(job.moved(datetime(2026, 1, 1, tzinfo=UTC)))
        first, second = (
            handlers.apps["data_intake"].run_live({"kinds": ["batch"]}, CONTEXT) for _ in range(2)
        )

    assert (first["jobs"], first["failed"], second["jobs"]) == (1, 0, 0)
    assert desk.get(f"/v1/batches/{batch}", LIVE_BROKER)["status"] == "finished"


def test_a_mapping_is_proposed_where_there_is_none_and_the_newest_is_shown_where_there_is(
    desk: Desk, handlers: Platform
) -> None:
    wanted = {"upload_id": desk.uploaded(motor_file([GOOD, TOO_YOUNG]), UNA)}
    path = "/v1/sources/harbour_motor/preview"

    proposed = handlers.call("POST", path, wanted, by=UNA, clock=None, key=None)
    desk.approved()
    known = handlers.call("POST", path, wanted, by=UNA, clock=None, key=None)

    assert (proposed.status, known.status) == (200, 200), proposed.text
    assert proposed.body["mapping"]["columns"].keys() == set(HEADINGS)
    assert [row["number"] for row in proposed.body["rows"]] == [2, 3]
    assert known.body["mapping"] == motor_mapping()
    assert [row["is_accepted"] for row in known.body["rows"]] == [True, False]


def test_a_source_is_scored_by_its_finished_batches_and_the_next_batch_notes_it(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    path = "/v1/sources/harbour_motor/quality"
    missing = desk.platform.call("GET", path, by=OTTO, clock=None)
    assert (missing.status, missing.code) == (404, "source-not-found")
    desk.approved()
    assert desk.get(path, OTTO) == {"source": "harbour_motor", "fields": {}, "batches": []}
    first = desk.brought_id(motor_file([GOOD, TOO_YOUNG]))
    desk.step(first, "dry_run")
    assert "source_score" not in desk.run(first)
    assert desk.get(path, OTTO)["batches"] == []  # a dry run says nothing of a source
    desk.step(first, "start")
    capsys.readouterr()
    desk.run(first)

    quality = desk.get(path, OTTO)

    age = {"completeness": "1.0000", "validity": "0.5000", "uniqueness": "1.0000"}
    assert quality["fields"]["answers.drivers.0.age"] == age | {"consistency": "1.0000"}
    [only] = quality["batches"]
    assert (only["batch_id"], only["tally"]["quarantined"]) == (first, 1)
    assert only["fields"] == quality["fields"]
    assert (quality["score"], only["score"]) == (92, 92)  # six of the seven fields are sound
    sent = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = {each["quality"]: each for each in sent if "SourceQuality" in each}
    assert metrics["validity"]["SourceQuality"] == [92.0]
    assert (metrics["validity"]["source"], metrics["validity"]["mode"]) == ("harbour_motor", "test")
    second = desk.brought_id(motor_file([OTHER]))
    assert desk.step(second, "start").body["source_score"] == 92


def test_rows_that_are_kept_back_stand_in_the_work_list_until_the_last_is_resolved(
    desk: Desk,
) -> None:
    ursula = staff("ursula", "underwriter", "work:read")
    path = "/v1/work-items?role=underwriter"
    desk.approved()
    batch = desk.brought_id(motor_file([TOO_YOUNG, GOOD, TOO_YOUNG]))
    assert desk.get(path, ursula)["items"] == []
    desk.step(batch, "start")
    done = desk.run(batch)

    [item] = desk.get(path, ursula)["items"]

    assert item["id"] == batch
    assert (item["kind"], item["code"], item["rows"]) == ("batch", "rows_in_quarantine", 2)
    assert (item["subject_status"], item["partner"]) == ("finished", "harbour")
    assert done["open_rows"] == 2
    reject = {"resolution": "reject", "reason": "No."}
    desk.call(f"/v1/batches/{batch}/rows/2/resolution", reject)
    [left] = desk.get(path, ursula)["items"]
    assert left["rows"] == 1
    desk.call(f"/v1/batches/{batch}/rows/4/resolution", reject)
    assert desk.get(path, ursula)["items"] == []
