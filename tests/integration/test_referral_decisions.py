"""What an underwriter may not demand of a referred risk is refused, and leaves the quote as it was."""

from typing import Any

import pytest

from tests.resilience.calls import QUOTE, UNDERWRITER, Answer, Handlers

type Json = dict[str, Any]

EVERY_COVER = ["accidental_damage", "fire_and_theft", "third_party_liability", "windscreen"]


def referred(handlers: Handlers, **answers: Any) -> str:
    quote = handlers.quoted(answers=QUOTE["answers"] | answers)
    assert quote["status"] == "referred"
    return str(quote["id"])


def taken_on(handlers: Handlers, quote_id: str, **terms: Any) -> Answer:
    body = {"decision": "accept", "reason": "seen", **terms}
    return handlers.post(f"/v1/quotes/{quote_id}/referral-decision", body, caller=UNDERWRITER)


@pytest.mark.parametrize("load", ["-1", "-99", "10.000001", "99"])
def test_a_load_that_leaves_no_price_or_an_absurd_one_is_pointed_at(handlers: Handlers, load: str):
    quote_id = referred(handlers, vehicle_value={"amount": 6_000_000, "currency": "GBP"})

    refused = taken_on(handlers, quote_id, load=load)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/load"]


def test_exclusions_that_leave_no_cover_are_pointed_at(handlers: Handlers):
    quote_id = referred(handlers, vehicle_value={"amount": 6_000_000, "currency": "GBP"})

    refused = taken_on(handlers, quote_id, exclusions=EVERY_COVER)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/exclusions"]
    assert handlers.get(f"/v1/quotes/{quote_id}").body["status"] == "referred"


def test_a_risk_without_a_price_is_not_taken_on(handlers: Handlers):
    quote_id = referred(handlers, registration="ZZ99 ZZZ")

    refused = taken_on(handlers, quote_id)

    assert (refused.status, refused.code) == (422, "look-up-unavailable")
    assert "vehicle" in refused.body["detail"]
