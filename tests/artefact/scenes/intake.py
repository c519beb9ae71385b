"""Scenes of data intake: a source is written by two people, and a broker's file becomes quotes, but for one row."""

from collections.abc import Iterator
from hashlib import sha256

from insurance.domain.core.identity import Mode, batch_id_for, source_id_for, upload_id_for

from tests.artefact.scenes.common import Json, Scene, partner, staff

SENDER = partner("files-test")
STEWARD, CHIEF = staff("steward-test"), staff("data-chief-test")
SOURCE: Json = {"variables": {"source": "harbour_motor"}}
MAPPING: Json = {
    "format": "csv",
    "kind": "quotes",
    "columns": {
        "Reg": {"personal": True},
        "Driver": {"personal": True},
        "Age": {},
        "Value": {},
        "Customer": {},
    },
    "fields": {
        "product": {"value": "'personal_motor'"},
        "start": {"value": "'2026-12-01'"},
        "policyholder.name": {"from": "Driver", "as": "text", "required": True},
        "policyholder.reference": {"from": "Customer", "as": "text"},
        "answers.registration": {"from": "Reg", "as": "text", "required": True},
        "answers.vehicle_value": {"from": "Value", "as": "money", "currency": "GBP"},
        "answers.annual_mileage": {"value": "8000"},
        "answers.no_claims_years": {"value": "5"},
        "answers.drivers.0.age": {"from": "Age", "as": "integer", "min": 17, "max": 99},
        "answers.drivers.0.licence_years": {"value": "10"},
        "answers.drivers.0.convictions": {"value": "0"},
    },
    "rules": [],
}
FILE = b"""Reg,Driver,Age,Value,Customer
AB12 CDE,Ada Merton,35,12000.00,C-1
CD34 EFG,Ben Young,7,9000.00,C-2
EF56 GHJ,Ada Merton,35,8000.00,C-1
"""
NO_FILE = b"Reg,Reg\n1,2\n"
BY_SCHEDULE = "data_intake/scheduled"
BATCH = batch_id_for(source_id_for(Mode.TEST, "harbour_motor"), 1, sha256(FILE).hexdigest())
OF_BATCH: Json = {"variables": {"batch_id": BATCH}}
ROW: Json = {"variables": {"batch_id": BATCH, "row": "3"}}


def upload_of(file: bytes, principal: str) -> str:
    return upload_id_for(Mode.TEST, principal, sha256(file).hexdigest())


def source_scenes() -> Iterator[Scene]:
    draft, steps = (f"POST /v1/sources/{{source}}/{end}" for end in ("draft", "steps"))
    written: Json = {"partner": "harbour", "mapping": MAPPING}
    yield Scene("data_intake/draft", draft, STEWARD, written, **SOURCE)
    wrong = written | {"mapping": MAPPING | {"rules": [{"code": "old", "when": "driver_age >"}]}}
    yield Scene("data_intake/draft_what_cannot_be_read", draft, STEWARD, wrong, **SOURCE)
    done: tuple[str, ...] = ("data_intake/draft",)
    submit = {"step": "submit", "reason": "agreed_with_broker"}
    yield Scene("data_intake/submit", steps, STEWARD, submit, done, **SOURCE)
    done = (*done, "data_intake/submit")
    approve = {"step": "approve", "reason": "read_and_tried"}
    yield Scene("data_intake/approve_what_one_wrote", steps, STEWARD, approve, done, **SOURCE)
    yield Scene("data_intake/approve", steps, CHIEF, approve, done, **SOURCE)
    done = (*done, "data_intake/approve")
    yield Scene("data_intake/list_sources", "GET /v1/sources", CHIEF, None, done)
    one = "GET /v1/sources/{source}"
    yield Scene("data_intake/read_source", one, CHIEF, None, done, **SOURCE)
    yield Scene("data_intake/read_unknown_source", one, CHIEF, None, **SOURCE)
    yield from preview_scenes()


def preview_scenes() -> Iterator[Scene]:
    """The first rows of a file; and of one that cannot be read."""
    preview = "POST /v1/sources/{source}/preview"
    for name, file in (("preview", FILE), ("preview_no_file", NO_FILE)):
        sent = f"data_intake/upload_for_{name}"
        about = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
        form: Json = {"varies": ("/body/upload",), "key": "-", "sends": file}
        yield Scene(sent, "POST /v1/batches/uploads", CHIEF, about, **form)
        body = {"upload_id": upload_of(file, CHIEF["claims"]["sub"])}
        given = ("data_intake/draft", sent)
        yield Scene(f"data_intake/{name}", preview, CHIEF, body, given, key="-", **SOURCE)


def intake_scenes() -> Iterator[Scene]:
    yield from source_scenes()
    approved = tuple(f"data_intake/{step}" for step in ("draft", "submit", "approve"))
    about = {"size_bytes": len(FILE), "sha256": sha256(FILE).hexdigest()}
    form: Json = {"varies": ("/body/upload",), "key": "-", "sends": FILE}
    yield Scene("data_intake/upload", "POST /v1/batches/uploads", SENDER, about, **form)
    done = (*approved, "data_intake/upload")
    body = {"source": "harbour_motor", "upload_id": upload_of(FILE, SENDER["principal"])}
    yield Scene("data_intake/bring", "POST /v1/batches", SENDER, body, done)
    done = (*done, "data_intake/bring")
    yield Scene("data_intake/bring_again", "POST /v1/batches", SENDER, body, done)
    yield Scene("data_intake/list_batches", "GET /v1/batches", SENDER, None, done)
    one, steps, run = (f"{verb} /v1/batches/{{batch_id}}{end}" for verb, end in STEPS)
    yield Scene("data_intake/read_unknown_batch", one, SENDER, None, **OF_BATCH)
    yield Scene("data_intake/try", steps, SENDER, {"step": "dry_run"}, done, **OF_BATCH)
    yield Scene("data_intake/pause_what_waits", steps, SENDER, {"step": "pause"}, done, **OF_BATCH)
    yield Scene("data_intake/start", steps, SENDER, {"step": "start"}, done, **OF_BATCH)
    done = (*done, "data_intake/start")
    yield Scene("data_intake/run", run, SENDER, {}, done, key="-", **OF_BATCH)
    done = (*done, "data_intake/run")
    yield Scene("data_intake/read_batch", one, SENDER, None, done, **OF_BATCH)
    yield Scene("data_intake/list_results", f"{one}/results", SENDER, None, done, **OF_BATCH)
    lineage = f"{one}/lineage"
    yield Scene("data_steward/lineage", lineage, CHIEF, None, done, **OF_BATCH)
    quality = "GET /v1/sources/{source}/quality"
    yield Scene("data_intake/read_quality", quality, CHIEF, None, done, **SOURCE)
    waiting: Json = {"query": {"role": "underwriter"}}
    ursula = staff("underwriter-test")
    yield Scene("work_list/rows_in_quarantine", "GET /v1/work-items", ursula, None, done, **waiting)
    proposals = "GET /v1/sources/{source}/proposals"
    yield Scene("data_intake/list_proposals", proposals, CHIEF, None, done, **SOURCE)
    rerun = "POST /v1/batches/{batch_id}/reruns"
    yield Scene("data_intake/rerun_rows", rerun, SENDER, {}, done, key="-", **OF_BATCH)
    yield Scene("data_intake/list_rows", f"{one}/rows", SENDER, None, done, **OF_BATCH)
    resolve = "POST /v1/batches/{batch_id}/rows/{row}/resolution"
    fix = {
        "resolution": "fix",
        "reason": "The broker says 27.",
        "values": {"Driver": "Ada Merton", "Age": "27"},
    }
    none: Json = {"variables": {"batch_id": BATCH, "row": "2"}}
    yield Scene("data_intake/resolve_no_row", resolve, SENDER, fix, done, **none)
    still = fix | {"values": {"Age": "8"}}
    yield Scene("data_intake/mend_wrongly", resolve, SENDER, still, done, **ROW)
    yield Scene("data_intake/mend", resolve, SENDER, fix, done, **ROW)


STEPS = (("GET", ""), ("POST", "/steps"), ("POST", "/runs"))
