"""Straight through: noticed, verified, decided and sent to the bank in one call."""

from decimal import Decimal
from typing import Any
from unittest.mock import patch

import pytest

from demo.samples import CALLERS, Partner
from tests.cases.published import expected
from tests.support.claims import AFTER_THE_LOSS, issued, loss, money
from tests.support.platform import Platform
from tests.support.products import published_claims, shared_limits

type Json = dict[str, Any]

AT_FAULT = {"driver_age": 35, "fault": True}


def noticed_and_settled(platform: Platform, body: Json) -> Json:
    platform.now = max(platform.now, AFTER_THE_LOSS)
    return platform.post("/v1/claims", {**body, "settle": True})


def test_a_simple_covered_claim_is_at_the_bank_after_one_call(platform: Platform):
    platform.offering(published_claims())
    policy = issued(platform, "published_claims", {})

    claim = noticed_and_settled(platform, loss(policy, "jacket", money("979", "USD")))

    [payment] = claim["payments"]
    assert [Decimal(payment["amount"]["amount"]) / 100] == [
        Decimal(figure) for figure in expected("STP-1")
    ]
    assert (payment["status"], claim["decision"]) == ("executing", "approved")
    assert len(payment["instruction_id"]) <= 35
    assert claim["decisions"][-1]["automated"]
    assert {rule["outcome"] for rule in claim["rules"]} == {"pass"}
    assert {"payee_known", "sanctions_clear", "not_a_duplicate"} <= {
        rule["code"] for rule in claim["rules"]
    }
    assert claim["steps"]


def test_the_banks_report_makes_it_paid(platform: Platform):
    claim = noticed_and_settled(
        platform, loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)
    )
    report = {
        "instruction_id": claim["payments"][0]["instruction_id"],
        "outcome": "paid",
        "bank_reference": "B-1",
        "executed_at": "2027-01-17T09:00:00Z",
    }

    platform.post("/v1/bank-reports", report, by="bank-test")

    claim = platform.get(f"/v1/claims/{claim['id']}")
    assert (claim["status"], claim["closed_as"]) == ("closed", "settled")
    assert claim["paid"] == money("500")


def test_it_is_one_read_and_one_transaction(platform: Platform, dynamodb):
    """In a process that has handled a claim before, and so holds the key that hashes accounts."""
    first, policy = issued(platform), issued(platform)
    platform.deliver()
    platform.now = AFTER_THE_LOSS
    noticed_and_settled(platform, loss(first, "accidental_damage", "1000", facts=AT_FAULT))
    calls: list[str] = []
    seen = dynamodb._make_api_call

    def counted(operation, request):
        calls.append(operation)
        return seen(operation, request)

    with patch.object(dynamodb, "_make_api_call", counted):
        noticed_and_settled(platform, loss(policy, "accidental_damage", "1000", facts=AT_FAULT))

    assert calls == ["BatchGetItem", "TransactWriteItems"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"facts": {"driver_age": 35}},
        {"payee": {"name": "Ada Merton"}},
        {"claimed": money("15000")},
        {"claimed": money("100")},
        {"occurred_at": "2026-11-01T08:20:00Z"},
    ],
    ids=["paid", "incomplete", "no account", "large", "nothing payable", "not covered"],
)
def test_one_call_comes_to_what_two_come_to(changes, platform: Platform):
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT) | changes
    other = body | {"policy_id": issued(platform)}

    is_straight_through = noticed_and_settled(platform, body)
    in_two = platform.post(f"/v1/claims/{platform.post('/v1/claims', other)['id']}/settlement")

    for field in ("status", "decision", "payable", "reserve", "rules", "steps", "missing"):
        assert is_straight_through.get(field) == in_two.get(field), field
    assert [each["amount"] for each in is_straight_through["payments"]] == [
        each["amount"] for each in in_two["payments"]
    ]


def test_a_repeated_call_is_answered_as_the_first_was(platform: Platform):
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)

    first = noticed_and_settled(platform, body)
    again = platform.call("POST", "/v1/claims", body | {"settle": True}, key="once")
    replay = platform.call("POST", "/v1/claims", body | {"settle": True}, key="once")

    assert replay.body == again.body
    assert replay.headers["Idempotent-Replayed"] == "true"
    assert again.body["same_loss_as"] == [first["id"]]
    assert again.body["payments"] == []


def test_it_takes_of_the_limit_that_claims_share(platform: Platform):
    platform.offering(shared_limits())
    policy = issued(platform, "shared_limits", {})

    paid = [
        noticed_and_settled(
            platform, loss(policy, "breakdown", "600", occurred_at=f"2027-01-{day}T08:00:00Z")
        )["payable"]["amount"]
        for day in ("05", "10")
    ]

    assert paid == [60_000, 40_000]


def test_who_may_not_settle_may_not_settle_at_once(platform: Platform, monkeypatch):
    noticing = Partner("noticing", "harbour", "Notices only", "gold", scopes=("claims:write",))
    monkeypatch.setitem(CALLERS, "noticing", noticing)
    body = loss(issued(platform), "accidental_damage", "1000", facts=AT_FAULT)

    assert platform.refused("/v1/claims", body | {"settle": True}, by="noticing") == "missing-scope"
    assert platform.post("/v1/claims", body, by="noticing")["status"] == "notified"
