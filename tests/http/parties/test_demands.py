"""An objection brings a person into each decision; a restriction stops offers, and no claim."""

from datetime import timedelta

from tests.support.claims import AFTER_THE_LOSS, MOTOR, loss
from tests.support.driving.http import Json
from tests.support.platform import Platform

CUSTOMER: Json = {
    "kind": "person",
    "name": "Ada Merton",
    "email": "ada@example.com",
    "date_of_birth": "1991-03-14",
}
UNDERWRITER = "underwriter-test"


def demand(platform: Platform, party_id: str, kind: str, *, stands: bool = True) -> None:
    body = {"kind": kind, "in_force": stands, "reason": "asked to"}
    platform.post(f"/v1/parties/{party_id}/restrictions", body)
    platform.deliver()


def quoted(platform: Platform, party_id: str, **answers: object) -> Json:
    body = {"product": "personal_motor", "start": "2026-12-01", "party_id": party_id}
    return platform.post("/v1/quotes", body | {"answers": MOTOR | answers})


def settled(platform: Platform, policy_id: str, claimed: str, on: str = "2027-01-15") -> Json:
    platform.now = max(platform.now, AFTER_THE_LOSS)
    facts = {"driver_age": 35, "fault": True}
    at = f"{on}T08:20:00Z"
    body = loss(policy_id, "accidental_damage", claimed, facts=facts, occurred_at=at)
    return platform.post("/v1/claims", body | {"settle": True})


def test_a_person_decides_on_the_risk_and_on_the_claims_of_who_objected(platform: Platform):
    party = platform.post("/v1/parties", CUSTOMER)["id"]
    demand(platform, party, "objection")

    quote = quoted(platform, party)
    path = f"/v1/quotes/{quote['id']}"
    assert (quote["status"], [each["code"] for each in quote["findings"]]) == (
        "quoted",
        ["objection"],
    )
    assert platform.refused(f"{path}/acceptance", {}) == "referral-open"
    decision = {"decision": "accept", "reason": "Looked at."}
    platform.post(f"{path}/referral-decision", decision, by=UNDERWRITER)
    platform.post(f"{path}/acceptance")
    policy = platform.post("/v1/policies", {"quote_id": quote["id"]})
    platform.deliver()

    claim = settled(platform, policy["id"], "1000")
    assert claim["payments"] == []
    assert [each["code"] for each in claim["rules"] if each["outcome"] != "pass"] == ["objection"]

    demand(platform, party, "objection", stands=False)
    [payment] = settled(platform, policy["id"], "900", on="2027-01-02")["payments"]
    assert payment["status"] == "executing"


def test_an_underwriter_and_no_rule_declines_the_risk_of_who_objected(platform: Platform):
    party = platform.post("/v1/parties", CUSTOMER)["id"]
    young = [{"age": 16, "licence_years": 0, "convictions": 0}]
    assert quoted(platform, party, drivers=young)["status"] == "declined"
    demand(platform, party, "objection")

    quote = quoted(platform, party, drivers=young)
    assert quote["status"] == "referred"
    decided = f"/v1/quotes/{quote['id']}/referral-decision"
    accepted = {"decision": "accept", "reason": "Looked at."}
    assert platform.refused(decided, accepted, by=UNDERWRITER) == "wrong-state"
    declined = {"decision": "decline", "reason": "Looked at."}
    assert platform.post(decided, declined, by=UNDERWRITER)["status"] == "declined"


def test_a_restriction_stops_a_renewal_and_no_claim_until_it_is_lifted(platform: Platform):
    party = platform.post("/v1/parties", CUSTOMER)["id"]
    quote = quoted(platform, party)
    platform.post(f"/v1/quotes/{quote['id']}/acceptance")
    policy = platform.post("/v1/policies", {"quote_id": quote["id"]})["id"]
    demand(platform, party, "restriction")

    assert settled(platform, policy, "1000")["payments"][0]["status"] == "executing"
    platform.now += timedelta(days=310)
    renewals = f"/v1/policies/{policy}/renewals"
    assert platform.refused(renewals, {}) == "processing-restricted"

    demand(platform, party, "restriction", stands=False)
    assert platform.post(renewals)["status"] == "bindable"
