"""Documents over HTTP, as they ship: on a real engine, with files behind signed links."""

import json
from hashlib import sha256
from typing import Any
from urllib.parse import unquote

import pytest

from tests.support import loopback, pet
from tests.support.calls import (
    AUTHOR,
    EMAIL,
    LIVE,
    NAME,
    PUBLISHER,
    QUOTE,
    REGISTRATION,
    STRANGER,
    event,
)
from tests.support.documents import words
from tests.support.personal_data import erase
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

SCHEDULE = {"kind": "schedule"}
CLOCK = "2027-01-10T09:00:00Z"


@pytest.fixture
def path(handlers: Platform) -> str:
    return f"/v1/policies/{handlers.issued()['id']}"


def made(handlers: Platform, path: str, **asked: Any) -> Any:
    answer = handlers.call("POST", f"{path}/documents", SCHEDULE | asked, clock=CLOCK)
    assert answer.status == 201, answer.text
    return answer.body


def test_a_document_is_made_and_read_by_its_link(handlers, path):
    download = made(handlers, path)

    file = loopback.get(download["link"]["url"])

    assert file.status_code == 200
    assert file.headers["content-type"] == "application/pdf"
    assert file.headers["content-disposition"] == 'attachment; filename="schedule.pdf"'
    assert sha256(file.content).hexdigest() == download["document"]["sha256"]
    assert len(file.content) == download["document"]["size_bytes"]
    for said in (NAME, "17 Thistledown Row", "ZE1 0QQ", REGISTRATION):
        assert said in words(file.content)


def test_nothing_personal_is_in_a_link_a_key_or_an_answer(handlers, path):
    answer = json.dumps(made(handlers, path)) + handlers.call("GET", f"{path}/documents").text

    for personal in (NAME, EMAIL, REGISTRATION, "Thistledown", "Quillfeather"):
        assert personal not in answer
        assert personal not in unquote(answer)


def test_an_unsigned_or_altered_link_reads_nothing(handlers, path):
    url = made(handlers, path)["link"]["url"]

    assert loopback.get(url.partition("?")[0]).status_code == 403
    assert loopback.get(url.replace("X-Amz-Expires=300", "X-Amz-Expires=3000")).status_code == 403
    sealed = url.replace("/downloads/", "/sealed/").replace(".pdf?", "?")
    assert loopback.get(sealed).status_code == 403


def test_a_repeated_call_is_answered_as_the_first_and_makes_nothing(handlers, path):
    first = handlers.call("POST", f"{path}/documents", SCHEDULE, key="once", clock=CLOCK)
    again = handlers.call("POST", f"{path}/documents", SCHEDULE, key="once", clock=CLOCK)

    assert again.replayed
    assert again.text == first.text
    [entry] = handlers.call("GET", f"{path}/documents").body["items"]
    assert entry == first.body["document"]


def test_the_same_document_is_made_once_whatever_the_key(handlers, path):
    first, second = made(handlers, path), made(handlers, path)

    assert first["document"] == second["document"]
    assert len(handlers.call("GET", f"{path}/documents").body["items"]) == 1
    assert_chains_hold(handlers.backend)


def test_a_document_is_lent_again_for_who_asks(handlers, path):
    document = made(handlers, path)["document"]

    again = handlers.call("GET", f"{path}/documents/{document['id']}").body

    assert again["document"] == document
    assert sha256(loopback.get(again["link"]["url"]).content).hexdigest() == document["sha256"]


def test_the_register_is_paged_and_its_chain_holds(handlers, path):
    for kind in ("schedule", "certificate"):
        made(handlers, path, kind=kind)

    first = handlers.call("GET", f"{path}/documents", query={"limit": "1"}).body
    rest = handlers.call(
        "GET", f"{path}/documents", query={"limit": "1", "after": first["next"]}
    ).body

    kinds = [each["kind"] for page in (first, rest) for each in page["items"]]
    assert kinds == ["schedule", "certificate"]
    assert "next" not in rest
    policy_id = path.rpartition("/")[2]
    events = streams(handlers.backend)[policy_id.replace("pol_", "reg_")]
    assert [each.type for each in events] == ["document.made", "document.made"]
    assert_chains_hold(handlers.backend)


def test_an_erasure_leaves_the_register_and_no_readable_file(handlers, path):
    document = made(handlers, path)["document"]
    erase(handlers, path.rpartition("/")[2])

    read = handlers.call("GET", f"{path}/documents/{document['id']}")
    another = handlers.call("POST", f"{path}/documents", {"kind": "certificate"}, clock=CLOCK)

    assert (read.status, read.code) == (409, "already-erased")
    assert (another.status, another.code) == (409, "already-erased")
    [left] = handlers.call("GET", f"{path}/documents").body["items"]
    assert left == {name: value for name, value in document.items() if name != "sha256"}
    assert_chains_hold(handlers.backend)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "poem"}, "invalid-fields"),
        ({}, "invalid-fields"),
        ({"kind": "schedule", "colour": "red"}, "invalid-fields"),
        ({"kind": "schedule", "as_at": "soon"}, "invalid-fields"),
        ({"kind": "schedule", "as_at": "9999-01-01T00:00:00Z"}, "invalid-fields"),
        ({"kind": "schedule", "transaction": 2}, "invalid-fields"),
        ({"kind": "schedule", "language": "tlh"}, "invalid-fields"),
        ({"kind": "schedule", "language": "de"}, "invalid-fields"),
        ({"kind": "endorsement_letter"}, "invalid-fields"),
        ({"kind": "cancellation_letter", "transaction": 10**9}, "invalid-fields"),
        ({"kind": "renewal_letter"}, "wrong-state"),
        ({"kind": "schedule", "known_at": "2001-01-01T00:00:00Z"}, "policy-not-found"),
    ],
)
def test_what_cannot_be_made_is_refused_with_its_code(handlers, path, body, code):
    answer = handlers.call("POST", f"{path}/documents", body, clock=CLOCK)

    assert answer.code == code, answer.text
    assert handlers.call("GET", f"{path}/documents").body["items"] == []


def test_a_name_that_cannot_be_set_is_refused_without_a_word_of_it(handlers, capsys):
    holder = QUOTE["policyholder"] | {"name": "山田太郎"}
    policy = handlers.issued(policyholder=holder)

    answer = handlers.call("POST", f"/v1/policies/{policy['id']}/documents", SCHEDULE, clock=CLOCK)

    assert (answer.status, answer.code) == (422, "not-printable")
    assert "山" not in answer.text + capsys.readouterr().out


@pytest.mark.parametrize("caller", [STRANGER, LIVE])
def test_another_partner_finds_neither_policy_nor_document(handlers, path, caller):
    document = made(handlers, path)["document"]
    own: Any = {"clock": CLOCK if caller is STRANGER else None}

    for answer, code in (
        (
            handlers.call("POST", f"{path}/documents", SCHEDULE, by=caller, **own),
            "policy-not-found",
        ),
        (handlers.call("GET", f"{path}/documents", by=caller, **own), "policy-not-found"),
        (
            handlers.call("GET", f"{path}/documents/{document['id']}", by=caller, **own),
            "policy-not-found",
        ),
    ):
        assert (answer.status, answer.code) == (404, code)


def test_a_document_under_another_policy_of_ones_own_is_not_found(handlers, path):
    document = made(handlers, path)["document"]
    other = handlers.issued(start="2026-12-02")

    for id in (document["id"], "doc_x", document["id"][:-1]):
        answer = handlers.call("GET", f"/v1/policies/{other['id']}/documents/{id}")
        assert (answer.status, answer.code) == (404, "document-not-found")


def test_a_call_without_its_scope_is_refused(handlers, path):
    reader = STRANGER | {"scopes": "policies:read"}
    sent = event("POST", f"{path}/documents", SCHEDULE, caller=reader, key="k")

    assert handlers.send("documents", sent).code == "missing-scope"


def test_a_certificate_is_of_a_time_with_cover(handlers, path):
    gone = {"effective_on": "2027-01-05"}
    assert handlers.call("POST", f"{path}/cancellations", gone).status == 200

    refused = handlers.call("POST", f"{path}/documents", {"kind": "certificate"}, clock=CLOCK)

    assert (refused.status, refused.code) == (422, "no-cover")


def test_a_product_may_have_no_certificate(handlers):
    files = pet.files(documents={"kinds": ["schedule"]})._asdict()
    version = "/v1/products/pet/versions/2026.1"
    assert handlers.call("POST", f"{version}/draft", files, by=AUTHOR).status == 200
    for step, who in (("submit", AUTHOR), ("approve", PUBLISHER), ("publish", PUBLISHER)):
        body = {"step": step, "reason": "because"}
        assert handlers.call("POST", f"{version}/steps", body, by=who).status == 200
    quote = handlers.post("/v1/quotes", QUOTE | {"product": "pet", "answers": {"age": 7}})
    path = f"/v1/policies/{handlers.take(quote)}"

    refused = handlers.call("POST", f"{path}/documents", {"kind": "certificate"})

    assert (refused.status, refused.code) == (422, "terms-not-offered")
