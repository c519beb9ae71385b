"""The published claim figures, through the public API: quoted, issued, noticed and settled."""

from decimal import Decimal
from typing import Any

import pytest

from tests.cases.published import cases, expected
from tests.support.claims import (
    HANDLER,
    HOME,
    MOTOR,
    SUPERVISOR,
    issued,
    loss,
    money,
    notified,
    reported,
    settled,
)
from tests.support.platform import Platform
from tests.support.products import published_claims

MOTOR_CLAIMS = {
    "MOT-C1": ("accidental_damage", "3000", {"driver_age": 35, "fault": True}),
    "MOT-C2": ("accidental_damage", "3000", {"driver_age": 19, "fault": True}),
    "MOT-C3": ("accidental_damage", "15000", {"driver_age": 35, "fault": True}),
    "MOT-C4": ("windscreen", "400", {}),
}
HOME_CLAIMS = {
    "HOM-C1": ("contents", "4000", {"cause": "escape_of_water", "true_value": money("40000")}),
    "HOM-C2": ("contents", "10000", {"cause": "escape_of_water", "true_value": money("80000")}),
    "HOM-C3": ("contents", "10000", {"cause": "theft", "true_value": money("38000")}),
    "HOM-C4": ("contents", "55000", {"cause": "fire", "true_value": money("40000")}),
    "HOM-C6": ("unspecified_valuables", "2600", {}),
}
GENERAL_CLAIMS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "CLM-1": [("deduct_share_cap", "8000", {})],
    "CLM-O2": [
        ("deduct_then_cap_large", "205000", {}),
        ("deduct_then_cap", "10000", {}),
        ("deduct_then_cap", "500", {}),
    ],
    "COI-1": [("coinsurance", "60000", {"value_at_loss": money("300000", "USD")})],
    "COI-4": [("coinsurance_in_full", "500000", {"value_at_loss": money("500000", "USD")})],
    "ACV-1": [("roof", "10000", {"age_years": 5})],
    "SUB-1": [
        (
            "valuables",
            "15500",
            {
                "articles": [
                    {"kind": "jewellery", "loss": money("7000", "USD")},
                    {"kind": "firearms", "loss": money("3500", "USD")},
                    {"kind": "gold_ware", "loss": money("5000", "USD")},
                ]
            },
        )
    ],
    "SPL-1": [
        (
            "bodily_injury",
            "75000",
            {"people": [{"injury": money("25000", "USD")} for _ in range(3)]},
        )
    ],
    "STP-1": [("jacket", "979", {})],
}


FAMILIES = ("MOT-C", "HOM-C", "CLM-", "COI-", "ACV-", "SUB-", "SPL-", "STP-")


def test_every_published_claim_is_played_here():
    published = {case for case in cases() if case.startswith(FAMILIES)}

    assert published == {*MOTOR_CLAIMS, *HOME_CLAIMS, *GENERAL_CLAIMS}


def paid(claim: dict[str, Any]) -> list[Decimal]:
    """What the settlement instructed, or will once a second person agrees."""
    return [Decimal(payment["amount"]["amount"]) / 100 for payment in claim["payments"]]


@pytest.mark.parametrize("case", MOTOR_CLAIMS)
def test_a_published_motor_claim(case, platform: Platform):
    cover, claimed, facts = MOTOR_CLAIMS[case]

    claim = settled(platform, loss(issued(platform, answers=MOTOR), cover, claimed, facts=facts))

    assert paid(claim) == [Decimal(figure) for figure in expected(case)]


@pytest.mark.parametrize("case", HOME_CLAIMS)
def test_a_published_home_claim(case, platform: Platform):
    cover, claimed, facts = HOME_CLAIMS[case]

    policy = issued(platform, "home_contents", HOME)
    claim = settled(platform, loss(policy, cover, claimed, facts=facts))

    assert paid(claim) == [Decimal(figure) for figure in expected(case)]


def test_the_underwriters_excess_rules_the_claim(platform: Platform):
    policy = issued(
        platform,
        "home_contents",
        HOME | {"postcode": "CD2 2BB"},
        imposed={"decision": "accept", "reason": "Flood gates fitted", "excess": money("1000")},
    )
    facts = {"cause": "fire", "true_value": money("40000")}

    claim = settled(platform, loss(policy, "contents", "6000", facts=facts))

    assert paid(claim) == [Decimal(figure) for figure in expected("HOM-U1")]


@pytest.mark.parametrize("case", GENERAL_CLAIMS)
def test_a_published_claim_of_another_line(case, platform: Platform):
    platform.offering(published_claims())
    policy = issued(platform, "published_claims", {})

    claims = [
        settled(
            platform,
            loss(policy, cover, money(claimed, "USD"), facts=facts, occurred_at=at(place)),
        )
        for place, (cover, claimed, facts) in enumerate(GENERAL_CLAIMS[case])
    ]

    figures = [sum(paid(claim), Decimal()) for claim in claims]
    figures += [
        Decimal(claim["recoverable"]["amount"]) / 100
        for claim in claims
        if claim.get("recoverable", {"amount": 0})["amount"]
    ]
    assert figures == [Decimal(figure) for figure in expected(case)]


def at(place: int) -> str:
    """Days apart, so that they are not taken for one loss."""
    return f"2027-01-{5 + 4 * place:02d}T08:20:00Z"


def test_a_small_covered_claim_is_paid_without_anybody_in_the_call_that_tells_of_it(
    platform: Platform,
):
    platform.offering(published_claims())
    body = loss(issued(platform, "published_claims", {}), "jacket", money("979", "USD"))

    claim = notified(platform, body | {"settle": True})
    reported(platform, claim["payments"][0]["id"], "paid")

    assert [payment["status"] for payment in claim["payments"]] == ["executing"]
    assert "task" not in claim
    assert {rule["outcome"] for rule in claim["rules"]} == {"pass"}
    closed = platform.get(f"/v1/claims/{claim['id']}")
    assert (closed["status"], closed["paid"]) == ("closed", money(expected("STP-1")[0], "USD"))


def test_what_was_held_back_for_wear_is_paid_once_the_roof_is_made_good(platform: Platform):
    """ACV-1 to its end: each part as published, each with a second person's word."""
    platform.offering(published_claims())
    body = loss(issued(platform, "published_claims", {}), "roof", money("10000", "USD"))
    claim = settled(platform, body | {"facts": {"age_years": 5}})
    path = f"/v1/claims/{claim['id']}"
    sent_to_the_bank(platform, path)
    platform.post(f"{path}/reopening", {"reason": "The roof is done."}, by=HANDLER)
    asked = {"decision": "approve", "reason_code": "repaired", "reason": "The invoice is here."}

    platform.post(f"{path}/decision", asked | {"made_good": True}, by=HANDLER)
    closed = sent_to_the_bank(platform, path)

    assert paid(closed) == [Decimal(figure) for figure in expected("ACV-1")]
    assert (closed["status"], closed["paid"]) == ("closed", money("10000", "USD"))


def test_what_is_left_of_a_total_loss_is_the_insurers(platform: Platform):
    """MOT-C3, and the wreck sold."""
    cover, claimed, facts = MOTOR_CLAIMS["MOT-C3"]
    claim = settled(platform, loss(issued(platform), cover, claimed, facts=facts))
    path = f"/v1/claims/{claim['id']}"
    sent_to_the_bank(platform, path)
    wreck = {"kind": "salvage", "against": "Harbour Scrap Metals", "expected": money("1200")}
    platform.post(f"{path}/recoveries", wreck, by=HANDLER)
    platform.post(f"{path}/recoveries/1/pursuit", by=HANDLER)

    sold = platform.post(f"{path}/recoveries/1/receipts", {"amount": money("1200")}, by=HANDLER)

    assert paid(sold) == [Decimal(figure) for figure in expected("MOT-C3")]
    assert sold["recoveries"][0]["kept"] == money("1200")


def sent_to_the_bank(platform: Platform, path: str) -> dict[str, Any]:
    """The last payment of the claim, agreed to by a second person and paid."""
    payment = platform.get(path)["payments"][-1]["id"]
    agreed = {"decision": "approve", "reason": "As the policy says."}
    platform.post(f"{path}/payments/{payment}/approval", agreed, by=SUPERVISOR)
    reported(platform, payment, "paid")
    return platform.get(path)
