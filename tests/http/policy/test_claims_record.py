"""A renewal knows the claims of the term that ends: whose fault they were, their cause, what was paid."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.platform import Platform
from tests.support.sales import TAKEN_ON, UNDERWRITER, Json, product, selling


def recorded(fault: dict[str, Any], told: str) -> Any:
    """Dearer by half for each claim at fault; two of them are referred, at renewal."""
    at_fault = f"count(c for c in claims if c.fault == '{told}')"
    return product(
        covers=[{"code": "main", "limit": 1000, "claim": {"asks": [{"code": "fault", **fault}]}}],
        rating={
            "steps": [
                {"step": "base", "base": 100},
                {"step": "record", "factor": f"1 + 0.5 * {at_fault}"},
            ]
        },
        underwriting=[
            {
                "code": "record",
                "outcome": "refer",
                "when": f"{at_fault} >= 2",
                "reason": "A bad year.",
                "blocks": "bind",
            }
        ],
    )


def renewal(platform: Platform, facts: Sequence[Json]) -> Json:
    """The offer after a term with claims of which these facts were told."""
    policy_id = platform.sell()
    for month, told in enumerate(facts, 1):
        platform.claim(policy_id, "10", f"2027-0{month}-10", facts=told)
    platform.noon_of("2027-11-20")
    return platform.renew(policy_id)


@pytest.mark.parametrize(
    ("faults", "status", "price"),
    [
        ((False,), "bindable", 10_000),
        ((True, False), "bindable", 15_000),
        ((True, True), "quoted", 20_000),
    ],
)
def test_fault_reaches_rating_and_underwriting_of_the_next_term(faults, status, price):
    with selling(recorded({"type": "boolean"}, "yes")) as platform:
        quote = renewal(platform, [{"fault": fault} for fault in faults])

        assert (quote["status"], quote["premium"]["total"]["amount"]) == (status, price)
        path = f"/v1/quotes/{quote['id']}"
        if status == "quoted":
            platform.post(f"{path}/referral-decision", TAKEN_ON, by=UNDERWRITER)
        assert platform.get(f"{path}/explanation")["agrees"] is True
        assert platform.take(quote)


def test_fault_is_told_in_the_words_of_the_product():
    words = {"type": "choice", "choices": ["own", "shared", "none"]}
    with selling(recorded(words, "own")) as platform:
        quote = renewal(platform, [{"fault": "own"}, {"fault": "shared"}])

        assert quote["premium"]["total"]["amount"] == 15_000


def test_fault_that_is_left_to_its_default_counts_as_told():
    with selling(recorded({"type": "boolean", "default": True}, "yes")) as platform:
        assert renewal(platform, [{}])["premium"]["total"]["amount"] == 15_000
