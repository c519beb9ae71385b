"""Every refusal over HTTP is a problem that says what is wrong, whether gateway or handler refuses."""

from typing import Any

import pytest

from demo.proofs import proof
from local.stack import Stack
from tests.end_to_end.conftest import CallAs, Caller, assert_problem
from tests.support.clock import Clock

type Json = dict[str, Any]

UNKNOWN_QUOTE = "quo_test_00000000000000000000"


def test_no_token_is_a_401(call_as: CallAs) -> None:
    answer = call_as().get("/v1/products")

    assert_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.e30"])
def test_what_is_no_token_of_ours_is_a_401(call_as: CallAs, token: str) -> None:
    assert_problem(call_as(token=token).get("/v1/products"), 401, "unauthorized")


@pytest.mark.parametrize(
    "changes",
    [{"exp": 1}, {"iss": "http://127.0.0.1:1"}, {"token_use": "id"}, {"nbf": 4_102_444_800}],
)
def test_a_token_that_does_not_hold_is_a_401(call_as: CallAs, changes: Json) -> None:
    caller = call_as("harbour-test", **changes)

    assert_problem(caller.get("/v1/products"), 401, "unauthorized")


def test_a_suspended_application_is_a_403(call_as: CallAs) -> None:
    caller = call_as("gone-test")

    assert_problem(caller.get("/v1/products"), 403, "access-denied")


def test_a_scope_that_the_application_lacks_is_a_403(call_as: CallAs, risk: Json) -> None:
    reader = call_as("reader-test")

    answer = reader.post("/v1/quotes", risk)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_scope_that_staff_lack_is_a_403(call_as: CallAs) -> None:
    handler = call_as("handler-test")

    answer = handler.post(
        f"/v1/quotes/{UNKNOWN_QUOTE}/referral-decision", {"decision": "decline", "reason": "no"}
    )

    assert_problem(answer, 403, "access-denied")


def test_a_partner_does_not_reach_what_is_staffs_alone(call_as: CallAs, harbour: Caller) -> None:
    answer = harbour.post(
        f"/v1/quotes/{UNKNOWN_QUOTE}/referral-decision", {"decision": "decline", "reason": "no"}
    )

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_another_partners_quote_is_as_unknown_as_one_that_never_was(
    harbour: Caller, meadow: Caller, risk: Json
) -> None:
    quote = harbour.post("/v1/quotes", risk).json()

    theirs = meadow.get(f"/v1/quotes/{quote['id']}")
    unknown = meadow.get(f"/v1/quotes/{UNKNOWN_QUOTE}")

    problems = [assert_problem(answer, 404, "quote-not-found") for answer in (theirs, unknown)]
    details = [problem.pop("detail") for problem in problems]
    assert details[0].replace(quote["id"], UNKNOWN_QUOTE) == details[1]
    assert harbour.get(f"/v1/quotes/{quote['id']}").status_code == 200


@pytest.mark.parametrize("path", ["/v1/nothing", "/", "/v2/quotes", "/v1/quotes/x/y/z"])
def test_an_unknown_route_is_a_404(harbour: Caller, path: str) -> None:
    assert_problem(harbour.get(path), 404, "route-not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/quotes", "GET, POST"),
        ("TRACE", "/v1/claims", "GET, POST"),
        ("OPTIONS", "/v1/products", "GET"),
        ("PUT", "/v1/quotes/quo_test_x/acceptance", "POST"),
    ],
)
def test_another_method_is_a_405_that_names_those_there_are(
    harbour: Caller, method: str, path: str, allowed: str
) -> None:
    answer = harbour.http.request(method, path)

    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["allow"] == allowed


def test_a_post_without_its_idempotency_key_is_a_400(harbour: Caller, risk: Json) -> None:
    answer = harbour.http.post("/v1/quotes", json=risk)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Idempotency-Key" in answer.json()["detail"]


def test_faults_of_a_body_are_pointed_at(harbour: Caller, risk: Json) -> None:
    body = risk | {"start": "soon", "colour": "red"}

    answer = harbour.post("/v1/quotes", body)

    assert answer.status_code in {400, 422}
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert {"/start", "/colour"} <= pointers


def test_faults_of_an_answer_are_pointed_at(harbour: Caller, risk: Json) -> None:
    body = risk | {"answers": risk["answers"] | {"annual_mileage": "many"}}

    answer = harbour.post("/v1/quotes", body)

    assert answer.status_code == 422
    pointers = {error["pointer"] for error in answer.json()["errors"]}
    assert "/answers/annual_mileage" in pointers


def test_the_same_key_for_another_request_is_a_422(harbour: Caller, risk: Json) -> None:
    assert harbour.post("/v1/quotes", risk, key="one").status_code == 201

    answer = harbour.post("/v1/quotes", risk | {"covers": ["courtesy_car"]}, key="one")

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_caller_in_live_mode_has_no_clock_of_its_own(stack: Stack, call_as: CallAs) -> None:
    live = call_as("harbour-live")
    _, _, token = live.http.headers["Authorization"].partition(" ")
    made = proof("harbour-live", "GET", f"{stack.base_url}/v1/products", token)

    answer = live.http.get("/v1/products", headers={"Authorization": f"DPoP {token}", "DPoP": made})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_over_the_plan_is_a_429_that_says_when_to_come_back(
    call_as: CallAs, plan_clock: Clock
) -> None:
    bronze = call_as("pebble-test")

    with plan_clock.stopped():
        answers = [bronze.post("/v1/policies", {"quote_id": UNKNOWN_QUOTE}) for _ in range(6)]

    throttled = [answer for answer in answers if answer.status_code == 429]
    assert throttled
    assert_problem(throttled[0], 429, throttled[0].json()["code"])
    assert int(throttled[0].headers["retry-after"]) >= 1


def test_a_body_over_10_mb_is_a_413(harbour: Caller) -> None:
    answer = harbour.post_raw("/v1/quotes", b" " * (10 * 1024 * 1024 + 1))

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_of_more_than_the_operation_takes_is_a_413_that_says_how_much_it_takes(
    harbour: Caller,
) -> None:
    longer = harbour.post_raw("/v1/quotes", b" " * (256 * 1024 + 1))
    longest = harbour.post_raw("/v1/quotes", b" " * (7 * 1024 * 1024))

    assert_problem(longer, 413, "body-too-large")
    assert_problem(longest, 413, "body-too-large")  # more than Lambda takes: the gateway says it
    for answer in (longer, longest):
        assert "262,144 bytes" in answer.json()["detail"]
