"""A customer with a role on a policy is found, shown, held, exported and erased as one of ours."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.calls import PRIVACY, Answer, Json, policyholder
from tests.support.lists import listed
from tests.support.partners import register_partners
from tests.support.platform import Platform
from tests.support.search import insured

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CLERK = "call-centre-test"
ADDRESS = {"lines": ["2 Quay"], "postcode": "AB1 2CD", "country": "GB"}
BANK: Json = {
    "kind": "organisation",
    "name": "Harbour Bank",
    "email": "loans@harbour-bank.example",
    "address": ADDRESS,
    "reference": "BANK-1",
}
LOAN: Json = {"interest": "mortgagee", "reference": "LOAN-77"}
CLEO: Json = {"interest": "beneficiary", "name": "Cleo Paz", "share": "1"}
LONG_AFTER = datetime(2045, 1, 1, tzinfo=UTC)
"""When no rule of retention keeps anything of the policy."""


class Loan:
    """A policy of Ada's, and a bank that is a customer of the same broker."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.policy = insured(platform)
        self.path = f"/v1/policies/{self.policy['id']}"
        self.bank: str = platform.post("/v1/parties", BANK)["id"]

    def record(self, *parties: Json, **more: str) -> Json:
        recorded: Json = self.call(*parties, **more).body
        return recorded

    def call(self, *parties: Json, by: str = "harbour-test", **more: str) -> Answer:
        body = {"interested_parties": [*parties]} | more
        return self.platform.call("POST", f"{self.path}/interested-parties", body, by=by)

    def lender(self, path: str = "", **query: str) -> Json:
        policy = self.platform.get(path or self.path, by=CLERK, query=query)
        found: Json = policy["interested_parties"][0]
        return found


@pytest.fixture
def loan(platform: Platform) -> Loan:
    return Loan(platform)


@pytest.mark.parametrize("by", ["harbour-test", CLERK])
@pytest.mark.parametrize("named", ["party_id", "party_reference"])
def test_a_customer_is_named_by_id_or_by_the_partner_s_reference(loan: Loan, named: str, by: str):
    who = {"party_id": loan.bank, "party_reference": "BANK-1"}[named]

    answer = loan.call(LOAN | {named: who}, CLEO, by=by)

    assert answer.status == 200, answer.text
    lender, cleo = answer.body["interested_parties"]
    assert (lender["party_id"], lender["name"]) == (loan.bank, "Harbour Bank")
    assert (lender["email"], lender["address"]["postcode"]) == (BANK["email"], "AB1 2CD")
    assert lender["reference"] == "LOAN-77"
    assert "party_id" not in cleo
    assert loan.lender() == lender


def test_who_names_nobody_or_a_stranger_is_refused(loan: Loan):
    other = loan.platform.post("/v1/parties", BANK, by="meadow-test")["id"]
    for entry, problem in (
        (LOAN | {"party_id": other}, "party-not-found"),
        (LOAN | {"party_id": "pty_test_" + "0" * 16}, "party-not-found"),
        (LOAN | {"party_reference": "BANK-2"}, "party-not-found"),
        (LOAN | {"party_id": loan.bank, "name": "Quay Bank"}, "party-differs"),
    ):
        assert loan.call(entry).code == problem
    for entry, pointer, code in (
        (LOAN, "name", "required"),
        (LOAN | {"party_id": loan.bank, "party_reference": "BANK-1"}, "party_reference", "one-of"),
        (LOAN | {"party_id": loan.policy["party_id"]}, "party_id", "holder-already"),
    ):
        [fault] = loan.call(entry).body["errors"]
        assert (fault["pointer"], fault["code"]) == (f"/interested_parties/0/{pointer}", code)
    assert loan.platform.get(loan.path)["interested_parties"] == []


def test_who_demanded_restriction_gets_no_new_role(loan: Loan):
    body = {"kind": "restriction", "in_force": True, "reason": "Disputed."}
    lender = LOAN | {"party_id": loan.bank}
    loan.platform.post(f"/v1/parties/{loan.bank}/restrictions", body)
    assert loan.call(lender).code == "processing-restricted"

    loan.platform.post(f"/v1/parties/{loan.bank}/restrictions", body | {"in_force": False})
    loan.record(lender)
    loan.platform.post(f"/v1/parties/{loan.bank}/restrictions", body)
    assert loan.call(lender, CLEO).status == 200, "the role that they had stays"


def test_a_list_by_party_finds_the_policy_and_the_portal_does_not(loan: Loan):
    loan.record(LOAN | {"party_id": loan.bank})
    loan.platform.deliver()

    assert listed(loan.platform, "/v1/policies", "harbour-test", party_id=loan.bank) == [
        loan.policy["id"]
    ]
    assert listed(loan.platform, "/v1/policies", CLERK, party_id=loan.bank) == [loan.policy["id"]]
    person = policyholder() | {"parties": loan.bank}
    assert loan.platform.call("GET", loan.path, by=person).status == 404

    loan.record(CLEO, evidence="RELEASE-1")
    loan.platform.deliver()
    assert listed(loan.platform, "/v1/policies", CLERK, party_id=loan.bank) == []


def erasure(platform: Platform, party_id: str) -> Answer:
    path = f"/v1/parties/{party_id}/erasure"
    return platform.call("POST", path, {"reason": "requested"}, by=PRIVACY)


def test_the_policy_holds_the_customer_and_then_they_are_erased_alone(loan: Loan):
    loan.record(LOAN | {"party_id": loan.bank}, CLEO)
    known_at = loan.platform.now.isoformat()
    loan.platform.now += timedelta(days=1)
    loan.record(CLEO, evidence="RELEASE-1")
    refused = erasure(loan.platform, loan.bank)
    assert refused.code == "legal-hold"
    assert {each["about"] for each in refused.body["holds"]} >= {loan.policy["id"]}

    loan.platform.now = LONG_AFTER
    assert erasure(loan.platform, loan.bank).status == 200
    loan.platform.deliver()

    lender = loan.lender(known_at=known_at)
    assert (lender["interest"], lender["party_id"]) == ("mortgagee", loan.bank)
    assert not {"name", "email", "address", "reference"} & lender.keys()
    assert loan.platform.get(loan.path)["policyholder"]["name"]


def test_the_erasure_of_the_holder_leaves_the_customer(loan: Loan):
    loan.record(LOAN | {"party_id": loan.bank})
    loan.platform.now = LONG_AFTER
    assert erasure(loan.platform, loan.policy["party_id"]).status == 200
    loan.platform.deliver()

    assert loan.platform.get(loan.path)["interested_parties"] == []
    assert loan.platform.get(f"/v1/parties/{loan.bank}")["name"] == "Harbour Bank"


def test_the_same_customer_is_one_person_whatever_they_are_called(loan: Loan):
    loan.record(LOAN | {"party_id": loan.bank})
    body = {"name": "Harbour Banking", "reason": "It is called so now."}
    loan.platform.post(f"/v1/parties/{loan.bank}/corrections", body)

    assert loan.lender()["name"] == "Harbour Banking", "the correction follows"
    [fault] = loan.call(LOAN | {"name": "Harbour Banking"}).body["errors"]
    assert fault["pointer"] == "/evidence", "a person of that name is not the customer"
    again = loan.record(LOAN | {"party_id": loan.bank})

    assert again["interested_parties"][0]["name"] == "Harbour Banking"


def test_with_another_broker_they_are_nobody_s_customer(dynamodb: "DynamoDBClient", loan: Loan):
    register_partners(dynamodb)
    loan.record(LOAN | {"party_id": loan.bank})
    loan.platform.now += timedelta(days=30)
    body = {"reason": "broker", "consents": ["holder"], "to_partner": "meadow", "evidence": "E-1"}

    loan.platform.post(f"{loan.path}/transfers", body, by=CLERK)

    lender = loan.lender()
    assert (lender["name"], "party_id" in lender) == ("Harbour Bank", False)


def test_the_next_term_has_the_customer_too(loan: Loan):
    loan.platform.now += timedelta(days=360)
    offered = loan.platform.post(f"{loan.path}/renewals")
    loan.record(LOAN | {"party_id": loan.bank})  # after the offer
    loan.platform.post(f"/v1/quotes/{offered['id']}/acceptance")
    renewed = loan.platform.post("/v1/policies", {"quote_id": offered["id"]})
    assert renewed["interested_parties"][0]["name"] == "Harbour Bank"
    loan.platform.deliver()

    path = f"/v1/policies/{renewed['id']}"
    assert loan.lender(path)["name"] == "Harbour Bank"
    assert loan.lender(path)["party_id"] == loan.bank
    found = listed(loan.platform, "/v1/policies", CLERK, party_id=loan.bank)
    assert sorted(found) == sorted([renewed["id"], loan.policy["id"]])
    body = {"party_id": loan.bank, **LOAN}
    loan.platform.post(f"{path}/interested-parties", {"interested_parties": [body]})
    loan.platform.now = LONG_AFTER
    assert erasure(loan.platform, loan.bank).status == 200
    assert "name" not in loan.lender(path)
    assert "name" not in loan.lender()


def test_who_comes_to_hold_the_policy_is_corrected_in_their_role_too(loan: Loan):
    cleo = loan.platform.post("/v1/parties", {"kind": "person", "name": "Cleo Paz"})["id"]
    loan.record({"interest": "driver", "party_id": cleo})
    loan.platform.now += timedelta(days=30)
    divorce = {"reason": "divorce", "consents": ["holder", "new_holder"], "party_id": cleo}
    loan.platform.post(f"{loan.path}/transfers", divorce | {"holder": {"name": "Cleo Paz"}})

    body = {"name": "Cleo Okri", "reason": "Married."}
    corrected = loan.platform.post(f"/v1/parties/{cleo}/corrections", body)

    assert [each["policy_id"] for each in corrected["policies"]] == [loan.policy["id"]]
    assert corrected["other_policies"] == []
    policy = loan.platform.get(loan.path)
    assert (policy["policyholder"]["name"], loan.lender()["name"]) == ("Cleo Okri", "Cleo Okri")
