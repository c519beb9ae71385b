"""Searches by what people know: a plate, an address of e-mail, a telephone, a name with what belongs to it."""

import pytest

from tests.support.claims import loss, notified
from tests.support.complaints import KIM, words
from tests.support.driving.http import Json
from tests.support.lists import delivered, listed, searched
from tests.support.platform import Platform
from tests.support.search import ADA, erase, insured

PARTNER, OTHER, CALL_CENTRE = "harbour-test", "meadow-test", "call-centre-test"


def found(platform: Platform, kind: str, body: Json, by: str = CALL_CENTRE) -> list[str]:
    return searched(platform, f"/v1/{kind}/search", by, body)


def test_a_plate_finds_quote_and_policy_however_it_is_written(platform):
    policy = insured(platform)
    insured(platform, plate="EF56 GHJ")
    platform.deliver()

    for plate in ("ab12cde", "AB12-CDE"):
        assert found(platform, "policies", {"registration": plate}) == [policy["id"]]
        assert found(platform, "quotes", {"registration": plate}) == [policy["quote_id"]]
    assert found(platform, "policies", {"registration": "AB12"}) == []
    assert found(platform, "policies", {"registration": "AB12CDE"}, by=OTHER) == []


def test_a_plate_that_an_endorsement_brought_finds_the_policy_too(platform):
    policy = insured(platform)
    change = {"effective_on": "2027-03-01", "answers": {"registration": "CD34 EFG"}}
    platform.post(f"/v1/policies/{policy['id']}/endorsements", change)
    platform.deliver()

    for plate in ("AB12 CDE", "CD34 EFG"):
        assert found(platform, "policies", {"registration": plate}) == [policy["id"]]


def test_a_number_finds_policy_and_claim_however_it_is_spelt(platform):
    policy = insured(platform)
    claim = notified(platform, loss(policy["id"], "windscreen", "400"))
    platform.deliver()

    for path, found_one in (("/v1/policies", policy), ("/v1/claims", claim)):
        number = found_one["number"]
        for spelt in (number, number.lower().replace("-", " ")):
            assert listed(platform, path, CALL_CENTRE, number=spelt) == [found_one["id"]]
            assert listed(platform, path, OTHER, number=spelt) == []
        answered = platform.call("GET", path, query={"number": number, "status": "closed"})
        assert answered.status == 422


@pytest.mark.parametrize(
    "marks",
    [
        {"email": "ada.merton@EXAMPLE.com"},
        {"name": "omerton", "date_of_birth": "1991-03-14"},
        {"name": "OMer", "date_of_birth": "1991-03-14"},
        {"name": "o'merton zoe ada", "postcode": "ab12cd"},
    ],
)
def test_a_customer_is_found_by_what_is_known_of_them(platform, marks):
    party = insured(platform)["party_id"]
    platform.deliver()

    for by in (CALL_CENTRE, PARTNER):
        assert found(platform, "parties", marks, by=by) == [party]
    assert found(platform, "parties", marks, by=OTHER) == []
    assert listed(platform, "/v1/parties", PARTNER) == [party]


@pytest.mark.parametrize(
    "marks",
    [
        {"email": "merton@example.com"},
        {"name": "omerton", "date_of_birth": "1991-03-15"},
        {"name": "erton", "date_of_birth": "1991-03-14"},
        {"name": "omerton", "postcode": "AB1 2CE"},
    ],
)
def test_nobody_is_found_by_what_is_not_theirs(platform, marks):
    insured(platform)
    platform.deliver()

    assert found(platform, "parties", marks) == []


@pytest.mark.parametrize(
    ("kind", "marks", "code"),
    [
        ("parties", {}, "one-key"),
        ("parties", {"email": "a@example.com", "phone": "07700 900123"}, "one-key"),
        ("parties", {"name": "Merton"}, "one-key"),
        ("parties", {"postcode": "AB1 2CD"}, "one-key"),
        ("parties", {"name": "Merton", "date_of_birth": "1991-03-14", "postcode": "A"}, "one-key"),
        ("parties", {"name": "!!!", "postcode": "AB1 2CD"}, "too-short"),
        ("parties", {"phone": "12"}, "too-short"),
        ("parties", {"registration": "AB12CDE"}, "unknown"),
        ("policies", {}, "one-key"),
        ("quotes", {}, "required"),
        ("policies", {"registration": "-"}, "too-short"),
    ],
)
def test_a_search_has_one_key_that_says_enough(platform, kind, marks, code):
    answered = platform.call("POST", f"/v1/{kind}/search", marks, by=CALL_CENTRE)

    assert (answered.status, answered.body["code"]) == (422, "invalid-fields")
    assert [fault["code"] for fault in answered.body["errors"]] == [code]


def test_a_complaint_is_found_by_how_the_complainant_is_reached(platform):
    policy = insured(platform)
    complaint = platform.post("/v1/complaints", words(policy["id"], contact="+44 7700 900123"))
    platform.deliver()

    assert found(platform, "complaints", {"phone": "07700900123"}, by=KIM) == [complaint["id"]]
    assert found(platform, "complaints", {"email": "ada@example.com"}, by=KIM) == []
    assert listed(platform, "/v1/complaints", KIM, status="received") == [complaint["id"]]


def test_who_no_customer_talks_to_searches_for_none(platform):
    for kind in ("policies", "quotes"):
        marks = {"registration": "AB12 CDE"}
        answered = platform.call("POST", f"/v1/{kind}/search", marks, by="finance-test")

        assert answered.body["code"] == "no-authority"


def test_an_erased_customer_is_found_by_nothing_of_theirs(platform):
    policy, other = insured(platform), insured(platform, holder={"name": "Ben Okri"})
    platform.deliver()
    erase(platform, policy["party_id"])
    platform.deliver()

    assert found(platform, "policies", {"registration": "AB12 CDE"}) == [other["id"]]
    assert found(platform, "parties", {"email": ADA["email"]}) == []
    assert listed(platform, "/v1/parties", CALL_CENTRE) == [other["party_id"]]
    assert delivered(platform, "/v1/policies", CALL_CENTRE) == [policy["id"], other["id"]]
