"""Stops over HTTP, with the environment and the rights that template.yaml gives each function."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.calls import QUOTE, staff
from tests.support.claims import issued
from tests.support.platform import Platform

type Json = dict[str, Any]

SCOPES = "controls:write coverwright/controls:read"
ANN, BEN = staff("ann", "operator", SCOPES), staff("ben", "compliance", SCOPES)
WHY = {"reason": "mended"}


def test_who_sets_a_stop_is_answered_when_it_holds_every_call_that_comes_later(
    handlers: Platform,
) -> None:
    accepted = handlers.accepted()
    wanted = {"activities": ["quote", "bind"], "cause": "rate_error", "product": QUOTE["product"]}

    stop = handlers.post("/v1/stops", wanted, by=ANN, clock=None)

    quoted = handlers.call("POST", "/v1/quotes", QUOTE)
    bound = handlers.call("POST", "/v1/policies", {"quote_id": accepted["id"]})
    assert [(each.status, each.code) for each in (quoted, bound)] == [(409, "stopped")] * 2
    assert quoted.body["stop"] == stop["id"]
    listed = handlers.get("/v1/stops", by=BEN, clock=None)["items"]
    assert [(each["id"], each["status"]) for each in listed] == [(stop["id"], "in_force")]


def test_a_stop_of_renewals_holds_the_next_term_and_its_preview(handlers: Platform) -> None:
    path = f"/v1/policies/{issued(handlers)}/renewals"
    handlers.now = datetime(2027, 11, 20, 9, tzinfo=UTC)
    handlers.post(f"{path}/preview")

    handlers.post("/v1/stops", {"activities": ["renew"], "cause": "rate_error"}, by=ANN, clock=None)

    assert handlers.refused(f"{path}/preview") == "stopped"
    assert handlers.refused(path) == "stopped"


def test_the_same_person_does_not_lift_it_twice(handlers: Platform) -> None:
    wanted = {"activities": ["renew"], "cause": "rate_error"}
    path = f"/v1/stops/{handlers.post('/v1/stops', wanted, by=ANN, clock=None)['id']}/lift"
    assert handlers.post(path, WHY, by=BEN, clock=None)["lift_requested_by"] == "ben"

    again = handlers.call("POST", path, WHY, by=BEN, clock=None, key="again")
    other = handlers.call("POST", path, WHY, by=ANN, clock=None, key="last-word")

    assert [(each.status, each.code) for each in (again, other)] == [(409, "same-person")] * 2


def test_a_stop_that_was_lifted_says_who_asked_who_lifted_it_and_when(handlers: Platform) -> None:
    wanted = {"activities": ["renew"], "cause": "rate_error"}
    path = f"/v1/stops/{handlers.post('/v1/stops', wanted, by=ANN, clock=None)['id']}/lift"
    asked = handlers.post(path, WHY, by=ANN, clock=None)

    lifted = handlers.post(path, WHY, by=BEN, clock=None, key="second")

    assert "lifted_by" not in asked
    assert (lifted["lift_requested_by"], lifted["lifted_by"]) == ("ann", "ben")
    assert lifted["lifted_at"] >= lifted["set_at"]


def test_a_stop_of_the_other_mode_or_of_nobody_is_not_found(handlers: Platform) -> None:
    wanted = {"activities": ["renew"], "cause": "rate_error"}
    live = staff("ann", "operator", SCOPES, mode="live")
    stop = handlers.post("/v1/stops", wanted, by=live, clock=None)

    answer = handlers.call("POST", f"/v1/stops/{stop['id']}/lift", WHY, by=BEN, clock=None)

    assert (answer.status, answer.code) == (404, "stop-not-found")
    assert handlers.get("/v1/stops", by=BEN, clock=None)["items"] == []


def test_there_are_at_most_as_many_as_every_command_can_read(
    handlers: Platform, monkeypatch: Any
) -> None:
    monkeypatch.setattr("insurance.domain.control.stop.STOPS_MAX", 1)
    wanted = {"activities": ["renew"], "cause": "rate_error"}
    handlers.post("/v1/stops", wanted, by=ANN, clock=None)

    answer = handlers.call("POST", "/v1/stops", wanted, by=ANN, clock=None, key="one-more")

    assert (answer.status, answer.code) == (409, "too-many-stops")


@pytest.mark.parametrize(
    ("named", "pointer"),
    [
        ({"product": "personal_moter"}, "/product"),
        ({"territory": "UK"}, "/territory"),
        ({"product": "personal_motor", "territory": "IE"}, "/territory"),  # sold there: others
    ],
)
def test_a_stop_that_would_hold_nothing_is_refused_where_it_says_so(
    handlers: Platform, named: Json, pointer: str
) -> None:
    wanted = {"activities": ["quote"], "cause": "rate_error", **named}

    answer = handlers.call("POST", "/v1/stops", wanted, by=ANN, clock=None)

    assert (answer.status, answer.code) == (422, "invalid-fields")
    assert [(each["pointer"], each["code"]) for each in answer.body["errors"]] == [
        (pointer, "unknown")
    ]
    assert handlers.get("/v1/stops", by=BEN, clock=None)["items"] == []
