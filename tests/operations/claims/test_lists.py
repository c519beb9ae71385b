"""The claims of a policy, listed page by page."""

from tests.support.claims import issued, loss, notified
from tests.support.platform import Platform

FAULT = {"driver_age": 35, "fault": True}


def at(day: int) -> str:
    return f"2027-01-{day:02d}T08:20:00Z"


def crash(platform: Platform, policy: str, day: int, **changes: object) -> dict[str, object]:
    body = loss(policy, "accidental_damage", "1000", facts=FAULT, occurred_at=at(day))
    return body | changes


def test_a_policys_claims_are_listed_in_order_page_by_page(platform):
    policy = issued(platform)
    ids = [notified(platform, crash(platform, policy, 2 * day))["id"] for day in range(1, 4)]

    first = platform.call("GET", f"/v1/policies/{policy}/claims", query={"limit": "2"}).body
    cursor = first["next"]
    rest = platform.call("GET", f"/v1/policies/{policy}/claims", query={"after": cursor}).body

    assert [claim["id"] for claim in first["items"]] == ids[:2]
    assert [claim["id"] for claim in rest["items"]] == ids[2:]
    assert "next" not in rest


def test_a_policy_without_claims_has_an_empty_list(platform):
    assert platform.get(f"/v1/policies/{issued(platform)}/claims") == {"items": []}


def test_another_partners_claims_are_not_listed(platform):
    policy = issued(platform)
    notified(platform, crash(platform, policy, 2))

    answered = platform.call("GET", f"/v1/policies/{policy}/claims", by="meadow-test")

    assert (answered.status, answered.body["code"]) == (404, "policy-not-found")


def test_the_list_says_what_a_person_must_do(platform):
    policy = issued(platform)
    claim = notified(platform, crash(platform, policy, 2, facts={}))
    platform.post(f"/v1/claims/{claim['id']}/settlement")

    [line] = platform.get(f"/v1/policies/{policy}/claims")["items"]

    assert (line["status"], line["task"]["code"]) == ("verifying", "incomplete")
