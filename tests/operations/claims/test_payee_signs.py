"""Strangers who are paid, and accounts that stand on other claims, add to the fraud score."""

from typing import Any

from tests.support.claims import HANDLER, SUPERVISOR, crash, issued, loss, notified, settled
from tests.support.platform import Platform

type Json = dict[str, Any]

STRANGER = {"name": "Mallory Quick", "iban": "DE89370400440532013000"}
OWN = {"name": "Ada Merton", "iban": "GB33BUKB20201555555555"}
APPROVE = {"decision": "approve", "reason": "Seen."}


def score(claim: Json) -> tuple[int, list[str]]:
    """What the score of the claim is, and which signals made it."""
    [rule] = [rule for rule in claim["rules"] if rule["code"] == "fraud_score"]
    return rule["facts"]["score"], sorted(rule["facts"]["signals"])


def paid(platform: Platform, policy_id: str, payee: Json, day: int = 15, **changes: Any) -> Json:
    """A claim for glass on another day, settled; what the stream brings is delivered then."""
    body = loss(policy_id, "windscreen", "400", payee=payee, **changes)
    claim = settled(platform, body | {"occurred_at": f"2027-01-{day:02}T08:20:00Z"})
    platform.deliver()
    return claim


def test_a_stranger_is_paid_once_and_then_a_person_looks(platform: Platform):
    policy_id = issued(platform)
    platform.deliver()

    first = paid(platform, policy_id, STRANGER, day=12)
    second = paid(platform, policy_id, STRANGER, day=14)

    assert score(first) == (20, ["stranger_paid"])
    assert first["payments"][0]["status"] == "executing"
    assert score(second) == (40, ["shared_account", "stranger_paid"])
    assert second["payments"] == []
    assert second["task"]["code"] == "referred"
    assert "account stands on another claim" in second["task"]["reason"]
    seen = platform.get(f"/v1/claims/{second['id']}", by=HANDLER)
    assert seen["payee_signs"] == {
        "is_stranger": True,
        "is_known_account": False,
        "other_claims": 1,
    }
    assert "payee_signs" not in platform.get(f"/v1/claims/{second['id']}")


def test_in_one_call_it_is_the_same(platform: Platform):
    policy_id = issued(platform)
    paid(platform, policy_id, STRANGER, day=12)

    body = loss(policy_id, "windscreen", "400", payee=STRANGER) | {"settle": True}
    claim = notified(platform, body)

    assert score(claim) == (40, ["shared_account", "stranger_paid"])
    assert claim["payments"] == []


def test_who_holds_the_policy_is_paid_again_and_again(platform: Platform):
    policy_id = issued(platform)
    paid(platform, policy_id, OWN, day=12)

    again = paid(platform, policy_id, OWN | {"name": "MERTON Ada"}, day=14)

    assert score(again) == (0, [])
    assert again["payments"][0]["status"] == "executing"


def test_who_holds_several_policies_is_paid_on_each(platform: Platform):
    claims = [paid(platform, policy_id, OWN) for policy_id in [issued(platform) for _ in range(7)]]

    assert {score(claim)[0] for claim in claims} == {0}
    assert {claim["payments"][0]["status"] for claim in claims} == {"executing"}


def test_an_account_under_the_names_of_two_policyholders_is_a_sign(platform: Platform):
    one, another = issued(platform), issued(platform, holder="Bo Quick")
    paid(platform, one, OWN, day=12)

    other = paid(platform, another, OWN | {"name": "Bo Quick"}, day=14)

    assert score(other) == (20, ["shared_account"])


def test_what_a_caller_says_of_a_stranger_changes_nothing(platform: Platform):
    claim = paid(platform, issued(platform), STRANGER | {"is_policyholder": True})

    assert score(claim) == (20, ["stranger_paid"])


def test_whom_a_second_person_has_approved_is_no_stranger(platform: Platform):
    other = issued(platform)
    claim = crash(platform, "9000", payee=STRANGER)
    path = f"/v1/claims/{claim['id']}"
    decision = {"decision": "approve", "reason_code": "as_reported", "reason": "Covered."}
    decided = platform.post(f"{path}/decision", decision, by=HANDLER)
    payment = decided["payments"][0]["id"]
    platform.post(f"{path}/payments/{payment}/approval", APPROVE, by=SUPERVISOR)
    platform.deliver()

    later = paid(platform, other, STRANGER)
    under_another_name = paid(platform, other, STRANGER | {"name": "Somebody Else"}, day=16)

    assert score(later) == (0, [])
    assert score(under_another_name) == (20, ["shared_account"])


def test_a_payee_who_is_named_later_is_judged_too(platform: Platform):
    policy_id = issued(platform)
    paid(platform, policy_id, STRANGER, day=12)
    body = loss(policy_id, "windscreen", "400", payee=None)
    claim = notified(platform, body)
    path = f"/v1/claims/{claim['id']}"

    platform.post(f"{path}/facts", {"payee": STRANGER})
    judged = platform.post(f"{path}/settlement")

    assert score(judged) == (40, ["shared_account", "stranger_paid"])


def test_another_payee_brings_other_signs_once_they_stand(platform: Platform):
    claim = crash(platform, "400", payee=STRANGER)
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/payee", OWN, by=HANDLER)
    platform.post(f"{path}/payee/approval", {"decision": "approve"}, by=SUPERVISOR)
    platform.now = platform.now.replace(month=3)

    judged = platform.post(f"{path}/settlement")

    assert score(judged) == (0, [])
