"""Access policies that mask answers, over HTTP: a caller whom a rule is about sees no personal data, in a repeated answer neither."""

from typing import Any

import pytest

from tests.support.access_policies import policy_in_force
from tests.support.calls import EMAIL, NAME, QUOTE, REGISTRATION, STRANGER, staff
from tests.support.claims import issued
from tests.support.platform import Platform

type Json = dict[str, Any]

SCOPES = "controls:write coverwright/controls:read"
ANN, BEN = staff("ann", "operator", SCOPES), staff("ben", "compliance", SCOPES)
WORDS = (NAME, EMAIL, REGISTRATION)
RULES: list[Json] = [
    {"code": "health", "reason": "least", "mask": "sensitive", "when": "mode == 'test'"},
    {"code": "people", "reason": "least", "mask": "personal", "when": "partner == 'harbour'"},
]


def test_a_caller_whom_a_rule_is_about_sees_no_personal_data(handlers: Platform) -> None:
    first = handlers.call("POST", "/v1/quotes", QUOTE, key="one")
    path = f"/v1/quotes/{first.body['id']}"
    whole = handlers.call("GET", path)
    assert all(word in whole.text for word in WORDS)
    policy_in_force(handlers, "masks", *RULES)

    made = handlers.call("POST", "/v1/quotes", QUOTE, key="two")
    again = handlers.call("POST", "/v1/quotes", QUOTE, key="one")
    read = handlers.call("GET", path)

    for answer in (made, again, read):
        assert not any(word in answer.text for word in WORDS)
        assert answer.headers["Coverwright-Masked"] == "personal"
        assert answer.body["premium"] == first.body["premium"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert read.headers["ETag"] != whole.headers["ETag"]


def test_a_tag_of_the_whole_answer_is_not_that_of_the_masked_one_and_names_its_revision(
    handlers: Platform,
) -> None:
    quote = handlers.post("/v1/quotes", QUOTE)
    path = f"/v1/quotes/{quote['id']}"
    held = handlers.call("GET", path).headers["ETag"]
    policy_in_force(handlers, "masks", *RULES)

    read = handlers.call("GET", path, headers={"If-None-Match": held})
    same = handlers.call("GET", path, headers={"If-None-Match": read.headers["ETag"]})
    accepted = handlers.call(
        "POST", f"{path}/acceptance", headers={"If-Match": read.headers["ETag"]}
    )

    assert [read.status, same.status, accepted.status] == [200, 304, 200]


def test_a_caller_whom_the_rule_is_not_about_sees_everything(handlers: Platform) -> None:
    policy_in_force(handlers, "masks", RULES[1])

    answer = handlers.call("POST", "/v1/quotes", QUOTE, by=STRANGER)

    assert all(word in answer.text for word in WORDS)
    assert "Coverwright-Masked" not in answer.headers


def test_a_link_to_a_file_is_refused_where_the_answer_would_be_masked(handlers: Platform) -> None:
    policy = issued(handlers)
    policy_in_force(handlers, "masks", *RULES)

    refused = handlers.call("POST", f"/v1/policies/{policy}/documents", {"kind": "schedule"})

    assert (refused.status, refused.code, refused.body["rule"]) == (
        403,
        "refused-by-policy",
        "people",
    )


def test_a_check_and_the_record_of_a_call_say_which_rule_masks(
    handlers: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    policy_in_force(handlers, "masks", *RULES)
    call = {"kind": "application", "principal": "app_test_one", "partner": "harbour"}

    said = {
        operation: handlers.post(
            "/v1/policy-checks", call | {"operation": operation}, by=BEN, clock=None
        )
        for operation in ("getQuote", "getDocument")
    }
    capsys.readouterr()
    handlers.post("/v1/quotes", QUOTE)

    assert {name: said["getQuote"][name] for name in ("decision", "rule", "mask")} == {
        "decision": "not_refused",
        "rule": "people",
        "mask": "personal",
    }
    assert (said["getDocument"]["decision"], said["getDocument"]["rule"]) == ("refused", "people")
    assert '"mask":"masks/people"' in capsys.readouterr().out
    assert handlers.get("/v1/access-policies/masks", by=ANN, clock=None)["hits"] == []
