"""A broker's file of motor risks, the mapping of its source, and the people who work with it."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from tests.support import loopback
from tests.support.calls import SOON, Answer, application, staff
from tests.support.platform import Platform

type Json = dict[str, Any]

WRITE = "data:write coverwright/data:read"
OTTO = staff("otto", "operator", WRITE)
UNA = staff("una", "underwriter", WRITE)
BROKER = application("app_test_one", "harbour", scopes="data:read data:write quotes:read")
OTHER_BROKER = application("app_test_two", "meadow", scopes="data:read data:write")
LIVE_BROKER = application("app_one", "harbour", mode="live", scopes="data:read data:write")

HEADINGS = ("Reg", "Driver", "Age", "Licence", "Value", "Miles", "NCD")
GOOD = ("AB12 CDE", "Ada Lovelace", "35", "15", "12000.00", "8000", "5")


def motor_mapping(**changes: Any) -> Json:
    return {
        "format": "csv",
        "kind": "quotes",
        "columns": {heading: {"personal": heading in {"Reg", "Driver"}} for heading in HEADINGS},
        "fields": {
            "product": {"value": "'personal_motor'"},
            "start": {"value": f"'{SOON}'"},
            "policyholder.name": {"from": "Driver", "as": "text", "required": True},
            "answers.registration": {"from": "Reg", "as": "text", "required": True},
            "answers.vehicle_value": {"from": "Value", "as": "money", "currency": "GBP"},
            "answers.annual_mileage": {"from": "Miles", "as": "integer", "min": 0},
            "answers.no_claims_years": {"from": "NCD", "as": "integer"},
            "answers.drivers.0.age": {"from": "Age", "as": "integer", "min": 17, "max": 99},
            "answers.drivers.0.licence_years": {"from": "Licence", "as": "integer"},
            "answers.drivers.0.convictions": {"value": "0"},
        },
        "rules": [],
        **changes,
    }


def motor_file(rows: Iterable[tuple[str, ...]]) -> bytes:
    return "".join(",".join(row) + "\n" for row in [HEADINGS, *rows]).encode()


class Desk:
    """Otto writes the source, Cleo approves it, and a broker brings files."""

    def __init__(self, platform: Platform, mode: str = "test") -> None:
        self.platform = platform
        self._keys = 0
        self.writer = staff("otto", "operator", WRITE, mode=mode)
        self.approver = staff("cleo", "chief_underwriter", WRITE, mode=mode)

    def call(self, path: str, body: Json, by: Json = BROKER, *, clock: str | None = None) -> Answer:
        self._keys += 1
        return self.platform.call("POST", path, body, by=by, clock=clock, key=f"key-{self._keys}")

    def approved(self, code: str = "harbour_motor", mapping: Json | None = None) -> None:
        source = {"partner": "harbour", "mapping": mapping or motor_mapping()}
        drafted = self.call(f"/v1/sources/{code}/draft", source, self.writer)
        assert drafted.status == 200, drafted.text
        for step, by in (("submit", self.writer), ("approve", self.approver)):
            answer = self.call(f"/v1/sources/{code}/steps", {"step": step, "reason": "agreed"}, by)
            assert answer.status == 200, answer.text

    def uploaded(self, file: bytes, by: Json = BROKER) -> str:
        about = {"size_bytes": len(file), "sha256": sha256(file).hexdigest()}
        made = self.platform.call("POST", "/v1/batches/uploads", about, by=by, clock=None, key=None)
        assert made.status == 200, made.text
        form = made.body["upload"]
        sent = loopback.post(form["url"], data=form["fields"], files={"file": file})
        assert sent.status_code == 204
        upload_id: str = made.body["upload_id"]
        return upload_id

    def brought(self, file: bytes, code: str = "harbour_motor", by: Json = BROKER) -> Answer:
        wanted = {"source": code, "upload_id": self.uploaded(file, by)}
        return self.call("/v1/batches", wanted, by)

    def brought_id(self, file: bytes, by: Json = BROKER) -> str:
        answer = self.brought(file, by=by)
        assert answer.status == 201, answer.text
        batch: str = answer.body["id"]
        return batch

    def step(self, batch: str, step: str, by: Json = BROKER) -> Answer:
        return self.call(f"/v1/batches/{batch}/steps", {"step": step}, by)

    def run(self, batch: str, by: Json = BROKER) -> Json:
        answer = self.platform.call(
            "POST", f"/v1/batches/{batch}/runs", {}, by=by, clock=None, key=None
        )
        assert answer.status == 200, answer.text
        done: Json = answer.body
        return done

    def get(self, path: str, by: Json = BROKER) -> Json:
        return self.platform.get(path, by=by, clock=None)
