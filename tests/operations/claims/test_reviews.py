"""Automated decisions offer a person; adverse ones name their reason and where the facts come from."""

import pytest

from tests.support.claims import AT_FAULT, DENIAL, HANDLER, crash, issued, loss, reported, settled
from tests.support.platform import Platform

WHY = {"reason": "The excess was waived on the telephone."}


def paid(platform: Platform) -> str:
    """The path of a claim that rules alone have decided, paid and closed."""
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)
    claim = settled(platform, body)
    reported(platform, claim["payments"][0]["id"], "paid")
    return f"/v1/claims/{claim['id']}"


def test_an_automated_decision_says_how_a_person_can_be_asked(platform: Platform):
    [decision] = platform.get(paid(platform))["decisions"]

    assert decision["automated"]
    assert "/review" in decision["review"]


def test_a_person_is_asked_and_what_was_paid_stays_paid(platform: Platform):
    path = paid(platform)
    before = platform.get(path)

    asked = platform.post(f"{path}/review", WHY)

    assert (asked["status"], asked["decision"]) == ("reopened", "pending")
    assert (asked["task"]["code"], asked["task"]["reason"]) == ("review_asked", WHY["reason"])
    assert asked["paid"] == before["paid"]
    again = {"decision": "approve", "reason_code": "as_reported", "reason": "It was not waived."}
    confirmed = platform.post(f"{path}/decision", again, by=HANDLER)
    assert confirmed["paid"] == before["paid"]
    assert not confirmed["decisions"][-1]["automated"]
    assert "review" not in confirmed["decisions"][-1]


def test_a_claim_on_its_way_to_be_paid_can_be_reviewed(platform: Platform):
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)
    claim = settled(platform, body)

    asked = platform.post(f"/v1/claims/{claim['id']}/review", WHY)

    assert (asked["status"], asked["task"]["code"]) == ("settling", "review_asked")
    assert asked["payments"][0]["status"] == "executing"


def test_rules_do_not_decide_again_what_a_person_was_asked_to_look_at(platform: Platform):
    path = paid(platform)
    platform.post(f"{path}/review", WHY)

    assert platform.refused(f"{path}/settlement") == "wrong-state"
    assert platform.get(path)["task"]["code"] == "review_asked"


def test_what_the_bank_reports_does_not_end_a_review(platform: Platform):
    claim = settled(platform, loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT))
    path = f"/v1/claims/{claim['id']}"
    platform.post(f"{path}/review", WHY)

    reported(platform, claim["payments"][0]["id"], "paid")

    left = platform.get(path)
    assert (left["status"], left["task"]["code"]) == ("settling", "review_asked")
    closed = platform.post(f"{path}/closure", {"reason": "settled"}, by=HANDLER)
    assert closed["status"] == "closed"


def test_a_report_that_does_not_fit_does_not_end_a_review(platform: Platform):
    path = paid(platform)
    platform.post(f"{path}/review", WHY)

    told = reported(platform, platform.get(path)["payments"][0]["id"], "failed")

    assert told["kept"] == 1
    assert platform.get(path)["task"]["code"] == "review_asked"
    assert platform.refused(f"{path}/settlement") == "wrong-state"


@pytest.mark.parametrize("lost", ["returned", "reversed"])
def test_a_payment_that_comes_back_does_not_end_a_review(platform: Platform, lost: str):
    path = paid(platform)
    platform.post(f"{path}/review", WHY)

    reported(platform, platform.get(path)["payments"][0]["id"], lost)

    assert platform.get(path)["task"]["code"] == "review_asked"
    assert platform.refused(f"{path}/settlement") == "wrong-state"


def test_what_a_person_decided_is_appealed_not_reviewed(platform: Platform):
    claim = crash(platform, "1000")
    path = f"/v1/claims/{claim['id']}"
    assert platform.refused(f"{path}/review", WHY) == "wrong-state"

    denied = platform.post(f"{path}/decision", DENIAL, by=HANDLER)

    assert platform.refused(f"{path}/review", WHY) == "wrong-state"
    [decision] = denied["decisions"]
    assert decision["appeal"]
    assert decision["sources"] == ["what was told about the loss, and the policy's terms"]
