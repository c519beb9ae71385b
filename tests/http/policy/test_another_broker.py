"""The holder appoints another broker: the policy, and what belongs to it, is in that partner's book."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.claims import MOTOR, loss, notified
from tests.support.complaints import words
from tests.support.driving.http import Json
from tests.support.lists import listed
from tests.support.partners import register_partners
from tests.support.platform import Platform
from tests.support.search import ADA, PLATES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

FORMER, NEW, CLERK = "harbour-test", "meadow-test", "call-centre-test"
APPOINTED: Json = {
    "reason": "broker",
    "to_partner": "meadow",
    "consents": ["holder"],
    "evidence": "APPOINTMENT-1",
}


@pytest.fixture(autouse=True)
def registered(dynamodb: "DynamoDBClient", platform: Platform) -> None:
    register_partners(dynamodb)


def bought(platform: Platform) -> Json:
    answers = MOTOR | {"registration": PLATES[0]}
    body = {"product": "personal_motor", "start": "2026-12-01", "answers": answers}
    quote = platform.post("/v1/quotes", body | {"policyholder": ADA})
    platform.post(f"/v1/quotes/{quote['id']}/acceptance")
    return platform.post("/v1/policies", {"quote_id": quote["id"]})


def test_the_new_broker_has_all_of_it_and_the_former_one_what_was_known_then(platform: Platform):
    policy = bought(platform)
    path = f"/v1/policies/{policy['id']}"
    claim = notified(platform, loss(policy["id"], "windscreen", "400"))
    complaint = platform.post("/v1/complaints", words(claim["id"]))
    known_at = platform.now.isoformat()
    platform.now += timedelta(days=30)
    platform.deliver()
    platform.post(f"{path}/transfers", APPOINTED, by=CLERK)
    platform.deliver()

    belonging = (path, f"/v1/claims/{claim['id']}", f"/v1/complaints/{complaint['id']}")
    for each in (*belonging, f"{path}/billing", f"{path}/events"):
        assert platform.call("GET", each, by=NEW).status == 200, each
        assert platform.call("GET", each, by=FORMER).status == 404, each
    then = platform.get(path, by=FORMER, query={"known_at": known_at})
    assert (then["partner"], then["policyholder"]["name"]) == ("harbour", ADA["name"])
    now = platform.get(path, by=NEW)
    assert (now["partner"], now["policyholder"]["name"]) == ("meadow", ADA["name"])
    assert [each["partner"] for each in now["former_partners"]] == ["harbour"]
    for kind, id in (("policies", policy["id"]), ("claims", claim["id"])):
        assert listed(platform, f"/v1/{kind}", NEW) == [id]
        assert listed(platform, f"/v1/{kind}", FORMER) == []
        assert listed(platform, f"/v1/{kind}", CLERK, partner="meadow") == [id]
    assert listed(platform, "/v1/complaints", NEW) == [complaint["id"]]
    assert listed(platform, "/v1/complaints", FORMER) == []


def test_a_claim_goes_on_in_the_new_book(platform: Platform):
    policy = bought(platform)
    claim = notified(platform, loss(policy["id"], "windscreen", "400"))
    platform.post(f"/v1/policies/{policy['id']}/transfers", APPOINTED, by=CLERK)

    settled = platform.post(f"/v1/claims/{claim['id']}/settlement", by=NEW)
    platform.deliver()

    assert settled["payments"]
    assert listed(platform, "/v1/payments", NEW) == [settled["payments"][0]["id"]]
    refused = platform.call("POST", f"/v1/claims/{claim['id']}/settlement", {}, by=FORMER)
    assert refused.status == 404


def test_the_holder_is_a_customer_of_the_new_broker_or_becomes_one(platform: Platform):
    policy = bought(platform)
    path = f"/v1/policies/{policy['id']}"
    platform.now += timedelta(days=30)
    theirs = {"kind": "person", "name": ADA["name"], "email": ADA["email"]}
    details = {"date_of_birth": ADA["date_of_birth"], "address": ADA["address"]}
    known = platform.post("/v1/parties", theirs | details, by=NEW)["id"]
    other = platform.post("/v1/parties", {"kind": "person", "name": "Ben Okri"}, by=NEW)["id"]
    own = platform.post("/v1/parties", theirs | details)["id"]

    for party_id, code in ((other, "party-differs"), (own, "party-not-found")):
        body = APPOINTED | {"party_id": party_id}
        assert platform.refused(f"{path}/transfers", body, by=CLERK) == code
    platform.post(f"{path}/transfers", APPOINTED | {"party_id": known}, by=CLERK)

    assert platform.get(path, by=NEW)["party_id"] == known
    assert platform.call("GET", f"/v1/parties/{known}", by=NEW).status == 200
    assert platform.call("GET", f"/v1/parties/{known}", by=FORMER).status == 404


@pytest.mark.parametrize(
    ("changes", "by", "code"),
    [
        ({}, FORMER, "consent-missing"),
        ({"consents": []}, CLERK, "consent-missing"),
        ({"evidence": None}, CLERK, "invalid-fields"),
        ({"to_partner": None}, CLERK, "invalid-fields"),
        ({"to_partner": "harbour"}, CLERK, "invalid-fields"),
        ({"to_partner": "nobody"}, CLERK, "invalid-fields"),
        ({"to_partner": "gone"}, CLERK, "invalid-fields"),
        ({"holder": {"name": "Ben Okri"}}, CLERK, "invalid-fields"),
        ({"reason": "divorce", "holder": {"name": "Ben"}}, CLERK, "invalid-fields"),
        ({}, NEW, "policy-not-found"),
    ],
)
def test_what_an_appointment_needs(platform: Platform, changes: Json, by: str, code: str):
    policy = bought(platform)
    platform.now += timedelta(days=30)
    body = {name: value for name, value in (APPOINTED | changes).items() if value is not None}

    for route in ("transfers", "transfers/preview"):
        assert platform.refused(f"/v1/policies/{policy['id']}/{route}", body, by=by) == code


def test_a_broker_whom_nobody_knows_is_named_in_the_refusal(platform: Platform):
    policy = bought(platform)
    path = f"/v1/policies/{policy['id']}/transfers"

    answered = platform.call("POST", path, APPOINTED | {"to_partner": "medow"}, by=CLERK)

    assert (answered.status, answered.body["code"]) == (422, "invalid-fields")
    [fault] = answered.body["errors"]
    assert (fault["pointer"], fault["code"]) == ("/to_partner", "unknown")
    assert platform.get(f"/v1/policies/{policy['id']}")["revision"] == 1
