"""A person gets everything about them, once they have shown who they are."""

import json
from hashlib import sha256

import httpx
import pytest
from insurance.domain.core.identity import party_id_for

from tests.support.backend import Backend
from tests.support.calls import LOSS_CLOCK, NAME, NARRATIVE, PRIVACY, Answer, Handlers, Json
from tests.support.personal_data import KIM, open_words
from tests.support.streams import assert_chains_hold, streams

PROOF = {"proof": "identity_document", "reference": "passport …4711"}


def export(handlers: Handlers, party_id: str, clock: str = LOSS_CLOCK, **asked: str) -> Answer:
    path = f"/v1/parties/{party_id}/data-exports"
    return handlers.post(path, PROOF | asked, caller=PRIVACY, clock=clock, key="k")


def file_of(made: Answer) -> Json:
    assert made.status == 201, made.text
    read = httpx.get(made.body["url"])
    assert read.headers["content-type"] == "application/json"
    assert sha256(read.content).hexdigest() == made.body["sha256"]
    found: Json = json.loads(read.content)
    return found


def test_an_export_has_the_party_their_policy_and_their_claim(handlers: Handlers):
    claim = handlers.paid()
    party_id = claim["policy_id"].replace("pol_", "pty_")

    found = file_of(export(handlers, party_id))

    [contract] = found["contracts"]
    assert found["parties"][0]["names"][0]["name"] == NAME
    assert contract["policy"]["id"] == claim["policy_id"]
    assert contract["claims"][0]["id"] == claim["id"]
    assert NARRATIVE in json.dumps(contract["claims"], ensure_ascii=False)


def test_an_export_is_recorded_with_the_proof_and_its_time(handlers: Handlers, backend: Backend):
    party_id = handlers.issued()["party_id"]

    made = export(handlers, party_id, requested_at="2027-01-02T09:00:00Z")
    replay = export(handlers, party_id, requested_at="2027-01-02T09:00:00Z")

    assert (made.body["number"], made.body["due_at"]) == (1, "2027-02-03T00:00:00Z")
    assert made.body["late"] is False
    assert (replay.replayed, replay.text) == (True, made.text)
    [event] = streams(backend)[party_id]
    assert event.type == "party.data_exported"
    assert event.sealed
    assert "4711" not in json.dumps(event.facts)
    assert open_words(backend) == {}
    assert_chains_hold(backend)


def test_an_export_that_comes_after_its_time_says_so(handlers: Handlers):
    party_id = handlers.issued()["party_id"]

    made = export(handlers, party_id, "2027-03-03T09:00:00Z", requested_at="2027-01-02T09:00:00Z")

    assert made.body["late"] is True


def test_what_is_asked_for_tomorrow_and_by_whom_may_not_is_refused(handlers: Handlers):
    party_id = handlers.issued()["party_id"]
    path = f"/v1/parties/{party_id}/data-exports"

    early = export(handlers, party_id, requested_at="2027-12-02T09:00:00Z")

    assert (early.code, early.body["errors"][0]["pointer"]) == ("invalid-fields", "/requested_at")
    assert handlers.post(path, PROOF).status == 403
    assert handlers.post(path, PROOF, caller=KIM).status == 403


def test_a_party_that_was_erased_has_nothing_to_export(handlers: Handlers):
    party_id = party_id_for(handlers.quoted()["id"])
    path = f"/v1/parties/{party_id}"
    erased = handlers.post(f"{path}/erasure", {"reason": "asked"}, caller=PRIVACY)
    assert erased.status == 200, erased.text

    assert export(handlers, party_id).code == "already-erased"


def test_a_record_holds_so_many_exports(handlers: Handlers, monkeypatch: pytest.MonkeyPatch):
    party_id = handlers.issued()["party_id"]
    path = f"/v1/parties/{party_id}/data-exports"
    assert export(handlers, party_id).status == 201
    monkeypatch.setattr("insurance.domain.party.record.HISTORY_MAX", 1)

    full = handlers.post(path, PROOF, caller=PRIVACY, clock=LOSS_CLOCK)

    assert (full.status, full.code) == (409, "party-full")
