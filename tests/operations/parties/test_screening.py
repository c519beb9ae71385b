"""Policyholders whose name is on a sanctions list: at issue, and when the list changes."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from insurance.screening import BUNDLED, BundledScreening

from tests.support.claims import MOTOR, issued
from tests.support.platform import Platform

type Json = dict[str, Any]

UNDERWRITER = "underwriter-test"
LISTED = "Drago, Viktor MALENKOV"
CLEAR = {"decision": "clear", "reason": "Born in 1991, the listed person in 1954."}


def accepted(platform: Platform, name: str = LISTED) -> str:
    quote = platform.post(
        "/v1/quotes",
        {
            "product": "personal_motor",
            "start": "2026-12-01",
            "policyholder": {"name": name},
            "answers": MOTOR,
            "covers": [],
        },
    )
    platform.post(f"/v1/quotes/{quote['id']}/acceptance")
    quote_id: str = quote["id"]
    return quote_id


def waiting(platform: Platform) -> list[Json]:
    items: list[Json] = platform.get("/v1/screenings", by=UNDERWRITER)["items"]
    return items


def decision(platform: Platform, body: Json, **arguments: Any) -> Json:
    [case] = waiting(platform)
    return platform.post(f"/v1/screenings/{case['id']}/decision", body, by=UNDERWRITER, **arguments)


def run(platform: Platform) -> list[str]:
    """A whole run over the book; the cases that it opened."""
    opened, after = [], ""
    while True:
        answered = platform.post("/v1/screening-runs", {"after": after}, by=UNDERWRITER)
        opened += answered["opened"]
        after = answered.get("next", "")
        if not after:
            return opened


@pytest.fixture
def longer_list(tmp_path: Path) -> BundledScreening:
    """The list as it is after somebody was put on it."""
    listed = json.loads(BUNDLED.read_text("utf-8"))
    listed["version"] = "later"
    listed["entries"].append({"id": "CW-9001", "name": "Ada Merton"})
    path = tmp_path / "list.json"
    path.write_text(json.dumps(listed), "utf-8")
    return BundledScreening(path)


def with_list(platform: Platform, screening: BundledScreening) -> None:
    [app] = [app for app in platform.apps.values() if hasattr(app, "screen_policies")]
    ports = vars(app)["ports"]
    vars(app)["ports"] = replace(ports, screening=replace(ports.screening, list=screening))


def test_a_listed_name_is_not_issued_and_somebody_is_told(platform: Platform):
    quote_id = accepted(platform)

    refused = [platform.refused("/v1/policies", {"quote_id": quote_id}) for _ in range(2)]

    assert refused == ["screening-open", "screening-open"]
    [case] = waiting(platform)
    assert (case["quote_id"], case["status"]) == (quote_id, "open")
    assert [match["entry"] for match in case["matches"]] == ["CW-0001"]
    assert "Malenkov" not in json.dumps(case)


def test_once_somebody_has_said_why_it_is_another_person_the_policy_is_issued(platform: Platform):
    quote_id = accepted(platform)
    platform.refused("/v1/policies", {"quote_id": quote_id})

    cleared = decision(platform, CLEAR)
    policy = platform.post("/v1/policies", {"quote_id": quote_id})

    assert cleared["status"] == "cleared"
    assert policy["quote_id"] == quote_id
    assert waiting(platform) == []


def test_who_the_list_means_is_never_issued(platform: Platform):
    quote_id = accepted(platform)
    platform.refused("/v1/policies", {"quote_id": quote_id})

    confirmed = decision(platform, {"decision": "confirm", "reason": "Same date of birth."})

    assert confirmed["status"] == "confirmed"
    assert platform.refused("/v1/policies", {"quote_id": quote_id}) == "screening-open"
    path = f"/v1/screenings/{confirmed['id']}/decision"
    assert platform.refused(path, CLEAR, by=UNDERWRITER) == "wrong-state"


def test_a_repeated_decision_is_answered_as_the_first_was(platform: Platform):
    platform.refused("/v1/policies", {"quote_id": accepted(platform)})
    [case] = waiting(platform)
    path = f"/v1/screenings/{case['id']}/decision"

    first = platform.call("POST", path, CLEAR, by=UNDERWRITER, key="once")
    again = platform.call("POST", path, CLEAR, by=UNDERWRITER, key="once")

    assert (again.body, again.headers["Idempotent-Replayed"]) == (first.body, "true")


def test_a_case_of_test_data_is_not_there_for_who_works_on_live_data(platform: Platform):
    platform.refused("/v1/policies", {"quote_id": accepted(platform)})
    [case] = waiting(platform)

    path = f"/v1/screenings/{case['id']}/decision"

    refused = platform.call("POST", path, CLEAR, by="underwriter", clock=None)
    assert (refused.status, refused.code) == (404, "screening-not-found")


def test_most_names_cost_an_issue_nothing(platform: Platform, dynamodb):
    policy_id = issued(platform)

    items = dynamodb.scan(TableName=platform.tables["screening"])["Items"]

    assert policy_id
    assert items == []


def test_the_book_in_force_is_screened_when_the_list_changes(platform: Platform, longer_list):
    policies = {issued(platform) for _ in range(3)}
    platform.deliver()
    assert run(platform) == []

    with_list(platform, longer_list)
    opened = run(platform)

    assert len(opened) == 3
    assert {case["policy_id"] for case in waiting(platform)} == policies
    assert {match["list_version"] for case in waiting(platform) for match in case["matches"]} == {
        "later"
    }
    assert run(platform) == []


def test_what_was_cleared_is_not_asked_again(platform: Platform):
    quote_id = accepted(platform)
    platform.refused("/v1/policies", {"quote_id": quote_id})
    decision(platform, CLEAR)
    platform.post("/v1/policies", {"quote_id": quote_id})
    platform.deliver()

    assert run(platform) == []
    assert waiting(platform) == []


def test_a_policy_that_has_ended_is_left_alone(platform: Platform, longer_list):
    issued(platform)
    platform.deliver()
    with_list(platform, longer_list)
    platform.now = platform.now.replace(year=2028)

    assert run(platform) == []


def test_a_book_of_many_pages_is_gone_through_whole(platform: Platform, longer_list, monkeypatch):
    monkeypatch.setattr("insurance.dynamodb.parties.screenings.POLICIES_PER_PAGE", 1)
    policies = {issued(platform) for _ in range(4)}
    platform.deliver()
    platform.deliver()
    with_list(platform, longer_list)

    run(platform)

    assert {case["policy_id"] for case in waiting(platform)} == policies


def test_only_who_may_underwrite_looks(platform: Platform):
    assert platform.refused("/v1/screening-runs", {}, by="handler-test") == "missing-scope"


@pytest.mark.parametrize("after", ["0" * 79, "!", "#", "0", "00#", "0#pol_test_x"])
def test_a_place_that_no_run_gave_is_refused(platform: Platform, after: str):
    refused = platform.refused("/v1/screening-runs", {"after": after}, by=UNDERWRITER)

    assert refused == "invalid-fields"
