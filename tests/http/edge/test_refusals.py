"""Every refusal reaches the caller as a problem (RFC 9457) with its status, its code and its pointers."""

from collections.abc import Callable
from typing import Any

import pytest
from insurance.domain.core.identity import party_id_for

from tests.support.calls import (
    APPROVER,
    BANK,
    CLAIM,
    LIVE,
    LOSS_CLOCK,
    PARTNER,
    PRIVACY,
    QUOTE,
    UNDERWRITER,
    Answer,
    application,
    staff,
)
from tests.support.personal_data import erase
from tests.support.platform import Platform

type Json = dict[str, Any]

NO_QUOTE = "quo_test_0000000000000000"
NO_POLICY = "pol_test_0000000000000000"
NO_CLAIM = "clm_test_0000000000000000000000"
NO_PAYMENT = "pay_test_0000000000000000000000_1"
NO_PARTY = "pty_test_0000000000000000"
REPORT: Json = {
    "instruction_id": NO_PAYMENT,
    "outcome": "paid",
    "bank_reference": "BK-1",
    "executed_at": "2027-01-11T10:00:00Z",
}
DECISION: Json = {"decision": "accept", "reason": "seen"}
APPROVAL: Json = {"decision": "approve", "reason": "seen"}
READER = application("app_test_reader", "harbour", scopes="quotes:read")
SUPERVISOR = staff("staff-sue", "supervisor", "claims:approve")


def assert_problem(answer: Answer, status: int, code: str) -> None:
    assert (answer.status, answer.body.get("code")) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.body["status"] == status
    assert answer.body["type"].endswith(f"/problems/{code}")
    assert answer.body["title"]
    assert answer.body["detail"]
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]
    assert not answer.replayed


def acceptance(quote_id: str) -> str:
    return f"/v1/quotes/{quote_id}/acceptance"


def referred(handlers: Platform) -> str:
    answers = QUOTE["answers"] | {"vehicle_value": {"amount": 6_000_000, "currency": "GBP"}}
    quote = handlers.quoted(answers=answers)
    assert quote["status"] == "referred"
    return str(quote["id"])


def decide(handlers: Platform, quote_id: str, body: Json = DECISION, **options: Any) -> Answer:
    options = {"by": UNDERWRITER} | options
    return handlers.call("POST", f"/v1/quotes/{quote_id}/referral-decision", body, **options)


def large_payment(handlers: Platform, amount: int) -> str:
    claim = handlers.settled(claimed={"amount": amount, "currency": "GBP"})
    [payment] = claim["payments"]
    return f"/v1/claims/{claim['id']}/payments/{payment['id']}/approval"


# -- each refusal, and how a caller meets it --------------------------------------------------------


def expired_quote(handlers: Platform) -> Answer:
    return handlers.call(
        "POST", acceptance(handlers.quoted()["id"]), {}, clock="2027-01-15T09:00:00Z"
    )


def declined_quote(handlers: Platform) -> Answer:
    answers = QUOTE["answers"] | {
        "drivers": [{"age": 16, "licence_years": 0, "convictions": 0}],
    }
    return handlers.call("POST", acceptance(handlers.quoted(answers=answers)["id"]), {})


def issued_twice(handlers: Platform) -> Answer:
    policy = handlers.issued()
    return handlers.call("POST", "/v1/policies", {"quote_id": policy["quote_id"]})


def stale_acceptance(handlers: Platform) -> Answer:
    tag = {"If-Match": '"2-quote"'}
    return handlers.call("POST", acceptance(handlers.quoted()["id"]), {}, headers=tag)


def own_payment(handlers: Platform) -> Answer:
    """Who asked for the payment may not approve it, whatever their role."""
    path = large_payment(handlers, 900_000)
    same = staff(PARTNER["principal"], "claims_handler", "claims:approve")
    return handlers.call("POST", path, APPROVAL, by=same, clock=LOSS_CLOCK)


def beyond_authority(handlers: Platform) -> Answer:
    path = large_payment(handlers, 1_200_000)
    return handlers.call("POST", path, APPROVAL, by=APPROVER, clock=LOSS_CLOCK)


def approved_twice(handlers: Platform) -> Answer:
    path = large_payment(handlers, 900_000)
    assert handlers.call("POST", path, APPROVAL, by=APPROVER, clock=LOSS_CLOCK).status == 200
    return handlers.call("POST", path, APPROVAL, by=SUPERVISOR, clock=LOSS_CLOCK)


def reported_again(handlers: Platform) -> Answer:
    claim = handlers.paid()
    body = REPORT | {"instruction_id": claim["payments"][0]["id"]}
    return handlers.call("POST", "/v1/bank-reports", body, by=BANK, clock=LOSS_CLOCK)


def unknown_payment(handlers: Platform) -> Answer:
    claim_id = handlers.notified()["id"]
    path = f"/v1/claims/{claim_id}/payments/{claim_id.replace('clm', 'pay')}_9/approval"
    return handlers.call("POST", path, APPROVAL, by=APPROVER, clock=LOSS_CLOCK)


def erased_twice(handlers: Platform) -> Answer:
    path = f"/v1/parties/{party_id_for(handlers.quoted()['id'])}/erasure"
    assert handlers.call("POST", path, {"reason": "requested"}, by=PRIVACY).status == 200
    return handlers.call("POST", path, {"reason": "requested"}, by=PRIVACY)


def claim_on_an_erased_policy(handlers: Platform) -> Answer:
    policy = handlers.issued()
    erase(handlers, policy["id"])
    body = CLAIM | {"policy_id": policy["id"]}
    return handlers.call("POST", "/v1/claims", body, clock=LOSS_CLOCK)


def erased_while_on_risk(handlers: Platform) -> Answer:
    path = f"/v1/parties/{handlers.issued()['party_id']}/erasure"
    return handlers.call("POST", path, {"reason": "requested"}, by=PRIVACY)


def erased_quote_accepted(handlers: Platform) -> Answer:
    quote_id = handlers.quoted()["id"]
    path = f"/v1/parties/{quote_id.replace('quo_', 'pty_')}/erasure"
    assert handlers.call("POST", path, {"reason": "requested"}, by=PRIVACY).status == 200
    return handlers.call("POST", acceptance(quote_id), {})


type Meets = Callable[[Platform], Answer]

REFUSALS: dict[str, tuple[int, str, Meets]] = {
    "unknown quote": (404, "quote-not-found", lambda h: h.call("GET", f"/v1/quotes/{NO_QUOTE}")),
    "unknown quote's explanation": (
        404,
        "quote-not-found",
        lambda h: h.call("GET", f"/v1/quotes/{NO_QUOTE}/explanation"),
    ),
    "unknown policy": (
        404,
        "policy-not-found",
        lambda h: h.call("GET", f"/v1/policies/{NO_POLICY}"),
    ),
    "unknown policy's events": (
        404,
        "policy-not-found",
        lambda h: h.call("GET", f"/v1/policies/{NO_POLICY}/events"),
    ),
    "unknown claim": (404, "claim-not-found", lambda h: h.call("GET", f"/v1/claims/{NO_CLAIM}")),
    "unknown product": (
        404,
        "product-not-found",
        lambda h: h.call("GET", "/v1/products/pet_snail"),
    ),
    "unknown product quoted": (
        404,
        "product-not-found",
        lambda h: h.call("POST", "/v1/quotes", QUOTE | {"product": "pet_snail"}),
    ),
    "unknown quote issued": (
        404,
        "quote-not-found",
        lambda h: h.call("POST", "/v1/policies", {"quote_id": NO_QUOTE}),
    ),
    "unknown policy claimed on": (
        404,
        "policy-not-found",
        lambda h: h.call("POST", "/v1/claims", CLAIM | {"policy_id": NO_POLICY}),
    ),
    "unknown instruction reported": (
        404,
        "claim-not-found",
        lambda h: h.call("POST", "/v1/bank-reports", REPORT, by=BANK),
    ),
    "unknown payment": (404, "payment-not-found", unknown_payment),
    "unknown party erased": (
        404,
        "party-not-found",
        lambda h: h.call(
            "POST", f"/v1/parties/{NO_PARTY}/erasure", {"reason": "requested"}, by=PRIVACY
        ),
    ),
    "accepted twice": (
        409,
        "wrong-state",
        lambda h: h.call("POST", acceptance(h.accepted()["id"]), {}),
    ),
    "declined, accepted": (409, "wrong-state", declined_quote),
    "referred, accepted": (
        409,
        "referral-open",
        lambda h: h.call("POST", acceptance(referred(h)), {}),
    ),
    "not accepted, issued": (
        409,
        "wrong-state",
        lambda h: h.call("POST", "/v1/policies", {"quote_id": h.quoted()["id"]}),
    ),
    "not referred, decided": (409, "wrong-state", lambda h: decide(h, h.quoted()["id"])),
    "settled twice": (
        409,
        "wrong-state",
        lambda h: h.call(
            "POST", f"/v1/claims/{h.settled()['id']}/settlement", {}, clock=LOSS_CLOCK
        ),
    ),
    "approved twice": (409, "wrong-state", approved_twice),
    "reported again under another key": (409, "wrong-state", reported_again),
    "issued twice": (409, "quote-already-issued", issued_twice),
    "erased twice": (409, "already-erased", erased_twice),
    "erased while on risk": (409, "legal-hold", erased_while_on_risk),
    "claim on an erased policy": (409, "already-erased", claim_on_an_erased_policy),
    "erased quote accepted": (409, "already-erased", erased_quote_accepted),
    "own payment approved": (409, "same-person", own_payment),
    "stale": (412, "stale-revision", stale_acceptance),
    "expired": (422, "quote-expired", expired_quote),
    "scope missing": (
        403,
        "missing-scope",
        lambda h: h.call("POST", "/v1/quotes", QUOTE, by=READER),
    ),
    "role missing": (
        403,
        "no-authority",
        lambda h: decide(
            h, referred(h), by=staff("staff-x", "claims_handler", "quotes:underwrite")
        ),
    ),
    "beyond authority": (403, "no-authority", beyond_authority),
    "live caller with a clock": (
        400,
        "clock-not-allowed",
        lambda h: h.call("GET", f"/v1/quotes/{NO_QUOTE}", by=LIVE),
    ),
    "clock without an offset": (
        400,
        "bad-header",
        lambda h: h.call("GET", f"/v1/quotes/{NO_QUOTE}", clock="2026-11-20T09:00:00"),
    ),
    "clock that is none": (
        400,
        "bad-header",
        lambda h: h.call("GET", f"/v1/quotes/{NO_QUOTE}", clock="yesterday"),
    ),
    "clock of another century": (
        422,
        "invalid-fields",
        lambda h: h.call("GET", f"/v1/quotes/{NO_QUOTE}", clock="1066-10-14T09:00:00Z"),
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_refusal_is_a_problem_that_says_which(case: str, handlers: Platform):
    status, code, meets = REFUSALS[case]

    assert_problem(meets(handlers), status, code)


INVALID: dict[str, tuple[str, Json, str]] = {
    "a field missing": ("/v1/quotes", {"answers": ...}, "/answers"),
    "a field too many": ("/v1/quotes", {"colour": "red"}, "/colour"),
    "a field of another type": ("/v1/quotes", {"covers": "courtesy_car"}, "/covers"),
    "a name that is a number": ("/v1/quotes", {"policyholder": {"name": 7}}, "/policyholder/name"),
    "an answer missing": (
        "/v1/quotes",
        {"answers": {k: v for k, v in QUOTE["answers"].items() if k != "annual_mileage"}},
        "/answers/annual_mileage",
    ),
    "an answer too many": (
        "/v1/quotes",
        {"answers": QUOTE["answers"] | {"colour": "red"}},
        "/answers/colour",
    ),
    "an answer deep inside": (
        "/v1/quotes",
        {
            "answers": QUOTE["answers"]
            | {"drivers": [{"age": "old", "licence_years": 1, "convictions": 0}]}
        },
        "/answers/drivers/0/age",
    ),
    "money in another currency": (
        "/v1/quotes",
        {"answers": QUOTE["answers"] | {"vehicle_value": {"amount": 1, "currency": "EUR"}}},
        "/answers/vehicle_value",
    ),
    "a pointer that needs escaping": ("/v1/quotes", {"a/b~c": 1}, "/a~1b~0c"),
    "an unknown cover": ("/v1/quotes", {"covers": ["moon_landing"]}, "/covers/0"),
    "a start in the past": ("/v1/quotes", {"start": "2026-11-19"}, "/start"),
    "a start too far ahead": ("/v1/quotes", {"start": "2027-11-21"}, "/start"),
}


@pytest.mark.parametrize("case", INVALID)
@pytest.mark.parametrize("path", ["/v1/quotes", "/v1/quotes/preview"])
def test_a_field_at_fault_is_named_by_its_pointer(case: str, path: str, handlers: Platform):
    _, changes, pointer = INVALID[case]
    body = {name: value for name, value in (QUOTE | changes).items() if value is not ...}

    refused = handlers.call("POST", path, body)

    assert_problem(refused, 422, "invalid-fields")
    pointers = [fault["pointer"] for fault in refused.body["errors"]]
    assert any(each == pointer or each.startswith(f"{pointer}/") for each in pointers), pointers
    assert all(fault["code"] and fault["detail"] for fault in refused.body["errors"])


def test_every_fault_is_reported_at_once(handlers: Platform):
    body = {"product": "UPPER", "start": "soon", "colour": "red"}

    refused = handlers.call("POST", "/v1/quotes", body)

    pointers = {fault["pointer"] for fault in refused.body["errors"]}
    assert pointers >= {"/product", "/start", "/colour", "/policyholder", "/answers"}


def test_an_unknown_route_is_a_problem_too(handlers: Platform):
    from tests.support.calls import event  # noqa: PLC0415 - for this test only

    answer = handlers.send("quoting", event("GET", "/v1/nowhere", caller=PARTNER))

    assert_problem(answer, 404, "route-not-found")


# -- preconditions ----------------------------------------------------------------------------------


def test_a_tag_that_still_holds_is_answered_without_a_body(handlers: Platform):
    claim = handlers.notified()
    paths = [
        f"/v1/quotes/{claim['policy_id'].replace('pol_', 'quo_')}",
        f"/v1/policies/{claim['policy_id']}",
        f"/v1/claims/{claim['id']}",
    ]
    for path in paths:
        tag = handlers.call("GET", path).headers["ETag"]

        known = handlers.call("GET", path, headers={"If-None-Match": f'"9-other", {tag}'})
        unknown = handlers.call("GET", path, headers={"If-None-Match": '"9-other"'})

        assert (known.status, known.text) == (304, "")
        assert known.headers["ETag"] == tag
        assert unknown.status == 200


@pytest.mark.parametrize("tag", ['"9-quote"', '"0-quote"', 'W/"1-quote"', '""'])
def test_a_tag_that_does_not_hold_stops_the_command(tag: str, handlers: Platform):
    quote_id = handlers.quoted()["id"]
    left = handlers.backend.everything()

    refused = handlers.call("POST", acceptance(quote_id), {}, headers={"If-Match": tag})

    assert_problem(refused, 412, "stale-revision")
    assert handlers.backend.everything() == left


@pytest.mark.parametrize("tag", ["nonsense", "", '"1-quote', '"1-quote", "2-quote"', "*"])
def test_what_is_no_tag_is_a_malformed_header_and_no_lost_revision(tag: str, handlers: Platform):
    quote_id = handlers.quoted()["id"]
    left = handlers.backend.everything()

    refused = handlers.call("POST", acceptance(quote_id), {}, headers={"If-Match": tag})

    assert_problem(refused, 400, "bad-header")
    assert "If-Match is malformed" in refused.body["detail"]
    assert handlers.backend.everything() == left


def test_a_tag_that_holds_lets_the_command_through(handlers: Platform):
    quote = handlers.quoted()

    accepted = handlers.call("POST", acceptance(quote["id"]), {}, headers={"If-Match": '"1-quote"'})

    assert accepted.status == 200
    assert accepted.headers["ETag"] == '"2-quote"'


def test_a_replay_is_answered_whatever_tag_it_carries(handlers: Platform):
    quote_id = handlers.quoted()["id"]
    tag = {"If-Match": '"1-quote"'}
    first = handlers.call("POST", acceptance(quote_id), {}, key="k", headers=tag)

    again = handlers.call("POST", acceptance(quote_id), {}, key="k", headers=tag)

    assert again.replayed
    assert again.text == first.text
