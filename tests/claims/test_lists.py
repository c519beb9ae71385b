"""The claims of a policy, listed page by page."""

from tests.claims.office import Office
from tests.claims.policies import issued, loss, notified

FAULT = {"driver_age": 35, "fault": True}


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
