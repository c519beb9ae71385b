"""Evidence over HTTP, as it ships: sent by the presigned form, read by a signed link."""

import json
from typing import Any
from unittest.mock import patch

import pytest
from insurance.domain.evidence.refusal import ADVICE, Refusal
from insurance.scanning import EICAR

from tests.support import loopback
from tests.support.calls import APPROVER, CLAIM, LIVE, LOSS_CLOCK, PARTNER, STRANGER, staff
from tests.support.evidence import NAME, asked, offer, receipt, send, sent
from tests.support.hostile_pdfs import hostile_pdfs, pdf_of
from tests.support.hostile_pictures import hostile_pictures
from tests.support.personal_data import erase
from tests.support.pictures import PICTURE, PLACE, photograph, png
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

HANDLER = staff("staff-hana", "claims_handler", "claims:read")
SUPERVISOR = staff("staff-sue", "supervisor", "claims:read")


@pytest.fixture
def path(handlers: Platform) -> str:
    return f"/v1/claims/{handlers.notified()['id']}/evidence"


def objects(handlers: Platform) -> Any:
    return handlers.apps["evidence"].ports.objects


def test_a_photograph_is_sent_received_and_read_without_its_place(handlers, path):
    file = photograph()

    evidence = sent(handlers, path, file)
    download = handlers.call("GET", f"{path}/{evidence['id']}").body
    read = loopback.get(download["link"]["url"])

    assert (evidence["status"], evidence["name"]) == ("received", NAME)
    assert download["evidence"] == evidence
    assert (read.status_code, read.headers["content-type"]) == (200, "image/jpeg")
    assert read.headers["content-disposition"] == 'attachment; filename="other.jpg"'
    assert PLACE not in read.content
    assert PICTURE in read.content
    assert handlers.call("GET", path).body == {"items": [evidence]}
    assert_chains_hold(handlers.backend)


def test_what_was_sent_is_deleted_and_what_is_kept_is_sealed(handlers, path):
    evidence = sent(handlers, path, photograph())

    assert objects(handlers).get(f"inbox/{evidence['id']}") is None
    kept = objects(handlers).get(f"sealed/{evidence['id']}")
    assert PICTURE not in kept


def test_nothing_of_the_file_is_in_a_table_a_key_or_a_link(handlers, path):
    evidence = sent(handlers, path, photograph())
    download = handlers.call("GET", f"{path}/{evidence['id']}").text

    events = streams(handlers.backend)[path.split("/")[3]]
    assert [each.type for each in events[1:]] == [
        "claim.evidence_asked",
        "claim.evidence_received",
    ]
    for event in events:
        assert NAME not in json.dumps(event.facts)
        assert evidence["sha256"] not in json.dumps(event.facts)
    assert NAME not in json.loads(download)["link"]["url"]


def test_the_form_takes_no_other_file(handlers, path):
    upload = asked(handlers, path, photograph())["upload"]

    assert send(upload, photograph(3)) == 400
    assert send(upload, photograph() + b"more") == 400


def test_a_file_that_has_not_come_can_be_sent_still(handlers, path):
    made = asked(handlers, path, photograph())

    early = receipt(handlers, path, made["evidence"])
    assert (early.status, early.code) == (409, "evidence-not-sent")
    again = asked(handlers, path, photograph())
    assert again["evidence"]["id"] == made["evidence"]["id"]
    assert send(again["upload"], photograph()) == 204
    assert receipt(handlers, path, made["evidence"]).body["status"] == "received"


def test_evidence_that_was_received_stays_what_it_is(handlers, path):
    evidence = sent(handlers, path, photograph())

    again = receipt(handlers, path, evidence)
    anew = handlers.call("POST", path, offer(photograph()), clock=LOSS_CLOCK)

    assert (again.status, again.code) == (409, "wrong-state")
    assert (anew.status, anew.code) == (409, "wrong-state")


def test_received_evidence_answers_what_the_cover_asks_for(handlers):
    theft = handlers.notified(cover="fire_and_theft", facts={})
    claim = f"/v1/claims/{theft['id']}"
    assert theft["missing"] == ["crime_reference"]
    settled = handlers.call("POST", f"{claim}/settlement", {}, clock=LOSS_CLOCK).body
    assert settled["task"]["code"] == "incomplete"

    bad = sent(handlers, f"{claim}/evidence", png(), code="crime_reference")
    assert bad["status"] == "refused"
    assert handlers.call("GET", claim).body["missing"] == theft["missing"]
    good = sent(handlers, f"{claim}/evidence", photograph(), code="crime_reference")

    now = handlers.call("GET", claim).body
    assert now["missing"] == []
    assert now["facts"]["crime_reference"] == good["id"]
    assert (now["status"], now["payments"]) == ("verifying", []), "nothing is settled by itself"
    assert "task" not in now


@pytest.mark.parametrize(
    ("file", "media_type", "why"),
    [
        (png(), "image/jpeg", "wrong_type"),
        (photograph(), "application/pdf", "wrong_type"),
        (photograph()[:-60], "image/jpeg", "unreadable"),
        (b"%PDF-1.7\n" + EICAR, "application/pdf", "infected"),
        (photograph() + EICAR, "image/jpeg", "infected"),
    ],
    ids=["png_as_jpeg", "jpeg_as_pdf", "cut_short", "infected_pdf", "infected_picture"],
)
def test_what_is_wrong_is_refused_and_kept_apart_for_who_looks_into_it(
    handlers, path, file, media_type, why
):
    evidence = sent(handlers, path, file, media_type=media_type)
    one = f"{path}/{evidence['id']}"

    assert (evidence["status"], evidence["refused_because"]) == ("refused", why)
    for caller in (PARTNER, HANDLER, PARTNER | {"roles": "supervisor"}):
        assert "link" not in handlers.call("GET", one, by=caller).body
    for key in (f"inbox/{evidence['id']}", f"sealed/{evidence['id']}"):
        assert objects(handlers).get(key) is None
    assert file not in objects(handlers).get(f"refused/{evidence['id']}")
    read = loopback.get(handlers.call("GET", one, by=SUPERVISOR).body["link"]["url"])
    assert (read.content, read.headers["content-type"]) == (file, "application/octet-stream")
    assert read.headers["content-disposition"] == 'attachment; filename="refused-other.bin"'
    assert_chains_hold(handlers.backend)


ONE_OF_EACH = {bad.why: bad for bad in hostile_pdfs()}.values()
HOSTILE = [pytest.param(bad, id=bad.name) for bad in (*hostile_pictures(), *ONE_OF_EACH)]


@pytest.mark.parametrize("bad", HOSTILE)
def test_a_hostile_file_is_refused_with_a_code_and_what_to_do(handlers, path, bad):
    evidence = sent(handlers, path, bad.file, media_type=bad.media_type)

    assert (evidence["status"], evidence["refused_because"]) == ("refused", bad.why)
    assert evidence["advice"] == ADVICE[Refusal(bad.why)]
    assert objects(handlers).get(f"sealed/{evidence['id']}") is None


def test_a_sound_pdf_is_received_as_it_is(handlers, path):
    file = pdf_of()

    evidence = sent(handlers, path, file, media_type="application/pdf")
    read = loopback.get(handlers.call("GET", f"{path}/{evidence['id']}").body["link"]["url"])

    assert (evidence["status"], "advice" in evidence) == ("received", False)
    assert read.content == file


def test_a_refused_file_whose_time_is_over_is_lent_to_nobody(handlers, path):
    evidence = sent(handlers, path, png())
    objects(handlers).delete(f"refused/{evidence['id']}")

    answer = handlers.call("GET", f"{path}/{evidence['id']}", by=SUPERVISOR)

    assert (answer.status, "link" in answer.body) == (200, False)


def test_a_refused_file_may_be_announced_again_as_what_it_is(handlers, path):
    sent(handlers, path, png())

    right = sent(handlers, path, png(), media_type="image/png")

    assert right["status"] == "received"
    assert [each["status"] for each in handlers.call("GET", path).body["items"]] == [
        "refused",
        "received",
    ]


def test_a_repeated_call_is_answered_as_the_first_and_does_nothing(handlers, path):
    first = handlers.call("POST", path, offer(photograph()), key="once", clock=LOSS_CLOCK)
    again = handlers.call("POST", path, offer(photograph()), key="once", clock=LOSS_CLOCK)
    send(first.body["upload"], photograph())
    evidence = first.body["evidence"]
    received = receipt(handlers, path, evidence, key="twice")
    repeated = receipt(handlers, path, evidence, key="twice")

    assert (again.replayed, again.text) == (True, first.text)
    assert (repeated.replayed, repeated.text) == (True, received.text)
    assert len(handlers.call("GET", path).body["items"]) == 1


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.filterwarnings("ignore:No application metrics")
@pytest.mark.parametrize("call", ["get", "put", "change", "delete"])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("status", ["received", "refused"])
def test_a_receipt_that_dies_anywhere_is_finished_once_by_the_next(
    handlers, path, call, after, status
):
    file = photograph() if status == "received" else photograph() + EICAR
    made = asked(handlers, path, file)
    send(made["upload"], file)
    ports = handlers.apps["evidence"].ports
    holder = ports.claims if call == "change" else ports.objects
    whole = getattr(type(holder), call)

    def dies(*arguments: Any, **named: Any) -> None:
        if after:
            whole(*arguments, **named)
        raise Killed

    with patch.object(type(holder), call, dies), pytest.raises(Killed):
        receipt(handlers, path, made["evidence"], key="once")
    finished = receipt(handlers, path, made["evidence"], key="once")

    assert (finished.status, finished.body["status"]) == (200, status)
    assert finished.replayed == ((call, after) == ("change", True) or call == "delete")
    events = streams(handlers.backend)[path.split("/")[3]]
    assert [each.type for each in events].count(f"claim.evidence_{status}") == 1
    download = handlers.call("GET", f"{path}/{made['evidence']['id']}", by=SUPERVISOR).body
    assert PICTURE in loopback.get(download["link"]["url"]).content
    assert_chains_hold(handlers.backend)


def test_the_same_file_on_another_claim_of_the_policy_links_the_two(handlers):
    policy = handlers.issued()
    bodies = [
        CLAIM | {"policy_id": policy["id"]},
        CLAIM | {"policy_id": policy["id"], "occurred_at": "2027-01-03T08:00:00Z"},
    ]
    first, second = (
        f"/v1/claims/{handlers.call('POST', '/v1/claims', body, clock=LOSS_CLOCK).body['id']}"
        for body in bodies
    )
    sent(handlers, f"{first}/evidence", photograph())
    assert "same_loss_as" not in [
        name for name, value in handlers.call("GET", second).body.items() if value
    ]

    evidence = sent(handlers, f"{second}/evidence", photograph())
    other = sent(handlers, f"{second}/evidence", photograph(3))
    settled = handlers.call("POST", f"{second}/settlement", {}, clock=LOSS_CLOCK).body

    assert evidence["same_file_as"] == first.rpartition("/")[2]
    assert "same_file_as" not in other
    assert settled["same_loss_as"] == [first.rpartition("/")[2]]
    rules = {rule["code"]: rule["outcome"] for rule in settled["rules"]}
    assert rules["not_a_duplicate"] == "refer"
    assert settled["payments"] == []


def test_an_erasure_leaves_the_claim_and_no_readable_file(handlers, path):
    evidence = sent(handlers, path, photograph())
    claim = handlers.call("GET", path.rpartition("/")[0]).body
    erase(handlers, claim["policy_id"])

    read = handlers.call("GET", f"{path}/{evidence['id']}")
    another = handlers.call("POST", path, offer(photograph(3)), clock=LOSS_CLOCK)

    assert (read.status, read.code) == (409, "already-erased")
    assert (another.status, another.code) == (409, "already-erased")
    [left] = handlers.call("GET", path).body["items"]
    gone = {"name", "sha256"}
    assert left == {name: value for name, value in evidence.items() if name not in gone}
    assert_chains_hold(handlers.backend)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "poem"},
        {"code": "driver_age"},
        {"media_type": "text/html"},
        {"media_type": "image/svg+xml"},
        {"size_bytes": 0},
        {"size_bytes": 10 * 1024 * 1024 + 1},
        {"sha256": "0" * 63},
        {"sha256": "G" * 64},
        {"name": "x" * 201},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_evidence_is_refused_with_its_field(handlers, path, changes):
    answer = handlers.call("POST", path, offer(photograph(), **changes), clock=LOSS_CLOCK)

    assert (answer.status, answer.code) == (422, "invalid-fields")
    [fault] = answer.body["errors"]
    assert fault["pointer"] == f"/{next(iter(changes))}"
    assert handlers.call("GET", path).body["items"] == []


def test_a_claim_holds_so_many_files_and_no_more(handlers, path):
    for number in range(20):
        asked(handlers, path, b"%d" % number)

    full = handlers.call("POST", path, offer(b"20"), clock=LOSS_CLOCK)

    assert (full.status, full.code) == (409, "claim-full")
    assert len(handlers.call("GET", path).body["items"]) == 20


@pytest.mark.parametrize("caller", [STRANGER, LIVE])
def test_another_partner_finds_no_evidence(handlers, path, caller):
    evidence = sent(handlers, path, photograph())
    own: Any = {"by": caller, "clock": LOSS_CLOCK if caller is STRANGER else None}

    for answer in (
        handlers.call("POST", path, offer(photograph()), **own),
        handlers.call("GET", path, **own),
        handlers.call("GET", f"{path}/{evidence['id']}", **own),
        handlers.call("POST", f"{path}/{evidence['id']}/receipt", {}, **own),
    ):
        assert (answer.status, answer.code) == (404, "claim-not-found")


def test_evidence_of_another_claim_is_not_found(handlers, path):
    other = f"/v1/claims/{handlers.notified()['id']}/evidence"
    evidence = sent(handlers, path, photograph())

    for id in (evidence["id"], "evd_x", evidence["id"].rpartition("_")[0] + "_7"):
        for answer in (
            handlers.call("GET", f"{other}/{id}"),
            handlers.call("POST", f"{other}/{id}/receipt", {}, clock=LOSS_CLOCK),
        ):
            assert (answer.status, answer.code) == (404, "evidence-not-found")


def test_a_call_without_its_scope_is_refused(handlers, path):
    reader = APPROVER
    answer = handlers.call("POST", path, offer(photograph()), by=reader, clock=LOSS_CLOCK)

    assert answer.code == "missing-scope"
