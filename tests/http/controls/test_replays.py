"""Replays of access policies: records of calls as the functions print them, and what a draft would have refused."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from botocore.exceptions import ClientError
from insurance import wiring
from insurance.api.access import may_leave_territory_open
from insurance.api.body import Request
from insurance.call_log import ROWS_MAX, InsightsCallLog
from insurance.domain.core.errors import Unavailable
from insurance.domain.core.identity import Mode
from insurance.operations.controls.check_access import TERRITORY_OPEN

from local.aws.services.logs import LogQueries
from tests.support.calls import LIVE, PARTNER, QUOTE, SOON, STRANGER, staff
from tests.support.platform import Platform

type Json = dict[str, Any]

SCOPES = "controls:write coverwright/controls:read"
ANN = staff("ann", "operator", SCOPES)
DRAFT = "/v1/access-policies/draft_one/draft"
REPLAY = "/v1/access-policies/draft_one/replay"
RULES: list[Json] = [
    {
        "code": "no_motor",
        "reason": "not_agreed",
        "operations": ["createQuote"],
        "when": "partner == 'harbour' and given(product) and product == 'personal_motor'",
    },
    {
        "code": "not_britain",
        "reason": "data_would_leave",
        "when": "given(territory) and territory == 'GB'",
    },
    {
        "code": "readers",
        "reason": "read_only",
        "when": "kind == 'application' and not scopes.quotes_write",
    },
    {"code": "nobody", "reason": "never", "when": "roles.auditor"},
]


class Printed:
    """CloudWatch Logs Insights of this machine, over what the functions have printed in this test."""

    def __init__(self, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._path, self._capsys = path, capsys
        self._queries = LogQueries({"printed": path})

    def start_query(self, **asked: Any) -> Any:
        with self._path.open("a") as log:
            log.write(self._capsys.readouterr().out)
        return self._queries.start_query(asked)

    def get_query_results(self, **asked: Any) -> Any:
        return self._queries.get_query_results(asked)


@pytest.fixture
def office(
    handlers: Platform, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Platform]:
    capsys.readouterr()
    printed = Printed(tmp_path / "printed.log", capsys)
    log = InsightsCallLog(printed, ["printed"], wiring.operation_paths(), wait=lambda _s: None)
    with patch.object(wiring, "call_log", lambda: log):
        yield handlers


def replay(office: Platform, *rules: Json) -> Json:
    wanted = {"zone": "Europe/London", "rules": list(rules or RULES)}
    office.post(DRAFT, wanted, by=ANN, clock=None)
    return office.post(REPLAY, by=ANN, clock=None)


def counted(found: Json) -> Json:
    return {rule["rule"]: rule["calls"] for rule in found["rules"]}


def test_a_draft_is_tried_on_the_calls_that_were_made(office: Platform) -> None:
    for key in ("one", "two"):
        office.post("/v1/quotes", QUOTE, key=key)
    office.post("/v1/quotes", QUOTE, by=STRANGER)  # of another partner, in Britain by its product
    office.get("/v1/products")
    office.post("/v1/quotes", QUOTE | {"start": SOON}, by=LIVE, clock=None)

    found = replay(office)

    assert (found["calls"], found["refused"], found["is_complete"]) == (4, 3, True)
    assert counted(found) == {"no_motor": 2, "not_britain": 1, "readers": 0, "nobody": 0}
    assert found["examples"][0] == {
        "rule": "no_motor",
        "kind": "application",
        "partner": "harbour",
        "operation": "createQuote",
        "product": "personal_motor",
        "territory": "GB",
        "calls": 2,
    }


def test_a_replay_sees_what_a_policy_is_asked_about_and_no_more(office: Platform) -> None:
    office.call("POST", "/v1/quotes", QUOTE, by=PARTNER | {"scopes": "products:read"})
    office.call("POST", "/v1/quotes", {"product": 3})
    office.get("/v1/products", by=PARTNER | {"scopes": "products:read"})
    office.call("POST", "/v1/quotes", QUOTE | {"product": "airships"})  # found out later

    found = replay(office)

    assert (found["calls"], counted(found)["readers"]) == (2, 1)


def test_whoever_calls_is_seen_with_the_roles_they_had(office: Platform) -> None:
    office.get("/v1/products", by=staff("ada", "auditor", "products:read"), clock=None)

    assert counted(replay(office))["nobody"] == 1


def test_what_was_refused_by_a_rule_in_force_counts_apart(office: Platform) -> None:
    wanted = {"zone": "Europe/London", "rules": [RULES[1]]}
    office.post("/v1/access-policies/held/draft", wanted, by=ANN, clock=None)
    for step, by in (("submit", ANN), ("approve", staff("ben", "compliance", SCOPES))):
        told = {"step": step, "reason": "agreed"}
        office.post("/v1/access-policies/held/steps", told, by=by, clock=None, key=step)
    with office.surroundings():
        wiring.stores().access_rules._known.clear()
    assert office.call("POST", "/v1/quotes", QUOTE).code == "refused-by-policy"

    found = replay(office)

    assert (found["refused"], found["refused_before"]) == (1, 1)


def test_calls_of_another_day_are_not_looked_at(office: Platform) -> None:
    office.post("/v1/quotes", QUOTE)
    office.post(DRAFT, {"zone": "Europe/London", "rules": RULES}, by=ANN, clock=None)
    later = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert office.post(REPLAY, by=ANN, clock=later)["calls"] == 0


def test_a_policy_that_nobody_wrote_is_not_replayed(office: Platform) -> None:
    assert office.call("POST", REPLAY, by=ANN, clock=None).code == "access-policy-not-found"


def test_operations_that_may_leave_a_territory_open_are_listed(handlers: Platform) -> None:
    found = {
        route.operation_id
        for app in handlers.apps.values()
        for route in app.api.routes
        if app.api.edge.access and may_leave_territory_open(route.input_of(Request))
    }

    assert found == TERRITORY_OPEN


def asked_of(**answers: Any) -> Any:
    """What the log says that answers so."""

    def answer(name: str) -> Any:
        def call(**_: Any) -> Any:
            if isinstance(answers[name], Exception):
                raise answers[name]
            return answers[name]

        return call

    client = SimpleNamespace(start_query=answer("started"), get_query_results=answer("found"))
    log = InsightsCallLog(client, ["group"], wiring.operation_paths(), wait=lambda _s: None)
    now = datetime.now(UTC)
    return log.calls(Mode.TEST, now - timedelta(days=1), now, minutes=60)


ROW = [
    {"field": "access.operation", "value": "createQuote"},
    {"field": "access.kind", "value": "application"},
    {"field": "access.principal", "value": "app_test_one"},
    {"field": "bin(60m)", "value": "2026-11-30 12:00:00.000"},
    {"field": "calls", "value": "3"},
]
STARTED = {"queryId": "q"}


def test_a_log_that_is_too_long_to_be_looked_through_says_so() -> None:
    found = asked_of(started=STARTED, found={"status": "Running", "results": [ROW]})

    assert ([group.calls for group in found.groups], found.is_complete) == ([3], False)


def test_more_kinds_of_calls_than_an_answer_holds_are_not_all() -> None:
    found = asked_of(started=STARTED, found={"status": "Complete", "results": [ROW] * ROWS_MAX})

    assert not found.is_complete


def test_an_operation_of_an_earlier_release_is_left_out() -> None:
    gone = [ROW[0] | {"value": "makeQuote"}, *ROW[1:]]

    assert asked_of(started=STARTED, found={"status": "Complete", "results": [gone]}).groups == []


@pytest.mark.parametrize(
    "answers",
    [
        {"started": ClientError({"Error": {"Code": "LimitExceededException"}}, "StartQuery")},
        {"started": STARTED, "found": {"status": "Failed", "results": []}},
    ],
)
def test_a_log_that_does_not_answer_is_unavailable(answers: Json) -> None:
    with pytest.raises(Unavailable):
        asked_of(**answers)
