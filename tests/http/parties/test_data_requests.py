"""What a person asks for about their data waits for the privacy officer, within the law's time."""

import json
from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.calls import LOSS_CLOCK, PRIVACY, STRANGER, Answer, Json
from tests.support.platform import Platform
from tests.support.streams import assert_chains_hold, streams

ASKED_AT, DUE_AT, TOO_LATE = (
    "2027-01-02T09:00:00Z",
    "2027-02-03T00:00:00Z",
    "2027-02-03T09:00:00Z",
)


def ask(handlers: Platform, party_id: str, kind: str, **more: Any) -> Answer:
    path = f"/v1/parties/{party_id}/data-requests"
    body = {"kind": kind, "requested_at": ASKED_AT} | more
    return handlers.call("POST", path, body, clock=LOSS_CLOCK)


def answer(handlers: Platform, party_id: str, request: int = 1) -> Answer:
    path = f"/v1/parties/{party_id}/data-request-answers"
    body = {"request": request, "outcome": "refused", "reason": "It was asked for last week."}
    return handlers.call("POST", path, body, by=PRIVACY, clock=LOSS_CLOCK)


def waiting(handlers: Platform, clock: str = LOSS_CLOCK) -> list[Json]:
    officer = {"claims": PRIVACY["claims"] | {"scope": "coverwright/work:read"}}
    query = {"role": "privacy_officer"}
    listed = handlers.call("GET", "/v1/work-items", by=officer, clock=clock, query=query)
    assert listed.status == 200, listed.text
    found: list[Json] = listed.body["items"]
    return found


def test_a_request_waits_with_its_deadline_until_it_is_answered(
    handlers: Platform, backend: Backend
):
    party_id = handlers.issued()["party_id"]

    made = ask(handlers, party_id, "access", text="Send me all, says Ada.")

    assert (made.status, made.body["number"], made.body["due_at"]) == (201, 1, DUE_AT)
    [item] = waiting(handlers)
    assert (item["kind"], item["id"], item["code"]) == ("party", party_id, "data_access")
    assert (item["deadline"]["due_at"], item["late"]) == (DUE_AT, False)
    assert waiting(handlers, TOO_LATE)[0]["late"] is True
    [event] = streams(backend)[party_id]
    assert "Ada" not in json.dumps(event.facts)

    refused = answer(handlers, party_id)

    assert (refused.body["outcome"], refused.body["answered_at"]) == ("refused", LOSS_CLOCK)
    assert waiting(handlers) == []
    assert_chains_hold(backend)


def test_of_several_requests_the_next_one_due_is_shown(handlers: Platform):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id, "objection", requested_at="2027-01-05T09:00:00Z")
    ask(handlers, party_id, "erasure")

    assert [item["code"] for item in waiting(handlers)] == ["data_erasure"]
    assert answer(handlers, party_id, request=2).status == 200
    assert [item["code"] for item in waiting(handlers)] == ["data_objection"]


@pytest.mark.parametrize("kind", ["objection", "restriction"])
def test_what_is_done_about_a_demand_answers_the_request_for_it(handlers: Platform, kind: str):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id, kind)
    body = {"kind": kind, "in_force": True, "reason": "They wrote."}

    changed = handlers.call("POST", f"/v1/parties/{party_id}/restrictions", body, clock=LOSS_CLOCK)

    assert [each["outcome"] for each in changed.body["data_requests"]] == ["done"]
    assert waiting(handlers) == []


def test_an_erasure_that_the_law_holds_back_answers_the_request_for_it(handlers: Platform):
    party_id = handlers.issued()["party_id"]
    ask(handlers, party_id, "erasure")
    body = {"reason": "requested", "when_permitted": True}

    kept = handlers.call(
        "POST", f"/v1/parties/{party_id}/erasure", body, by=PRIVACY, clock=LOSS_CLOCK
    )

    assert kept.status == 200, kept.text
    read = handlers.call("GET", f"/v1/parties/{party_id}").body
    assert [each["outcome"] for each in read["data_requests"]] == ["kept_by_law"]


def test_an_erasure_takes_the_request_off_the_work_list(handlers: Platform):
    party_id = handlers.quoted()["id"].replace("quo_", "pty_")
    ask(handlers, party_id, "erasure")

    erased = handlers.call(
        "POST", f"/v1/parties/{party_id}/erasure", {"reason": "requested"}, by=PRIVACY
    )

    assert erased.status == 200, erased.text
    assert waiting(handlers) == []


def test_what_cannot_be_asked_or_answered_is_refused(
    handlers: Platform, monkeypatch: pytest.MonkeyPatch
):
    party_id = handlers.issued()["party_id"]
    other = handlers.quoted()["id"].replace("quo_", "pty_")
    ask(handlers, other, "access")

    early = ask(handlers, party_id, "access", requested_at="2027-12-02T09:00:00Z")
    strange = handlers.call(
        "POST", f"/v1/parties/{party_id}/data-requests", {"kind": "access"}, by=STRANGER
    )
    unknown = answer(handlers, party_id)

    assert early.body["errors"][0]["pointer"] == "/requested_at"
    assert strange.code == "party-not-found"
    assert unknown.body["errors"][0]["pointer"] == "/request"
    merged = handlers.call("POST", f"/v1/parties/{party_id}/merges", {"party_id": other})
    assert merged.code == "wrong-state"
    assert answer(handlers, other).status == 200
    assert answer(handlers, other).code == "wrong-state"
    monkeypatch.setattr("insurance.domain.party.record.HISTORY_MAX", 1)
    assert ask(handlers, other, "access").code == "party-full"


def test_nothing_is_asked_of_a_party_that_was_erased(handlers: Platform):
    party_id = handlers.quoted()["id"].replace("quo_", "pty_")
    body = {"reason": "requested"}
    handlers.call("POST", f"/v1/parties/{party_id}/erasure", body, by=PRIVACY)

    assert ask(handlers, party_id, "access").code == "already-erased"
    assert answer(handlers, party_id).code == "already-erased"
