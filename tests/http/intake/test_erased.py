"""Erasing a customer who came by file: nothing that is stored or left says who it was."""

import json
from typing import Any

import pytest
from insurance.operations.scheduler.schedule_jobs import schedule_jobs
from insurance.wiring import index_ring, keys

from tests.support.backend import environment
from tests.support.calls import PARTNER, Answer, staff
from tests.support.intake import GOOD, UNA, Desk, motor_file, motor_mapping
from tests.support.personal_data import readings
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

PETRA = staff(
    "petra", "privacy_officer", "parties:erase coverwright/parties:read coverwright/parties:write"
)
DECADES_LATER = "2070-01-01T09:00:00Z"
SECRETS = ("quillfeather", "AB12 CDE", "q-77", "quill@example.com")
NAMED = motor_mapping()["fields"] | {
    "policyholder.reference": {"from": "Ref", "as": "text"},
    "policyholder.email": {"from": "Mail", "as": "text"},
}
COLUMNS = motor_mapping()["columns"] | {"Ref": {"personal": True}, "Mail": {"personal": True}}
BEN = ("Ben Quillfeather", "Q-77", "quill@example.com")
OTHER = ("Cy Other", "C-1", "cy@example.com")


def row(who: tuple[str, str, str], reg: str, age: str = "35") -> tuple[str, ...]:
    name, reference, mail = who
    return (reg, name, age, *GOOD[3:], reference, mail)


def file_of(*rows: tuple[str, ...]) -> bytes:
    head = "Reg,Driver,Age,Licence,Value,Miles,NCD,Ref,Mail\n"
    return (head + motor_file(rows).decode().split("\n", 1)[1]).encode()


def found_in(value: Any) -> set[str]:
    """Which secrets can be read there, in any way that anything is written in."""
    text = "\n".join(readings(value)).lower()
    return {secret for secret in SECRETS if secret.lower() in text}


class House:
    """A broker's desk, and everything that the house stores or leaves."""

    def __init__(self, platform: Platform) -> None:
        self.platform, self.desk = platform, Desk(platform)
        self.desk.approved(mapping=motor_mapping(fields=NAMED, columns=COLUMNS))

    def worked(self, file: bytes) -> str:
        batch = self.desk.brought_id(file)
        assert self.desk.step(batch, "start").status == 200
        assert self.desk.run(batch)["status"] == "finished"
        return batch

    def erased(self, party_id: str, **asked: bool) -> Answer:
        body = {"reason": "requested"} | asked
        return self.desk.call(f"/v1/parties/{party_id}/erasure", body, PETRA)

    def decoded(self) -> dict[str, set[str]]:
        """By table and column, which secrets can be read with all keys that are left."""
        backend = self.platform.backend
        with environment(backend.environment()):
            left = [
                (index_ring() if item["id"]["S"].startswith("index_key") else keys()).open(wrapped)
                for items in backend.everything().values()
                for item in items
                for wrapped in _wrapped(item)
            ]
        found: dict[str, set[str]] = {}
        for table, items in backend.everything().items():
            for item in items:
                said = found_in(item)
                about = (item.get("id") or item.get("stream") or {"S": ""})["S"]
                for sealed in (v["B"] for v in item.values() if "B" in v):
                    for key in left:
                        try:
                            said |= found_in(json.dumps(key.unseal(sealed, about)))
                        except Exception:  # noqa: S112 - not of this key
                            continue
                if said:
                    found.setdefault(table, set()).update(said)
        for (bucket, name), body in backend.files().items():
            said = found_in(body) | found_in(name)
            if said:
                found.setdefault(bucket, set()).update(said)
        return found


def _wrapped(item: dict[str, Any]) -> list[bytes]:
    own = [item["key"]["B"]] if "key" in item and "B" in item["key"] else []
    return own + [each["B"] for each in item.get("former", {"M": {}})["M"].values()]


@pytest.fixture
def house(handlers: Platform) -> House:
    return House(handlers)


def party_of(house: House, quote_id: str) -> str:
    party: str = house.desk.get(f"/v1/quotes/{quote_id}")["party_id"]
    return party


def test_erasing_a_customer_erases_the_rows_that_name_them_and_no_other(house: House) -> None:
    file = file_of(row(BEN, "AB12 CDE"), row(BEN, "AB12 CDE", "7"), row(OTHER, "EF56 GHJ", "8"))
    batch = house.worked(file)
    [made, *_] = house.desk.get(f"/v1/batches/{batch}/results")["items"]
    assert len(house.desk.get(f"/v1/batches/{batch}/rows")["items"]) == 2

    erased = house.erased(party_of(house, made["made_id"]))

    assert erased.status == 200, erased.text
    house.desk.run(batch)
    [left] = house.desk.get(f"/v1/batches/{batch}/rows")["items"]
    assert (left["number"], left["values"]["Driver"]) == (4, "Cy Other")
    [gone] = house.desk.get(f"/v1/batches/{batch}/rows?state=erased")["items"]
    assert (gone["number"], gone.get("values")) == (3, None)
    assert house.desk.get(f"/v1/batches/{batch}")["open_rows"] == 1
    resolution = {"resolution": "accept", "reason": "Go on."}
    refused = house.desk.call(f"/v1/batches/{batch}/rows/3/resolution", resolution, UNA)
    assert (refused.status, refused.code) == (409, "wrong-state")
    assert_chains_hold(house.platform.backend)
    assert house.decoded() == {}


def test_a_row_that_was_mended_is_erased_with_what_it_said_before(house: House) -> None:
    batch = house.worked(file_of(row(BEN, "AB12 CDE"), row(BEN, "AB12 CDE", "7")))
    [made, _] = house.desk.get(f"/v1/batches/{batch}/results")["items"]
    mended = {"Age": "27", "Reg": "AB13 CDE"}
    fix = {"resolution": "fix", "reason": "Ben said so.", "values": mended}
    fixed = house.desk.call(f"/v1/batches/{batch}/rows/3/resolution", fix, UNA)
    assert fixed.status == 200, fixed.text

    erased = house.erased(party_of(house, made["made_id"]))
    house.desk.run(batch)

    assert erased.status == 200, erased.text
    [gone] = house.desk.get(f"/v1/batches/{batch}/rows?state=fixed", UNA)["items"]
    assert (gone.get("values"), gone.get("reason")) == (None, None)
    assert house.decoded() == {}
    assert_chains_hold(house.platform.backend)


def test_a_legal_hold_keeps_the_rows_and_they_go_when_it_has_ended(house: House) -> None:
    platform = house.platform
    batch = house.worked(file_of(row(BEN, "AB12 CDE"), row(BEN, "AB12 CDE", "7")))
    [made, _] = house.desk.get(f"/v1/batches/{batch}/results")["items"]
    party_id, rows = party_of(house, made["made_id"]), f"/v1/batches/{batch}/rows"
    platform.post(f"/v1/quotes/{made['made_id']}/acceptance", clock=None)
    platform.post("/v1/policies", {"quote_id": made["made_id"]}, clock=None)

    refused = house.erased(party_id)
    waits = house.erased(party_id, when_permitted=True)
    house.desk.run(batch)

    assert (refused.status, refused.code) == (409, "legal-hold")
    assert {hold["code"] for hold in refused.body["holds"]} >= {"not_begun"}
    assert waits.status == 200, waits.text
    [held] = house.desk.get(rows)["items"]
    assert held["values"]["Driver"] == "Ben Quillfeather"

    scheduler: Any = platform.apps["scheduler"]
    with environment(platform.backend.environment()):
        for event in streams(platform.backend)[party_id]:
            schedule_jobs(event, products=platform.products, schedule=scheduler.scheduled)
    done = platform.post("/v1/scheduler/runs", {}, key=None, clock=DECADES_LATER, by=PARTNER)
    assert (done["failed"], done["finished"]) == (0, True)
    house.desk.run(batch)

    assert house.desk.get(rows)["items"] == []
    assert len(house.desk.get(f"{rows}?state=erased")["items"]) == 1
    assert_chains_hold(platform.backend)


def test_rows_of_an_open_batch_that_name_who_was_erased_are_left_out(house: House) -> None:
    first = house.worked(file_of(row(BEN, "AB12 CDE")))
    [made] = house.desk.get(f"/v1/batches/{first}/results")["items"]
    later = house.desk.brought_id(
        file_of(row(OTHER, "EF56 GHJ"), row(BEN, "CD34 EFG"), row(BEN, "CD34 EFG", "7"))
    )
    assert house.erased(party_of(house, made["made_id"])).status == 200

    house.desk.step(later, "start")
    done = house.desk.run(later)

    assert (done["tally"]["read"], done["tally"]["accepted"], done["open_rows"]) == (3, 1, 0)
    assert house.decoded() == {}
