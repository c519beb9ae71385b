"""A policyholder corrects their own details in their portal, by the rules that we keep ourselves."""

from typing import Any

import pytest

from tests.support.calls import NAME, PERSON, QUOTE, STRANGER, Answer, Json, policyholder, staff
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold

WHEN = "2027-03-05T09:00:00Z"
CLERK = staff("staff-clara", "call_centre", "parties:write")
LISTED = "Ilse Brandt Vonderhausen"
OLD: Json = {"lines": ["1 High Street"], "postcode": "AB1 1AA", "country": "GB"}
NEW: Json = {"lines": ["3 Ember Passage"], "postcode": "EF3 3CC", "country": "GB"}
MOVE: Json = {"address": NEW, "effective_on": "2027-02-01", "reason": "I moved house."}
MARRIED: Json = {"name": "Ada Kingfisher", "reason": "I married."}
CONTENTS: Json = {
    "postcode": "AB1 1AA",
    "contents_sum": {"amount": 4_000_000, "currency": "GBP"},
    "property_type": "semi",
    "alarm": True,
    "occupied_by_day": True,
    "previous_claims": 0,
}
LIFE: Json = {
    "date_of_birth": "1991-03-14",
    "sum_assured": {"amount": 10_000_000, "currency": "GBP"},
    "smoker": False,
    "height_m": "1.75",
    "weight_kg": "70.0",
    "occupation": "office",
}


def insured(handlers: Platform, product: str, answers: Json) -> Json:
    ada = QUOTE["policyholder"] | {"address": OLD, "date_of_birth": "1991-03-14"}
    wanted: Json = {"start": "2026-12-15", "covers": [], "policyholder": ada}
    return handlers.issued(product=product, answers=answers, **wanted)


@pytest.fixture
def home(handlers: Platform) -> Json:
    return insured(handlers, "home_contents", CONTENTS)


def ok(answer: Answer) -> Json:
    assert answer.status in {200, 201}, answer.text
    made: Json = answer.body
    return made


def ask(handlers: Platform, policy: Json, body: Json, step: str = "", **options: Any) -> Answer:
    """The holder of a policy asks for a correction of their own party."""
    options = {"by": policyholder(policy["id"]), "clock": WHEN} | options
    return handlers.call(
        "POST", f"/v1/me/parties/{policy['party_id']}/corrections{step}", body, **options
    )


def obstacles(handlers: Platform, policy: Json, body: Json) -> list[tuple[str, str]]:
    """Why it is refused, in the preview as in the correction."""
    previewed = ask(handlers, policy, body, "/preview", key=None)
    refused = ask(handlers, policy, body)
    assert (refused.status, refused.code) == (409, "correction-not-possible"), refused.text
    assert refused.body["obstacles"] == previewed.body["obstacles"]
    return [(one["code"], one["about"]) for one in refused.body["obstacles"]]


def name_of(handlers: Platform, policy: Json) -> str:
    read = ok(handlers.call("GET", f"/v1/policies/{policy['id']}", clock=WHEN))
    name: str = read["policyholder"]["name"]
    return name


def test_a_move_is_previewed_with_its_price_and_made_once(handlers: Platform, home: Json):
    preview = ok(ask(handlers, home, MOVE, "/preview", key=None))
    assert (preview["stored"], preview["revision"]) == (False, 0)

    made = ok(ask(handlers, home, MOVE, key="again"))
    again = ask(handlers, home, MOVE, key="again")

    assert again.replayed
    assert again.body == made
    assert (made["stored"], made["revision"]) == (True, 1)
    assert made["policies"] == preview["policies"]
    assert made["policies"][0]["difference"]["amount"] > 0
    after = ok(handlers.call("GET", f"/v1/policies/{home['id']}", clock=WHEN))
    assert after["policyholder"]["address"] == NEW
    assert after["charged"] == made["policies"][0]["charged_after"]
    assert_chains_hold(handlers.backend)


def test_it_says_who_corrected_it(handlers: Platform, home: Json):
    account = {"holder": NAME, "iban": "DE89370400440532013000"}
    right = {"email": "ada@kingfisher.example", "phone": "+441632960001", "language": "en-GB"}

    ok(ask(handlers, home, right | {"account": account, "reason": "All of it is new."}))

    party = ok(handlers.call("GET", f"/v1/parties/{home['party_id']}", clock=WHEN))
    assert party["last_correction"]["corrected_by"] == PERSON
    assert party["last_correction"]["fields"] == ["email", "phone", "account", "language"]


def test_nobody_corrects_another_person_or_customer_of_another_partner(
    handlers: Platform, home: Json
):
    other = insured(handlers, "home_contents", CONTENTS)

    for caller in (policyholder(other["id"]), policyholder(home["id"], partner="meadow")):
        refused = ask(handlers, home, MOVE, by=caller)
        assert (refused.status, refused.code) == (404, "party-not-found")
    for caller in (CLERK, STRANGER | {"scopes": "parties:write"}):
        assert ask(handlers, home, MOVE, by=caller).code == "no-authority"
    staffs = f"/v1/parties/{home['party_id']}/corrections"
    assert handlers.call("POST", staffs, MOVE, by=policyholder(home["id"])).code == "no-authority"
    assert ok(handlers.call("GET", f"/v1/parties/{home['party_id']}", clock=WHEN))["revision"] == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date_of_birth", "1990-01-01"),
        ("registration_number", "HRB 1"),
        ("evidence", "PASSPORT-1"),
        ("leave_ended_terms", True),
    ],
)
def test_what_we_must_confirm_is_no_field_of_theirs(handlers, home, field, value):
    refused = ask(handlers, home, MOVE | {field: value})

    assert (refused.status, refused.code) == (422, "invalid-fields")
    assert [error["pointer"] for error in refused.body["errors"]] == [f"/{field}"]


def test_where_a_product_asks_for_evidence_somebody_must_see_it(handlers: Platform, home: Json):
    life = insured(handlers, "life_and_illness", LIFE)

    assert obstacles(handlers, life, MARRIED) == [("evidence_to_be_seen", life["id"])]

    assert name_of(handlers, life) == NAME
    ok(ask(handlers, life, MOVE))  # of an address it asks for none
    ok(ask(handlers, home, MARRIED))  # nor does a household's product
    path = f"/v1/parties/{life['party_id']}/corrections"
    proven = MARRIED | {"evidence": "REGISTER-77"}
    ok(handlers.call("POST", path, proven, by=CLERK, clock=WHEN))
    assert name_of(handlers, life) == "Ada Kingfisher"


def test_a_risk_that_needs_a_person_is_refused_and_says_so(handlers: Platform, home: Json):
    flooded = MOVE | {"address": NEW | {"postcode": "CD2 2BB"}}

    assert obstacles(handlers, home, flooded) == [("risk_not_accepted", home["id"])]


def test_a_listed_name_waits_for_a_person(handlers: Platform, home: Json):
    listed = {"name": LISTED, "reason": "I married."}

    assert ask(handlers, home, listed).code == "screening-open"

    officer = staff("staff-ursula", "underwriter", "quotes:underwrite")
    [case] = ok(handlers.call("GET", "/v1/screenings", by=officer, clock=WHEN))["items"]
    decision: Json = {"decision": "clear", "reason": "Another person."}
    path = f"/v1/screenings/{case['id']}/decision"
    ok(handlers.call("POST", path, decision, by=officer, clock=WHEN))
    ok(ask(handlers, home, listed))
    assert name_of(handlers, home) == LISTED


def test_where_customers_were_merged_nobody_corrects_a_policy_that_they_do_not_see(
    handlers: Platform, home: Json
):
    other = insured(handlers, "home_contents", CONTENTS)
    merge = f"/v1/parties/{other['party_id']}/merges"
    ok(handlers.call("POST", merge, {"party_id": home["party_id"]}, clock=WHEN))
    body = {"email": "ada@kingfisher.example", "reason": "It is new."}

    refused = obstacles(handlers, home, body)

    assert refused == [("merged_customers", home["party_id"])]
    assert other["id"] not in str(ask(handlers, home, body).body)
    ok(ask(handlers, home, body, by=policyholder(home["id"], other["id"])))


def test_what_a_record_can_hold_no_more_is_refused_in_the_preview_as_in_the_correction(
    handlers: Platform, home: Json, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("insurance.domain.party.correction.HISTORY_MAX", 1)

    previewed = ask(handlers, home, MOVE, "/preview", key=None)
    refused = ask(handlers, home, MOVE)

    assert (previewed.status, previewed.code) == (409, "party-full")
    assert (refused.status, refused.code) == (409, "party-full")
