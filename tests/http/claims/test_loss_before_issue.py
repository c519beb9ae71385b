"""Bought in the afternoon for the whole day: a loss of that morning is not paid by rules alone."""

from typing import Any

from tests.support.calls import CLAIM
from tests.support.platform import Platform

type Json = dict[str, Any]

ISSUED = "2026-12-01T14:47:00Z"
MORNING = "2026-12-01T00:30:00Z"
EVENING = "2026-12-01T19:30:00Z"
NEXT_DAY = "2026-12-02T09:00:00Z"


def bought_for_today(handlers: Platform, **declared: bool) -> Json:
    """A policy that is quoted, accepted and issued on the first day of its cover."""
    quote = handlers.quoted(start="2026-12-01")
    accepted = handlers.call("POST", f"/v1/quotes/{quote['id']}/acceptance", {}, clock=ISSUED)
    assert accepted.status == 200, accepted.text
    body = {"quote_id": quote["id"], **declared}
    issued = handlers.call("POST", "/v1/policies", body, clock=ISSUED)
    assert issued.status == 201, issued.text
    return dict(issued.body)


def settled(handlers: Platform, policy: Json, occurred_at: str) -> Json:
    notice = CLAIM | {"policy_id": policy["id"], "occurred_at": occurred_at}
    claim = handlers.call("POST", "/v1/claims", notice, clock=NEXT_DAY)
    assert claim.status == 201, claim.text
    path = f"/v1/claims/{claim.body['id']}/settlement"
    return dict(handlers.call("POST", path, {}, clock=NEXT_DAY).body)


def test_a_loss_before_the_issue_waits_for_a_person(handlers: Platform):
    policy = bought_for_today(handlers)

    claim = settled(handlers, policy, MORNING)

    assert claim["status"] == "assessing"
    assert claim["payments"] == []
    [rule] = [rule for rule in claim["rules"] if rule["code"] == "after_issue"]
    assert rule["outcome"] == "fail"
    assert rule["facts"]["cover_begins_at"] == "2026-12-01T14:47:00+00:00"


def test_a_loss_after_the_issue_is_paid(handlers: Platform):
    policy = bought_for_today(handlers)

    assert [payment["status"] for payment in settled(handlers, policy, EVENING)["payments"]]


def test_the_policy_says_when_its_cover_begins_and_what_was_declared(handlers: Platform):
    late = bought_for_today(handlers, no_known_loss=True)
    ahead = handlers.issued()

    assert (late["cover_begins_at"], late["no_known_loss"]) == (ISSUED, True)
    assert ahead["cover_begins_at"] == ahead["period"]["start"]
    assert ahead["no_known_loss"] is False
