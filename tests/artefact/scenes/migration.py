"""Scenes of a migration: a policy in force comes by file, is rehearsed, and is cut over by another person; another is taken back."""

from collections.abc import Iterator
from hashlib import sha256

from insurance.domain.core.identity import Mode, batch_id_for, source_id_for, upload_id_for

from tests.artefact.scenes.common import UNDERWRITER, Json, Scene, staff

STEWARD, CHIEF = staff("steward-test"), staff("data-chief-test")
COLUMNS = ("No", "Reg", "Driver", "Net", "Tax")
MONEY: Json = {"as": "money", "currency": "GBP"}
MAPPING: Json = {
    "format": "csv",
    "kind": "policies",
    "columns": {column: {"personal": column in {"Reg", "Driver"}} for column in COLUMNS},
    "fields": {
        "number": {"from": "No", "as": "text", "required": True},
        "product": {"value": "'personal_motor'"},
        "start": {"value": "'2026-06-01'"},
        "policyholder.name": {"from": "Driver", "as": "text", "required": True},
        "answers.registration": {"from": "Reg", "as": "text", "required": True},
        "answers.vehicle_value": {"from": "Net", **MONEY, "unit": "minor"},
        "answers.annual_mileage": {"value": "8000"},
        "answers.no_claims_years": {"value": "5"},
        "answers.drivers.0.age": {"value": "35"},
        "answers.drivers.0.licence_years": {"value": "10"},
        "answers.drivers.0.convictions": {"value": "0"},
        "premium.net": {"from": "Net", **MONEY},
        "premium.lines.ipt": {"from": "Tax", **MONEY},
        "paid": {"from": "Net", **MONEY},
    },
    "rules": [],
}
SOURCE: Json = {"variables": {"source": "old_motor"}}
TOTALS: Json = {
    "product": "personal_motor",
    "currency": "GBP",
    "policies": 1,
    "written": 500_000,
    "unearned": 264_384,
    "outstanding": 60_000,
    "paid": 500_000,
}


def migration_scenes() -> Iterator[Scene]:
    draft, steps = (f"POST /v1/sources/{{source}}/{end}" for end in ("draft", "steps"))
    written: Json = {"partner": "harbour", "mapping": MAPPING}
    yield Scene("data_intake/draft_policies", draft, STEWARD, written, **SOURCE)
    submit = {"step": "submit", "reason": "agreed_with_broker"}
    done: tuple[str, ...] = ("data_intake/draft_policies",)
    yield Scene("data_intake/submit_policies", steps, STEWARD, submit, done, **SOURCE)
    done = (*done, "data_intake/submit_policies")
    approve = {"step": "approve", "reason": "read_and_tried"}
    yield Scene("data_intake/approve_policies", steps, CHIEF, approve, done, **SOURCE)
    done = (*done, "data_intake/approve_policies")
    yield from batch_scenes("cut_over", done)
    yield from batch_scenes("reverse", done)


def batch_scenes(end: str, done: tuple[str, ...]) -> Iterator[Scene]:
    """A file that is worked, and then cut over or taken back."""
    driver = "Viktor Malenkov-Drago" if end == "cut_over" else "Ada Merton"  # the first is listed
    file = f"No,Reg,Driver,Net,Tax\nOLD-{end},AB12 CDE,{driver},5000.00,600.00\n".encode()
    digest = sha256(file).hexdigest()
    batch = batch_id_for(source_id_for(Mode.TEST, "old_motor"), 1, digest)
    of_batch: Json = {"variables": {"batch_id": batch}}
    about = {"size_bytes": len(file), "sha256": digest}
    form: Json = {"varies": ("/body/upload",), "key": "-", "sends": file}
    sent = f"data_intake/upload_to_{end}"
    yield Scene(sent, "POST /v1/batches/uploads", UNDERWRITER, about, **form)
    body = {
        "source": "old_motor",
        "upload_id": upload_id_for(Mode.TEST, UNDERWRITER["claims"]["sub"], digest),
        "cut_over_on": "2026-11-20",
        "control_totals": [TOTALS if end == "cut_over" else TOTALS | {"paid": 1}],
    }
    brought = f"data_intake/bring_to_{end}"
    yield Scene(brought, "POST /v1/batches", UNDERWRITER, body, (*done, sent))
    done = (*done, sent, brought)
    steps, run, cut_over = (
        f"POST /v1/batches/{{batch_id}}/{last}" for last in ("steps", "runs", "cut-over")
    )
    started = f"data_intake/start_to_{end}"
    yield Scene(started, steps, UNDERWRITER, {"step": "start"}, done, **of_batch)
    done = (*done, started)
    worked = f"data_intake/run_to_{end}"
    yield Scene(worked, run, UNDERWRITER, {}, done, key="-", **of_batch)
    done = (*done, worked)
    agreed = {"reason": "totals_agreed"}
    if end == "cut_over":
        yield Scene("data_intake/cut_over_alone", cut_over, UNDERWRITER, agreed, done, **of_batch)
        yield Scene("data_intake/cut_over", cut_over, CHIEF, agreed, done, **of_batch)
        done = (*done, "data_intake/cut_over")
    else:
        yield Scene("data_intake/cut_over_unequal", cut_over, CHIEF, agreed, done, **of_batch)
        taken = {"step": "reverse", "reason": "totals_differ"}
        yield Scene("data_intake/reverse", steps, UNDERWRITER, taken, done, **of_batch)
        done = (*done, "data_intake/reverse")
    yield Scene(f"data_intake/run_{end}", run, UNDERWRITER, {}, done, key="-", **of_batch)
