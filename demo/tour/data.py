"""A scene about data: a broker's dirty file is mapped, tried, kept back in part, mended, and quoted."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import httpx

from demo import ANSWER_SECONDS
from demo.tour.visitor import Visitor

type Json = dict[str, Any]

FILES, STEWARD, CHIEF = "files-test", "steward-test", "data-chief-test"
FILE = b"""Reg,Driver,Age,Fuel,Value
AB12 CDE,Ada Merton,35,Petrol,12000.00
CD34 EFG,Ben Young,7,P,9000.00
EF56 GHJ,Cy Other,52,D,7 500
AB12 CDE,Ada Merton,35,P,12000.00
"""
SOURCE = "/v1/sources/harbour_motor"


def mapped_tried_kept_back_mended_and_quoted(visitor: Visitor) -> str:
    _approved(visitor, _mapping((visitor.now + timedelta(days=30)).date()))
    batch = _brought(visitor)
    path = f"/v1/batches/{batch}"
    visitor.post(f"{path}/steps", {"step": "dry_run"}, by=FILES)
    tried = visitor.post(f"{path}/runs", by=FILES)
    visitor.expect(tried["status"] == "checked", "the dry run read the file")
    visitor.say("dry run", f"{tried['tally']['quarantined']} of {tried['tally']['read']} rows")
    visitor.post(f"{path}/steps", {"step": "start"}, by=FILES)
    visitor.post(f"{path}/runs", by=FILES)
    kept = visitor.get(f"{path}/rows", by=FILES)["items"]
    for row in kept:
        said = ", ".join(f"{why['place'] or 'row'} {why['code']}" for why in row["reasons"])
        visitor.say("kept back", f"row {row['number']}: {said}")
    visitor.expect([row["number"] for row in kept] == [3, 4, 5], "three rows are kept back")
    young = {"resolution": "fix", "reason": "The broker says 27.", "values": {"Age": "27"}}
    fixed = visitor.post(f"{path}/rows/3/resolution", young, by=FILES)
    twice = {"resolution": "reject", "reason": "The same car."}
    visitor.post(f"{path}/rows/5/resolution", twice, by=FILES)
    work = visitor.get("/v1/work-items?role=underwriter&limit=100", by="underwriter-test")["items"]
    [waiting] = [item for item in work if item["id"] == batch]
    visitor.say("underwriter", f"{waiting['code']}: {waiting['rows']} row")
    spaced = _mapping((visitor.now + timedelta(days=30)).date())
    spaced["fields"]["answers.vehicle_value"]["group_mark"] = " "
    _approved(visitor, spaced)
    again = visitor.post(f"{path}/reruns", by=FILES)
    visitor.expect(again["taken"] == 1, "by the newer mapping the last row passes")
    quote = visitor.get(f"/v1/quotes/{fixed['made_id']}", by=FILES)
    visitor.expect(quote["data_origin"]["resolution"] == "fix", "the quote says where it is from")
    quality = visitor.get(f"{SOURCE}/quality", by=CHIEF)
    done = visitor.get(path, by=FILES)
    visitor.expect(done["open_rows"] == 0, "nothing waits")
    return f"{done['tally']['accepted']} rows quoted, the source scores {quality['score']} of 100"


def _mapping(start: date) -> Json:
    return {
        "kind": "quotes",
        "columns": {"Reg": {"personal": True}, "Driver": {"personal": True}, "Age": {}, "Fuel": {}, "Value": {}},
        "fields": {
            "product": {"value": "'personal_motor'"},
            "start": {"value": f"'{start}'"},
            "policyholder.name": {"from": "Driver", "required": True},
            "answers.registration": {"from": "Reg", "checksum": "gb_plate", "required": True},
            "answers.vehicle_value": {"from": "Value", "as": "money", "currency": "GBP"},
            "answers.annual_mileage": {"value": "8000"},
            "answers.no_claims_years": {"value": "5"},
            "answers.drivers.0.age": {"from": "Age", "as": "integer", "min": 17, "max": 99},
            "answers.drivers.0.licence_years": {"value": "9"},
            "answers.drivers.0.convictions": {"value": "0"},
            "fuel": {"from": "Fuel", "as": "code", "codes": {"P": "petrol", "D": "diesel"}, "written": False},
        },
        "rules": [
            {"code": "written-out", "at": "raw", "when": "fuel == 'Petrol'", "action": "clean", "set": {"Fuel": "'P'"}},
            {"code": "same-car", "at": "across", "unique": ["answers.registration"]},
        ],
    }  # fmt: skip


def _approved(visitor: Visitor, mapping: Json) -> None:
    """One person writes the source, and another approves it."""
    visitor.post(f"{SOURCE}/draft", {"partner": "harbour", "mapping": mapping}, by=STEWARD)
    step = {"step": "submit", "reason": "agreed_with_broker"}
    visitor.post(f"{SOURCE}/steps", step, by=STEWARD)
    source = visitor.post(f"{SOURCE}/steps", step | {"step": "approve"}, by=CHIEF)
    visitor.say("source", f"version {source['in_force']['version']} approved by another person")


def _brought(visitor: Visitor) -> str:
    """The batch of the file, once it was scanned."""
    about = {"size_bytes": len(FILE), "sha256": sha256(FILE).hexdigest()}
    made = visitor.post("/v1/batches/uploads", about, by=FILES)
    form = made["upload"]
    sent = httpx.post(
        form["url"],
        data=form["fields"],
        files={"file": FILE},
        trust_env=False,
        timeout=ANSWER_SECONDS,
    ).status_code
    visitor.say("form", f"{len(FILE)} bytes: {sent}")
    wanted = {"source": "harbour_motor", "upload_id": made["upload_id"]}
    batch: str = visitor.post("/v1/batches", wanted, by=FILES)["id"]
    return batch
