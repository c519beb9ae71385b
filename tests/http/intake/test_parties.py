"""Customers come by file, as by a call of each."""

import json
from typing import Any

import pytest
from insurance.domain.core.errors import Unavailable

from tests.support.calls import staff
from tests.support.intake import UNA, WRITE, Desk, Json
from tests.support.platform import Platform

MAPPING: Json = {
    "format": "csv",
    "kind": "parties",
    "columns": {"Ref": {}, "Name": {"personal": True}, "Mail": {"personal": True}},
    "fields": {
        "reference": {"from": "Ref", "as": "text"},
        "name": {"from": "Name", "as": "text", "required": True},
        "email": {"from": "Mail", "as": "text"},
    },
}
FILE = b"""Ref,Name,Mail
C-1,Ada Merton,ada@example.org
C-2,Ben Young,no address
,Cy Other,
C-1,Ada Merton,ada@example.org
"""
CAROL = staff("carol", "call_centre", f"{WRITE} coverwright/parties:read")


@pytest.fixture
def desk(handlers: Platform) -> Desk:
    desk = Desk(handlers)
    desk.approved("customers", MAPPING)
    return desk


def test_a_file_of_customers_registers_each_once_and_keeps_back_what_is_wrong(desk: Desk) -> None:
    tried = desk.brought(FILE, "customers").body["id"]
    desk.step(tried, "dry_run")
    assert desk.run(tried)["tally"]["accepted"] == 3  # none is registered: C-1 is free twice
    desk.step(tried, "start")

    done = desk.run(tried)

    assert (done["status"], done["kind"], done["tally"]["accepted"]) == ("finished", "parties", 2)
    results = desk.get(f"/v1/batches/{tried}/results")["items"]
    assert [each.get("made_status") for each in results] == ["registered", None, "registered", None]
    ada = desk.get(f"/v1/parties/{results[0]['made_id']}", CAROL)
    assert ada["name"] == "Ada Merton"
    overview = desk.get(f"/v1/parties/{ada['id']}/overview", CAROL)
    row = {"source": "customers", "version": 1, "batch_id": tried, "row": 2}
    origins = {each["detail"]: each["origin"] for each in overview["details"]}
    assert origins == {"name": row, "email": row}
    lineage = desk.get(f"/v1/batches/{tried}/lineage", UNA)
    columns = {each["field"]: each["columns"] for each in lineage["fields"]}
    assert columns == {"reference": ["Ref"], "name": ["Name"], "email": ["Mail"]}
    [records] = json.loads(lineage["openlineage"])["outputs"]
    assert set(records["facets"]["columnLineage"]["fields"]) == {"reference", "name", "email"}
    live = staff("una", "underwriter", WRITE, mode="live")
    path = f"/v1/batches/{tried}/lineage"
    assert desk.platform.call("GET", path, by=live, clock=None).code == "batch-not-found"
    kept = desk.get(f"/v1/batches/{tried}/rows")["items"]
    assert [(each["number"], each["reasons"]) for each in kept] == [
        (3, [{"rule": "parties", "place": "/email", "code": "wrong-form"}]),
        (5, [{"rule": "parties", "place": "", "code": "reference-taken"}]),
    ]
    path = f"/v1/batches/{tried}/rows/3/resolution"
    fix: Json = {"resolution": "fix", "reason": "Asked.", "values": {"Mail": "ben@example.org"}}
    mended = desk.call(path, fix, UNA)
    assert mended.body["status"] == "fixed"
    assert desk.get(f"/v1/parties/{mended.body['made_id']}", CAROL)["name"] == "Ben Young"
    assert desk.call(f"/v1/batches/{tried}/rows/5/resolution", REJECT, UNA).status == 200


def test_a_customer_that_a_later_version_brings_again_is_the_same(desk: Desk) -> None:
    batches = []
    for _ in range(2):
        batch = desk.brought(FILE, "customers").body["id"]
        desk.step(batch, "start")
        desk.run(batch)
        batches.append(desk.get(f"/v1/batches/{batch}/results")["items"])
        desk.approved("customers", MAPPING)

    assert batches[0] == batches[1]


def test_a_row_whose_customer_was_made_and_not_stored_with_it_cannot_be_rejected(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = desk.brought(FILE, "customers").body["id"]
    desk.step(batch, "start")
    desk.run(batch)
    path = f"/v1/batches/{batch}/rows/3/resolution"
    fix: Json = {"resolution": "fix", "reason": "Asked.", "values": {"Mail": "ben@example.org"}}
    assert desk.call(path, {"resolution": "accept", "reason": "So be it."}, UNA).status == 422
    batches: Any = desk.platform.apps["data_intake"].ports.batches
    with monkeypatch.context() as patched:
        patched.setattr(batches, "store_row", unavailable)
        assert desk.call(path, fix, UNA).status == 503

    rejected = desk.call(path, REJECT, UNA)

    assert (rejected.status, rejected.code) == (409, "wrong-state")


def unavailable(*_: object) -> None:
    raise Unavailable("The table")


REJECT: Json = {"resolution": "reject", "reason": "No."}
