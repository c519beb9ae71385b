"""A person gets everything about them, once they have shown who they are."""

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from insurance.domain.core.identity import party_id_for
from insurance.domain.core.packing import canonical
from insurance.operations.parties import export_data

from tests.support import loopback
from tests.support.backend import Backend
from tests.support.calls import LOSS_CLOCK, NAME, NARRATIVE, PRIVACY, QUOTE, Answer, Json
from tests.support.documents import pdf, words
from tests.support.personal_data import KIM, open_words
from tests.support.platform import Platform
from tests.support.search import insured
from tests.support.streams import assert_chains_hold, streams

PROOF = {"request": 1, "proof": "identity_document", "reference": "passport …4711"}
ASKED_AT = "2027-01-02T09:00:00Z"
MINUTES_LATER = (datetime.fromisoformat(LOSS_CLOCK) + timedelta(minutes=5)).isoformat()


def export(handlers: Platform, party_id: str, clock: str = LOSS_CLOCK, key: str = "k") -> Answer:
    path = f"/v1/parties/{party_id}/data-exports"
    return handlers.call("POST", path, PROOF, by=PRIVACY, clock=clock, key=key)


def ask(handlers: Platform, party_id: str, kind: str = "access") -> None:
    path = f"/v1/parties/{party_id}/data-requests"
    asked = handlers.call("POST", path, {"kind": kind, "requested_at": ASKED_AT}, clock=LOSS_CLOCK)
    assert asked.status == 201, asked.text


def read(made: Answer, place: int) -> bytes:
    assert made.status == 201, made.text
    file = made.body["files"][place]
    answer = loopback.get(file["url"])
    assert answer.headers["content-type"] == file["media_type"]
    assert sha256(answer.content).hexdigest() == file["sha256"]
    assert len(answer.content) == file["size_bytes"]
    return answer.content


def file_of(made: Answer) -> Json:
    found: Json = json.loads(read(made, 0))
    return found


def test_an_export_has_the_party_their_policy_and_their_claim(handlers: Platform):
    claim = handlers.paid()
    party_id = claim["policy_id"].replace("pol_", "pty_")

    ask(handlers, party_id)
    policy = handlers.call(
        "POST", f"/v1/policies/{claim['policy_id']}/documents", {"kind": "schedule"}
    )

    found = file_of(export(handlers, party_id))

    [contract] = found["contracts"]
    assert found["parties"][0]["names"][0]["name"] == NAME
    assert contract["policy"]["id"] == claim["policy_id"]
    assert contract["claims"][0]["id"] == claim["id"]
    assert [each["id"] for each in contract["documents"]] == [policy.body["document"]["id"]]
    assert NARRATIVE in json.dumps(contract["claims"], ensure_ascii=False)


def test_the_same_data_come_as_an_accessible_document(handlers: Platform):
    claim = handlers.paid()
    party_id = claim["policy_id"].replace("pol_", "pty_")
    ask(handlers, party_id)

    document = read(export(handlers, party_id), 1)

    root: Any = pdf(document).trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"].value) == ("en-GB", True)
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    text = words(document)
    for said in ("Your data", NAME, claim["policy_id"], "AB12CDE", "14 March 1991"):
        assert said in text, said
    assert NARRATIVE.split(" while ")[0] in text


def test_letters_that_the_typeface_lacks_keep_nobody_from_their_data(handlers: Platform):
    holder = QUOTE["policyholder"] | {"name": "Ada 山田"}
    party_id = handlers.issued(policyholder=holder)["party_id"]
    ask(handlers, party_id)

    made = export(handlers, party_id)

    assert file_of(made)["parties"][0]["names"][0]["name"] == "Ada 山田"
    assert "Ada ??" in words(read(made, 1))


def test_an_export_is_recorded_with_the_proof_and_answers_the_request(
    handlers: Platform, backend: Backend
):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id)

    made = export(handlers, party_id)
    replay = export(handlers, party_id)

    assert (made.body["number"], made.body["request"]) == (1, 1)
    assert (made.body["due_at"], made.body["late"]) == ("2027-02-03T00:00:00Z", False)
    assert (replay.replayed, replay.text) == (True, made.text)
    party = handlers.call("GET", f"/v1/parties/{party_id}").body
    assert [each["outcome"] for each in party["data_requests"]] == ["done"]
    _asked, event = streams(backend)[party_id]
    assert event.type == "party.data_exported"
    assert event.sealed
    assert "4711" not in json.dumps(event.facts)
    assert open_words(backend) == {}
    assert_chains_hold(backend)


def test_an_export_that_comes_after_its_time_says_so(handlers: Platform):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id)

    made = export(handlers, party_id, "2027-03-03T09:00:00Z")

    assert made.body["late"] is True


def test_links_that_expired_are_made_anew_for_the_same_request(handlers: Platform):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id)

    export(handlers, party_id)
    again = export(handlers, party_id, key="another")

    assert (again.status, again.body["number"], again.body["request"]) == (201, 2, 1)


def test_without_a_request_for_access_nothing_is_exported(handlers: Platform):
    party_id = handlers.issued()["party_id"]
    path = f"/v1/parties/{party_id}/data-exports"

    unasked = export(handlers, party_id)
    ask(handlers, party_id, "objection")
    objected = export(handlers, party_id)

    for refused in (unasked, objected):
        assert refused.body["errors"][0]["pointer"] == "/request"
    assert handlers.call("POST", path, PROOF).status == 403
    assert handlers.call("POST", path, PROOF, by=KIM).status == 403


def test_a_request_that_was_refused_is_not_answered_by_an_export(handlers: Platform):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id)
    path = f"/v1/parties/{party_id}/data-request-answers"
    answer = {"request": 1, "outcome": "refused", "reason": "Asked for last week."}
    handlers.call("POST", path, answer, by=PRIVACY, clock=LOSS_CLOCK)

    assert export(handlers, party_id).code == "wrong-state"


def test_a_party_that_was_erased_has_nothing_to_export(handlers: Platform):
    party_id = party_id_for(handlers.quoted()["id"])
    path = f"/v1/parties/{party_id}"
    ask(handlers, party_id)
    erased = handlers.call("POST", f"{path}/erasure", {"reason": "requested"}, by=PRIVACY)
    assert erased.status == 200, erased.text

    assert export(handlers, party_id).code == "already-erased"


def test_a_record_holds_so_many_exports(handlers: Platform, monkeypatch: pytest.MonkeyPatch):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id)
    assert export(handlers, party_id).status == 201
    monkeypatch.setattr("insurance.domain.party.record.HISTORY_MAX", 1)

    full = export(handlers, party_id, key="another")

    assert (full.status, full.code) == (409, "party-full")


class Fleet:
    """A customer with some policies, whose export comes in parts."""

    def __init__(self, platform: Platform, policies: int) -> None:
        self.platform = platform
        self.party = platform.post("/v1/parties", {"kind": "organisation", "name": "Fleet Ltd"})[
            "id"
        ]
        named = {"party_id": self.party}
        self.policies = [insured(platform, named)["id"] for _policy in range(policies)]
        self.path = f"/v1/parties/{self.party}"
        ask(platform, self.party)

    def part(self, after: str | None = None, clock: str = LOSS_CLOCK) -> Json:
        body = PROOF | ({"after": after} if after else {})
        path = f"{self.path}/data-exports"
        return self.platform.post(path, body, by=PRIVACY, clock=clock)

    def quote_another(self, clock: str) -> None:
        risk = {**QUOTE, "start": "2027-02-01", "party_id": self.party}
        self.platform.post("/v1/quotes", {**risk, "policyholder": None}, clock=clock)

    @property
    def outcome(self) -> str | None:
        [request] = self.platform.get(self.path)["data_requests"]
        found: str | None = request.get("outcome")
        return found


@pytest.mark.parametrize(
    ("limits", "sizes"),
    [
        ({"CONTRACTS_AT_ONCE": 2}, [2, 2, 1]),
        ({"CONTRACTS_AT_ONCE": 5}, [5]),
        ({"VALUES_AT_ONCE": 1}, [1, 1, 1, 1, 1]),
    ],
)
def test_more_than_a_call_can_make_comes_in_parts_and_the_last_one_answers_the_request(
    handlers: Platform,
    monkeypatch: pytest.MonkeyPatch,
    files: list[Json],
    limits: dict[str, int],
    sizes: list[int],
):
    for name, limit in limits.items():
        monkeypatch.setattr(export_data, name, limit)
    fleet = Fleet(handlers, 5)

    made = fleet.part()
    while "next" in made:
        assert fleet.outcome is None
        made = fleet.part(made["next"])

    assert fleet.outcome == "done"
    found = [[contract["policy"]["id"] for contract in file["contracts"]] for file in files]
    assert list(map(len, found)) == sizes
    assert sorted(id for part in found for id in part) == sorted(fleet.policies)
    assert all(file["parties"][0]["id"] == fleet.party for file in files)


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Json]:
    """What is written into the file of each export."""
    written: list[Json] = []

    def packed(exported: Json) -> bytes:
        written.append(exported)
        return canonical(exported)

    monkeypatch.setattr(export_data, "canonical", packed)
    return written


def test_parts_have_the_contracts_of_one_moment_whatever_is_made_between_them(
    handlers: Platform, monkeypatch: pytest.MonkeyPatch, files: list[Json]
):
    """The place of a new contract in their order follows from its id: some would be passed over."""
    monkeypatch.setattr(export_data, "CONTRACTS_AT_ONCE", 1)
    fleet = Fleet(handlers, 3)

    first = made = fleet.part()
    for _ in range(5):
        fleet.quote_another(MINUTES_LATER)
    while "next" in made:
        made = fleet.part(made["next"], MINUTES_LATER)

    found = [each["policy"]["id"] for file in files for each in file["contracts"]]
    assert sorted(found) == sorted(fleet.policies)
    assert made["contracts_as_of"] == first["contracts_as_of"] == first["made_at"]
    assert made["made_at"] > first["made_at"]
    assert {file["contracts_as_of"] for file in files} == {files[0]["contracts_as_of"]}


def test_a_new_export_of_the_request_has_what_was_made_since(handlers: Platform, files: list[Json]):
    fleet = Fleet(handlers, 1)
    fleet.part()
    fleet.quote_another(MINUTES_LATER)

    fleet.part(clock=MINUTES_LATER)

    assert [len(file["contracts"]) for file in files] == [1, 2]


def test_a_part_begins_where_another_one_of_the_request_ended(handlers: Platform):
    fleet = Fleet(handlers, 1)
    elsewhere = {**PROOF, "after": "quo_test_" + "0" * 16}

    path = f"{fleet.path}/data-exports"
    refused = handlers.call("POST", path, elsewhere, by=PRIVACY, clock=LOSS_CLOCK)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    [fault] = refused.body["errors"]
    assert (fault["pointer"], fault["code"]) == ("/after", "unknown")
