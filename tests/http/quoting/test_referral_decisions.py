"""What an underwriter may not demand of a referred risk is refused, and leaves the quote as it was."""

from typing import Any

import pytest

from tests.support.calls import QUOTE, UNDERWRITER, Answer
from tests.support.platform import Platform

type Json = dict[str, Any]

EVERY_COVER = ["accidental_damage", "fire_and_theft", "third_party_liability", "windscreen"]


def referred(handlers: Platform, **answers: Any) -> str:
    quote = handlers.quoted(answers=QUOTE["answers"] | answers)
    assert quote["status"] == "referred"
    return str(quote["id"])


def taken_on(handlers: Platform, quote_id: str, **terms: Any) -> Answer:
    body = {"decision": "accept", "reason": "seen", **terms}
    return handlers.call("POST", f"/v1/quotes/{quote_id}/referral-decision", body, by=UNDERWRITER)


@pytest.mark.parametrize("load", ["-1", "-99", "10.000001", "99"])
def test_a_load_that_leaves_no_price_or_an_absurd_one_is_pointed_at(handlers: Platform, load: str):
    quote_id = referred(handlers, vehicle_value={"amount": 6_000_000, "currency": "GBP"})

    refused = taken_on(handlers, quote_id, load=load)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/load"]


def test_exclusions_that_leave_no_cover_are_pointed_at(handlers: Platform):
    quote_id = referred(handlers, vehicle_value={"amount": 6_000_000, "currency": "GBP"})

    refused = taken_on(handlers, quote_id, exclusions=EVERY_COVER)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [fault["pointer"] for fault in refused.body["errors"]] == ["/exclusions"]
    assert handlers.call("GET", f"/v1/quotes/{quote_id}").body["status"] == "referred"


def test_a_risk_without_a_price_is_not_taken_on(handlers: Platform):
    quote_id = referred(handlers, registration="ZZ99 ZZZ")

    refused = taken_on(handlers, quote_id)

    assert (refused.status, refused.code) == (422, "look-up-unavailable")
    assert "vehicle" in refused.body["detail"]


def test_an_underwriter_tells_what_the_look_up_did_not_and_it_prices_the_quote(
    handlers: Platform,
):
    quote_id = referred(handlers, registration="ZZ99 ZZZ")

    taken = taken_on(handlers, quote_id, looked_up={"vehicle": {"vehicle_group": 15}})

    assert taken.status == 200, taken.text
    known = handlers.quoted()
    assert taken.body["status"] == "bindable"
    assert taken.body["premium"] == known["premium"]
    assert taken.body["supplied"] == ["vehicle"]
    assert "supplied" not in known
    explained = handlers.call("GET", f"/v1/quotes/{quote_id}/explanation").body
    assert explained["agrees"] is True
    assert handlers.call("POST", f"/v1/quotes/{quote_id}/acceptance", {}).status == 200
    issued = handlers.call("POST", "/v1/policies", {"quote_id": quote_id})
    assert issued.status == 201, issued.text
    assert issued.body["premium"] == known["premium"]


@pytest.mark.parametrize(
    ("told", "pointer", "code"),
    [
        ({"vehicle": {"vehicle_group": 51}}, "/looked_up/vehicle/vehicle_group", "too-large"),
        (
            {"vehicle": {"vehicle_group": "15"}},
            "/looked_up/vehicle/vehicle_group",
            "not-an-integer",
        ),
        ({"vehicle": {}}, "/looked_up/vehicle/vehicle_group", "required"),
        ({"vehicle": {"vehicle_group": 15, "colour": 1}}, "/looked_up/vehicle/colour", "unknown"),
        ({"weather": {}}, "/looked_up/weather", "not-missing"),
    ],
    ids=["out of range", "wrong type", "not whole", "not asked", "another look-up"],
)
def test_what_an_underwriter_tells_is_what_the_look_up_promised(
    handlers: Platform, told: Json, pointer: str, code: str
):
    quote_id = referred(handlers, registration="ZZ99 ZZZ")

    refused = taken_on(handlers, quote_id, looked_up=told)

    assert refused.status == 422, refused.text
    assert [(fault["pointer"], fault["code"]) for fault in refused.body["errors"]] == [
        (pointer, code)
    ]
    assert handlers.call("GET", f"/v1/quotes/{quote_id}").body["status"] == "referred"


def test_nobody_tells_otherwise_what_was_looked_up(handlers: Platform):
    quote_id = referred(handlers, vehicle_value={"amount": 6_000_000, "currency": "GBP"})

    refused = taken_on(handlers, quote_id, looked_up={"vehicle": {"vehicle_group": 1}})

    assert [fault["code"] for fault in refused.body["errors"]] == ["not-missing"]


@pytest.mark.parametrize("decision", ["accept", "decline"])
def test_a_decision_on_a_revision_that_has_passed_is_stale(handlers: Platform, decision: str):
    quote_id = referred(handlers, vehicle_value={"amount": 6_000_000, "currency": "GBP"})

    refused = handlers.call(
        "POST",
        f"/v1/quotes/{quote_id}/referral-decision",
        {"decision": decision, "reason": "seen"},
        by=UNDERWRITER,
        headers={"If-Match": '"7-quote"'},
    )

    assert (refused.status, refused.code) == (412, "stale-revision")
