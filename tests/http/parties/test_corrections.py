"""The call centre corrects a customer over HTTP, as it ships: previewed, on every policy or on none."""

from typing import Any

import pytest

from tests.support import loopback
from tests.support.calls import CLAIM, EMAIL, NAME, QUOTE, STRANGER, Answer, Json, staff
from tests.support.documents import words
from tests.support.personal_data import found_in
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

WHEN, MOVED_ON = "2027-03-05T09:00:00Z", "2027-02-01"
CLERK = staff("staff-clara", "call_centre", "parties:write")
UNDERWRITER = staff("staff-ursula", "underwriter", "parties:write")
LISTED = "Ilse Brandt Vonderhausen"
HOME: Json = {
    "product": "home_contents",
    "start": "2026-12-15",
    "answers": {
        "postcode": "AB1 1AA",
        "contents_sum": {"amount": 4_000_000, "currency": "GBP"},
        "property_type": "semi",
        "alarm": True,
        "occupied_by_day": True,
        "previous_claims": 0,
    },
    "covers": [],
}
OLD: Json = {"lines": ["1 High Street"], "postcode": "AB1 1AA", "country": "GB"}
NEW: Json = {"lines": ["3 Ember Passage"], "postcode": "EF3 3CC", "country": "GB"}
MOVE: Json = {"address": NEW, "effective_on": MOVED_ON, "reason": "She moved house."}


@pytest.fixture
def motor(handlers: Platform) -> Json:
    return handlers.issued(policyholder=QUOTE["policyholder"] | {"address": OLD})


@pytest.fixture
def home(handlers: Platform, motor: Json) -> Json:
    """A second policy of the same customer."""
    body = {key: value for key, value in (QUOTE | HOME).items() if key != "policyholder"}
    quote = ok(handlers.call("POST", "/v1/quotes", body | {"party_id": motor["party_id"]}))
    ok(handlers.call("POST", f"/v1/quotes/{quote['id']}/acceptance", {}))
    return ok(handlers.call("POST", "/v1/policies", {"quote_id": quote["id"]}))


@pytest.fixture
def path(motor: Json, home: Json) -> str:
    assert home["party_id"] == motor["party_id"]
    return f"/v1/parties/{motor['party_id']}"


def ok(answer: Answer) -> Json:
    assert answer.status in {200, 201}, answer.text
    made: Json = answer.body
    return made


def correct(handlers: Platform, path: str, body: Json, **options: Any) -> Answer:
    options = {"by": CLERK, "clock": WHEN} | options
    return handlers.call("POST", f"{path}/corrections", body, **options)


def read(handlers: Platform, policy: Json, **query: str) -> Json:
    return ok(handlers.call("GET", f"/v1/policies/{policy['id']}", clock=WHEN, query=query))


def test_a_move_is_previewed_and_made_on_every_policy(handlers, motor, home, path):
    preview = ok(
        handlers.call("POST", f"{path}/corrections/preview", MOVE, by=CLERK, key=None, clock=WHEN)
    )
    assert (preview["stored"], preview["revision"]) == (False, 1)
    assert read(handlers, home)["revision"] == 1

    made = ok(correct(handlers, path, MOVE))

    assert (made["stored"], made["revision"]) == (True, 2)
    assert made["policies"] == preview["policies"]
    assert made["changes"] == [
        {
            "field": "address",
            "before": "1 High Street, AB1 1AA, GB",
            "after": "3 Ember Passage, EF3 3CC, GB",
        }
    ]
    by_id = {policy["policy_id"]: policy for policy in made["policies"]}
    assert by_id[motor["id"]]["difference"]["amount"] == 0
    assert by_id[motor["id"]]["documents"] == ["schedule", "certificate"]
    assert by_id[home["id"]]["difference"]["amount"] > 0
    assert by_id[home["id"]]["documents"] == ["schedule", "endorsement_letter"]
    assert {
        "pointer": "/answers/postcode",
        "before": "AB1 1AA",
        "after": "EF3 3CC",
    } in by_id[home["id"]]["changes"]
    for policy in (motor, home):
        after = read(handlers, policy)
        assert after["policyholder"]["address"] == NEW
        assert after["charged"] == by_id[policy["id"]]["charged_after"]
        for kind in by_id[policy["id"]]["documents"]:
            assert_sent_to(handlers, policy, kind, "3 Ember Passage")
    assert_chains_hold(handlers.backend)


def assert_sent_to(handlers: Platform, policy: Json, kind: str, street: str) -> None:
    path = f"/v1/policies/{policy['id']}/documents"
    document = ok(handlers.call("POST", path, {"kind": kind}, clock=WHEN))
    said = words(loopback.get(document["link"]["url"]).content)
    assert street in said
    assert "High Street" not in said


def test_the_history_stays_and_what_was_known_is_answered_as_then(handlers, motor, path):
    before = read(handlers, motor)

    ok(correct(handlers, path, MOVE | {"name": "Ada Kingfisher"}))

    party = ok(handlers.call("GET", path, clock=WHEN))
    assert [dated["name"] for dated in party["names"]] == [NAME, "Ada Kingfisher"]
    assert [dated["address"] for dated in party["addresses"]] == [OLD, NEW]
    assert party["addresses"][-1]["since"] == "2027-02-01T00:00:00Z"
    assert party["last_correction"] == {
        "fields": ["name", "address"],
        "since": "2027-02-01T00:00:00Z",
        "reason": "She moved house.",
        "corrected_at": WHEN,
        "corrected_by": "staff-clara",
    }
    known = read(handlers, motor, known_at="2027-03-05T08:00:00Z")
    assert known["policyholder"] == before["policyholder"]


def test_a_repeated_correction_is_made_once_and_answered_as_at_first(handlers, path):
    first = correct(handlers, path, MOVE, key="again")
    again = correct(handlers, path, MOVE, key="again")
    other = correct(handlers, path, MOVE | {"reason": "Another."}, key="again")

    assert again.replayed
    assert again.text == first.text
    assert other.code == "key-reused"
    assert ok(handlers.call("GET", path, clock=WHEN))["revision"] == 2


def test_a_policy_that_cannot_take_it_is_named_and_nothing_is_corrected(
    handlers, motor, home, path
):
    flooded = MOVE | {"address": NEW | {"postcode": "CD2 2BB"}}

    refused = correct(handlers, path, flooded)

    assert (refused.status, refused.code) == (409, "correction-not-possible")
    [obstacle] = refused.body["obstacles"]
    assert (obstacle["code"], obstacle["about"]) == ("risk_not_accepted", home["id"])
    assert read(handlers, motor)["revision"] == read(handlers, home)["revision"] == 1
    assert correct(handlers, path, flooded, by=UNDERWRITER).status == 200


def test_a_listed_name_waits_for_a_person(handlers, motor, path):
    refused = correct(handlers, path, {"name": LISTED, "reason": "Misspelt."})

    assert refused.code == "screening-open"
    assert ok(handlers.call("GET", path, clock=WHEN))["name"] == NAME
    officer = staff("staff-ursula", "underwriter", "quotes:underwrite")
    [case] = ok(handlers.call("GET", "/v1/screenings", by=officer, clock=WHEN))["items"]
    decision = f"/v1/screenings/{case['id']}/decision"
    body = {"decision": "clear", "reason": "Another person."}
    ok(handlers.call("POST", decision, body, by=officer, clock=WHEN))
    ok(correct(handlers, path, {"name": LISTED, "reason": "Misspelt."}))
    assert read(handlers, motor)["policyholder"]["name"] == LISTED


def test_the_payee_of_a_claim_does_not_change_with_the_customer_s_account(handlers, motor, path):
    claim = ok(handlers.call("POST", "/v1/claims", CLAIM | {"policy_id": motor["id"]}, clock=WHEN))
    before = ok(handlers.call("POST", f"/v1/claims/{claim['id']}/settlement", {}, clock=WHEN))
    account = {"holder": NAME, "iban": "DE89370400440532013000"}

    made = ok(correct(handlers, path, {"account": account, "reason": "Another bank."}))

    assert made["changes"] == [{"field": "account", "after": f"{NAME}, 3000"}]
    assert made["policies"] == []
    assert ok(handlers.call("GET", f"/v1/claims/{claim['id']}", clock=WHEN)) == before


def test_a_correction_is_sealed_and_no_other_partner_s(handlers, path):
    ok(correct(handlers, path, MOVE | {"email": "ada@kingfisher.example"}))

    events = [event for stream in streams(handlers.backend).values() for event in stream]
    assert {"party.corrected", "policy.endorsed", "policy.holder_corrected"} <= {
        event.type for event in events
    }
    facts = str([event.facts for event in events])
    for word in ("Ember Passage", "kingfisher", "EF3 3CC", "moved house", EMAIL):
        assert word not in facts
    assert not found_in([event.facts for event in events])
    stranger = correct(handlers, path, MOVE, by=STRANGER)
    assert (stranger.status, stranger.code) == (404, "party-not-found")


def test_what_was_read_before_somebody_else_corrected_it_is_refused(handlers, path):
    tag = handlers.call("GET", path, clock=WHEN).headers["ETag"]
    ok(correct(handlers, path, {"email": "ada@kingfisher.example", "reason": "Told so."}))

    stale = correct(handlers, path, MOVE, headers={"If-Match": tag})

    assert (stale.status, stale.code) == (412, "stale-revision")


def test_a_preview_refuses_what_the_correction_would(handlers, path, monkeypatch):
    def refusals(body: Json) -> set[tuple[int, str]]:
        preview = handlers.call(
            "POST", f"{path}/corrections/preview", body, by=CLERK, key=None, clock=WHEN
        )
        made = correct(handlers, path, body)
        return {(answer.status, answer.code) for answer in (preview, made)}

    flooded = MOVE | {"address": NEW | {"postcode": "CD2 2BB"}}
    assert refusals(flooded) == {(409, "correction-not-possible")}
    assert refusals({"reason": "None."}) == {(422, "invalid-fields")}
    assert refusals(MOVE | {"effective_on": "2027-03-07"}) == {(422, "invalid-fields")}
    monkeypatch.setattr("insurance.domain.party.correction.HISTORY_MAX", 1)
    assert refusals(MOVE) == {(409, "party-full")}
