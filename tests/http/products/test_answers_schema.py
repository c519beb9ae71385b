"""The JSON Schema of a product's answers over HTTP: of the version on sale, and of others that were."""

from datetime import timedelta
from typing import Any

import pytest
from insurance.products import bundled
from jsonschema import Draft202012Validator, FormatChecker

from tests.support import pet
from tests.support.calls import AUTHOR, CLAIM, LIVE, LOSS_CLOCK, PUBLISHER, QUOTE
from tests.support.platform import Platform

VERSION = "/v1/products/pet/versions/2026.1"


def draft(handlers: Platform, **changes: Any) -> None:
    files = pet.files(**changes)._asdict()
    sent = handlers.call("POST", f"{VERSION}/draft", files, by=AUTHOR)
    assert sent.status == 200, sent.text


def take(handlers: Platform, *steps: str) -> None:
    for step in steps:
        body = {"step": step, "reason": "because"}
        who = AUTHOR if step == "submit" else PUBLISHER
        assert handlers.call("POST", f"{VERSION}/steps", body, by=who).status == 200


@pytest.mark.parametrize("code", bundled())
def test_a_product_says_where_its_schema_is(handlers: Platform, code: str):
    product = handlers.get(f"/v1/products/{code}")

    schema = handlers.get(product["answers_schema"])

    assert schema == handlers.get(f"/v1/products/{code}/schema")
    Draft202012Validator.check_schema(schema)
    assert product["version"] in schema["title"]


def test_a_quote_is_refused_for_what_does_not_fit_the_schema(handlers: Platform):
    schema = handlers.get(f"/v1/products/{QUOTE['product']}/schema")
    checks = Draft202012Validator(schema, format_checker=FormatChecker())
    wrong = {**QUOTE, "answers": QUOTE["answers"] | {"annual_mileage": -1}}

    assert checks.is_valid(QUOTE)
    assert not checks.is_valid(wrong)
    assert handlers.call("POST", "/v1/quotes", QUOTE).status == 201
    assert handlers.call("POST", "/v1/quotes", wrong).code == "invalid-fields"


def test_a_draft_has_no_schema_for_those_who_sell(handlers: Platform):
    """Nobody sees what is asked before it is published; afterwards for as long as its policies may live."""
    asked = "/v1/products/pet/schema?version=2026.1"
    draft(handlers)
    assert handlers.call("GET", asked).code == "version-not-found"
    take(handlers, "submit", "approve")
    assert handlers.call("GET", asked).code == "version-not-found"
    take(handlers, "publish")
    assert "age" in handlers.get(asked)["properties"]["answers"]["properties"]
    take(handlers, "close", "retire")
    assert handlers.get(asked)
    assert handlers.call("GET", asked, by=LIVE, clock=None).code == "version-not-found"


def test_what_is_not_there_has_no_schema(handlers: Platform):
    assert handlers.call("GET", "/v1/products/parrot/schema").code == "product-not-found"
    unknown = "/v1/products/personal_motor/schema?version=1999.1"
    assert handlers.call("GET", unknown).code == "version-not-found"
    too_long = f"/v1/products/personal_motor/schema?version={'1' * 41}"
    assert handlers.call("GET", too_long).code == "invalid-fields"


def test_a_default_goes_out_as_json(handlers: Platform):
    """`"{'amount': 0, …}"` went out: Python's words for it."""
    asked = {one["code"]: one for one in handlers.get("/v1/products/personal_motor")["questions"]}

    assert asked["voluntary_excess"]["default"] == {"amount": 0, "currency": "GBP"}


LIFE: dict[str, Any] = {
    "product": "life_and_illness",
    "answers": {
        "date_of_birth": "1986-06-15",
        "sum_assured": {"amount": 20000000, "currency": "GBP"},
        "smoker": False,
        "height_m": "1.80",
        "weight_kg": "80.0",
        "occupation": "office",
    },
}


def test_nobody_is_born_after_today_in_answers(handlers: Platform):
    risk = QUOTE | LIFE
    tomorrow = (handlers.now + timedelta(days=1)).date().isoformat()
    for born in ("2030-01-01", tomorrow):
        unborn = {**risk, "answers": {**LIFE["answers"], "date_of_birth": born}}
        refused = handlers.call("POST", "/v1/quotes", unborn)
        assert (refused.status, refused.code) == (422, "invalid-fields")
        assert [(each["pointer"], each["code"]) for each in refused.body["errors"]] == [
            ("/answers/date_of_birth", "in-the-future")
        ]
        assert handlers.call("POST", "/v1/quotes/preview", unborn, key=None).status == 422
    asked = {one["code"]: one for one in handlers.get("/v1/products/life_and_illness")["questions"]}
    assert asked["date_of_birth"]["maximum"] == "today"


def test_a_change_of_a_policy_speaks_of_no_day_to_come_either(handlers: Platform):
    quote = handlers.post("/v1/quotes", QUOTE | LIFE)
    policy_id = handlers.take(quote)
    change = {
        "effective_on": QUOTE["start"],
        "answers": {"heart_condition": "mild", "diagnosed_on": "2031-01-01"},
    }

    refused = handlers.call("POST", f"/v1/policies/{policy_id}/endorsements", change)

    assert [(each["pointer"], each["code"]) for each in refused.body["errors"]] == [
        ("/answers/diagnosed_on", "in-the-future")
    ]


def test_a_fact_of_a_loss_speaks_of_no_day_to_come(handlers: Platform):
    """It is compared with the day on which it is told: what was told before stays as it is."""
    ask = {"code": "seen_on", "type": "date", "max": "today", "required": False}
    cover = {"code": "vet", "name": "Vet", "limit": 1000, "claim": {"asks": [ask]}}
    draft(handlers, covers=[cover])
    take(handlers, "submit", "approve", "publish")
    policy_id = handlers.take(
        handlers.post("/v1/quotes", QUOTE | {"product": "pet", "answers": {"age": 7}})
    )
    loss = CLAIM | {"policy_id": policy_id, "cover": "vet", "facts": {"seen_on": LOSS_CLOCK[:10]}}

    wrong = {**loss, "facts": {"seen_on": "2030-01-01"}}
    for path in ("/v1/claims", "/v1/coverage-checks"):
        described = {name: wrong[name] for name in wrong if path == "/v1/claims" or name in CHECKED}
        key = "" if path == "/v1/claims" else None
        refused = handlers.call("POST", path, described, clock=LOSS_CLOCK, key=key)
        assert refused.code == "invalid-fields", refused.text
        assert [(each["pointer"], each["code"]) for each in refused.body["errors"]] == [
            ("/facts/seen_on", "in-the-future")
        ]
    claim = handlers.post("/v1/claims", loss, clock=LOSS_CLOCK)
    more = {"facts": {"seen_on": "2030-01-01"}}
    refused = handlers.call("POST", f"/v1/claims/{claim['id']}/facts", more, clock=LOSS_CLOCK)
    assert refused.code == "invalid-fields", refused.text


CHECKED = {"policy_id", "cover", "occurred_at", "claimed", "facts"}
"""What a coverage check takes of a notice."""
