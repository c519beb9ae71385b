"""A correction answers the request for a rectification that it names, and each says which the other is."""

from typing import Any

import pytest

from tests.support.calls import LOSS_CLOCK, PRIVACY, Answer, Json, staff
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold

CLERK = staff("staff-clara", "call_centre", "parties:write")
RIGHT: Json = {"email": "ada@kingfisher.example", "reason": "It was misspelt."}


def ok(answer: Answer) -> Json:
    assert answer.status in {200, 201}, answer.text
    made: Json = answer.body
    return made


@pytest.fixture
def path(handlers: Platform) -> str:
    """A customer who asked for a copy of their data, and for a rectification."""
    made = f"/v1/parties/{handlers.issued()['party_id']}"
    for kind in ("access", "rectification"):
        body = {"kind": kind, "text": "My address is misspelt."}
        ok(handlers.call("POST", f"{made}/data-requests", body, clock=LOSS_CLOCK))
    return made


def correct(handlers: Platform, path: str, step: str = "", **body: Any) -> Answer:
    key = {"key": None} if step else {}
    return handlers.call(
        "POST", f"{path}/corrections{step}", RIGHT | body, by=CLERK, clock=LOSS_CLOCK, **key
    )


def open_requests(handlers: Platform) -> list[str]:
    officer = {"claims": PRIVACY["claims"] | {"scope": "coverwright/work:read"}}
    query = {"role": "privacy_officer"}
    listed = handlers.call("GET", "/v1/work-items", by=officer, clock=LOSS_CLOCK, query=query)
    return [item["code"] for item in ok(listed)["items"]]


def test_the_correction_answers_the_request_and_each_names_the_other(handlers: Platform, path: str):
    assert correct(handlers, path, "/preview", request=2).status == 200

    made = ok(correct(handlers, path, request=2))

    party = ok(handlers.call("GET", path, clock=LOSS_CLOCK))
    access, rectification = party["data_requests"]
    assert (rectification["outcome"], rectification["answered_at"]) == ("done", LOSS_CLOCK)
    assert rectification["correction"] == made["revision"] == party["revision"]
    assert party["last_correction"]["request"] == 2
    assert access.get("outcome") is None
    assert open_requests(handlers) == ["data_access"]
    assert_chains_hold(handlers.backend)


def test_without_its_number_a_request_stays_open(handlers: Platform, path: str):
    ok(correct(handlers, path))

    party = ok(handlers.call("GET", path, clock=LOSS_CLOCK))
    assert [one.get("outcome") for one in party["data_requests"]] == [None, None]


@pytest.mark.parametrize(("number", "code"), [(1, "not-for-rectification"), (3, "unknown")])
@pytest.mark.parametrize("step", ["", "/preview"])
def test_only_a_rectification_of_theirs_is_answered(handlers, path, number, code, step):
    refused = correct(handlers, path, step, request=number)

    assert (refused.status, refused.code) == (422, "invalid-fields")
    [fault] = refused.body["errors"]
    assert (fault["pointer"], fault["code"]) == ("/request", code)
    assert ok(handlers.call("GET", path, clock=LOSS_CLOCK))["revision"] == 2


@pytest.mark.parametrize("step", ["", "/preview"])
def test_a_request_is_answered_once(handlers: Platform, path: str, step: str):
    ok(correct(handlers, path, request=2))

    again = correct(handlers, path, step, request=2, email="ada@other.example")

    assert again.code == "wrong-state"
