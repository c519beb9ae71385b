"""The claims of a policy: listed page by page, and what they put on the record."""

from insurance.operations.read_claim import past_claims

from tests.claims.office import Office, opened_in_memory
from tests.claims.policies import issued, loss, notified, settled
from tests.claims.test_decisions import DENIAL, HANDLER, reported
from tests.memory import MemoryClaims

FAULT, NO_FAULT = {"driver_age": 35, "fault": True}, {"driver_age": 35, "fault": False}


def at(day: int) -> str:
    return f"2027-01-{day:02d}T08:20:00Z"


def crash(office: Office, policy: str, day: int, **changes: object) -> dict[str, object]:
    body = loss(policy, "accidental_damage", "1000", facts=FAULT, occurred_at=at(day))
    return body | changes


def test_a_policys_claims_are_listed_in_order_page_by_page(office):
    policy = issued(office)
    ids = [notified(office, crash(office, policy, 2 * day))["id"] for day in range(1, 4)]

    first = office.call("GET", f"/v1/policies/{policy}/claims", query={"limit": "2"}).body
    cursor = first["next"]
    rest = office.call("GET", f"/v1/policies/{policy}/claims", query={"after": cursor}).body

    assert [claim["id"] for claim in first["items"]] == ids[:2]
    assert [claim["id"] for claim in rest["items"]] == ids[2:]
    assert "next" not in rest


def test_a_policy_without_claims_has_an_empty_list(office):
    assert office.get(f"/v1/policies/{issued(office)}/claims") == {"items": []}


def test_another_partners_claims_are_not_listed(office):
    policy = issued(office)
    notified(office, crash(office, policy, 2))

    answered = office.call("GET", f"/v1/policies/{policy}/claims", by="meadow-test")

    assert (answered.status, answered.body["code"]) == (404, "policy-not-found")


def test_the_list_says_what_a_person_must_do(office):
    policy = issued(office)
    claim = notified(office, crash(office, policy, 2, facts={}))
    office.post(f"/v1/claims/{claim['id']}/settlement")

    [line] = office.get(f"/v1/policies/{policy}/claims")["items"]

    assert (line["status"], line["task"]["code"]) == ("verifying", "incomplete")


def test_only_paid_claims_go_on_the_record_and_count_as_the_product_says():
    with opened_in_memory() as (office, memory):
        policy = issued(office)
        at_fault = settled(office, crash(office, policy, 2))
        not_at_fault = settled(office, crash(office, policy, 4, facts=NO_FAULT))
        for claim in (at_fault, not_at_fault):
            reported(office, claim["payments"][0]["id"], "paid")
        denied = notified(office, crash(office, policy, 6))
        office.post(f"/v1/claims/{denied['id']}/decision", DENIAL, by=HANDLER)
        notified(office, crash(office, policy, 8))

        found = past_claims(policy, MemoryClaims(memory))

    assert [(claim.counts, str(claim.paid.major)) for claim in found] == [
        (True, "500.00"),
        (False, "500.00"),
    ]
