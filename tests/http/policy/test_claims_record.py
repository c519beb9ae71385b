"""A renewal knows the claims of the term that ends: whose fault they were, their cause, what was paid."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.counter import TAKEN_ON, UNDERWRITER, Counter, Json, product, selling


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


def renewal(counter: Counter, facts: Sequence[Json]) -> Json:
    """The offer after a term with claims of which these facts were told."""
    policy_id = counter.issue()
    for month, told in enumerate(facts, 1):
        counter.claim(policy_id, "10", f"2027-0{month}-10", facts=told)
    counter.at("2027-11-20")
    return counter.renew(policy_id)


@pytest.mark.parametrize(
    ("faults", "status", "price"),
    [
        ((False,), "bindable", 10_000),
        ((True, False), "bindable", 15_000),
        ((True, True), "quoted", 20_000),
    ],
)
def test_fault_reaches_rating_and_underwriting_of_the_next_term(faults, status, price):
    with selling(recorded({"type": "boolean"}, "yes")) as counter:
        quote = renewal(counter, [{"fault": fault} for fault in faults])

        assert (quote["status"], quote["premium"]["total"]["amount"]) == (status, price)
        path = f"/v1/quotes/{quote['id']}"
        if status == "quoted":
            counter.platform.post(f"{path}/referral-decision", TAKEN_ON, by=UNDERWRITER)
        assert counter.platform.get(f"{path}/explanation")["agrees"] is True
        assert counter.take(quote)


def test_fault_is_told_in_the_words_of_the_product():
    words = {"type": "choice", "choices": ["own", "shared", "none"]}
    with selling(recorded(words, "own")) as counter:
        quote = renewal(counter, [{"fault": "own"}, {"fault": "shared"}])

        assert quote["premium"]["total"]["amount"] == 15_000


def test_fault_that_is_left_to_its_default_counts_as_told():
    with selling(recorded({"type": "boolean", "default": True}, "yes")) as counter:
        assert renewal(counter, [{}])["premium"]["total"]["amount"] == 15_000
