"""Usage over HTTP: lines of the access log go in, and what partners called comes out."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from insurance import telemetry
from insurance.domain.core.identity import Mode, application_id_for

from tests.support.access_log import delivery, line
from tests.support.calls import CONTEXT, Answer, application, staff
from tests.support.platform import Platform
from tests.support.rights import acting

type Json = dict[str, Any]

SCOPES = "partners:write coverwright/partners:read coverwright/usage:read"
OPERATOR = staff("ann", "operator", SCOPES)
WEB, BATCH, ELM = (application_id_for(Mode.TEST, code) for code in ("oak-web", "oak-batch", "elm"))
OAK = application(WEB, "oak", scopes="usage:read")
STATUSES = ("200", "401", "403", "404", "409", "422", "429", "200")


class Metered:
    """The function, with the lines that were delivered to it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self.now = datetime.now(UTC)

    @property
    def month(self) -> str:
        return f"{self.now:%Y-%m}"

    def deliver(self, *lines: Json | str) -> Json:
        with self._platform.surroundings(), acting("usage"):
            told: Json = self._platform.apps["usage"].handler(delivery(lines), CONTEXT)
        return told

    def line(self, id: str, application: str = WEB, partner: str = "oak", **changes: str) -> Json:
        return line(id, self.now, application=application, partner=partner, **changes)

    def get(self, path: str, by: Json = OAK, **query: str) -> Answer:
        return self._platform.call("GET", path, by=by, clock=None, query=query)

    def register(self, partner: str, code: str) -> None:
        for path, body in (
            ("/v1/partners", {"code": partner, "name": "A broker"}),
            (f"/v1/partners/{partner}/applications", ASKED | {"code": code}),
        ):
            self._platform.call("POST", path, body, by=OPERATOR, clock=None)


ASKED: Json = {
    "name": "An application",
    "team": "A team",
    "plan": "bronze",
    "products": ["quoting"],
    "scopes": ["quotes:read", "usage:read"],
    "reason": "new_partner",
}


@pytest.fixture
def metered(handlers: Platform) -> Metered:
    found = Metered(handlers)
    for partner, code in (("oak", "oak-web"), ("oak", "oak-batch"), ("elm", "elm")):
        found.register(partner, code)
    found.deliver(*(found.line(f"c{n}", status=status) for n, status in enumerate(STATUSES)))
    found.deliver(found.line("b1", BATCH), found.line("e1", ELM, "elm"), found.line("u1", "-", "-"))
    return found


def test_a_partner_reads_what_its_application_called(metered: Metered) -> None:
    [row] = metered.get("/v1/usage").body["items"]

    assert row == {
        "day": f"{metered.now:%Y-%m-%d}",
        "application": WEB,
        "operation": "getQuote",
        "statement": metered.month,
        "calls": 8,
        "succeeded": 2,
        "invalid": 1,
        "unauthorized": 1,
        "forbidden": 1,
        "not_found": 1,
        "conflict": 1,
        "limited": 1,
        "failed": 0,
        "p50_ms": 12,
        "p95_ms": 12,
        "bytes": 5600,
    }


def test_another_application_of_the_same_partner_is_its_own_too(metered: Metered) -> None:
    assert [r["calls"] for r in metered.get("/v1/usage", application=BATCH).body["items"]] == [1]


@pytest.mark.parametrize("theirs", [ELM, "internal", "unknown"])
def test_what_is_not_the_callers_own_is_as_unknown_as_what_was_never_there(
    metered: Metered, theirs: str
) -> None:
    missing = metered.get("/v1/usage", application="app_test_" + "0" * 20)
    answer = metered.get("/v1/usage", application=theirs)

    assert (
        (answer.status, answer.code)
        == (missing.status, missing.code)
        == (404, "application-not-found")
    )
    assert (
        answer.text.replace(theirs, "app_test_" + "0" * 20).split('"request_id"')[0]
        == (missing.text.split('"request_id"')[0])
    )


def test_people_of_the_partners_team_read_it_and_are_counted_together(metered: Metered) -> None:
    dora = OAK | {"kind": "developer", "principal": "dev_1"}
    metered.deliver(metered.line("d1", "developers", mode="test", principal="dev_1"))

    own = metered.get("/v1/usage", dora, application="developers").body["items"]
    of_web = metered.get("/v1/usage", dora, application=WEB).body["items"]
    theirs = metered.get("/v1/usage", dora, application=ELM)

    assert ([row["calls"] for row in own], [row["calls"] for row in of_web]) == ([1], [8])
    assert (theirs.status, theirs.code) == (404, "application-not-found")
    assert (
        metered.get("/v1/usage/statement", dora, month=metered.month).body["total"]["calls"] == 10
    )


def test_operators_read_every_partners_usage_and_what_belongs_to_nobody(metered: Metered) -> None:
    def calls(application: str) -> list[int]:
        answer = metered.get("/v1/usage", OPERATOR, application=application)
        return [row["calls"] for row in answer.body["items"]]

    assert (calls(WEB), calls(ELM), calls("unknown"), calls("internal")) == ([8], [1], [1], [])


def test_the_statement_adds_up_the_days_of_all_applications(metered: Metered) -> None:
    told = metered.get("/v1/usage/statement", month=metered.month).body

    assert [(row["application"], row["calls"]) for row in told["operations"]] == sorted(
        [(WEB, 8), (BATCH, 1)]
    )
    assert (told["total"]["calls"], told["total"]["limited"], told["corrections"]) == (9, 1, [])
    assert told["is_final"] is False
    rows = list(csv.DictReader(io.StringIO(told["csv"])))
    assert [(row["application"], int(row["calls"]), row["correction_of"]) for row in rows] == [
        (row["application"], row["calls"], "") for row in told["operations"]
    ]
    of_staff = metered.get("/v1/usage/statement", OPERATOR, month=metered.month, partner="oak")
    assert of_staff.body == told


def test_an_applications_part_of_the_statement_is_its_own_and_no_other_partners(
    metered: Metered, monkeypatch: pytest.MonkeyPatch
) -> None:
    def asked(**named: Any) -> Answer:
        return metered.get("/v1/usage/statement", month=metered.month, **named)

    part = asked(application=BATCH)
    foreign, missing = asked(application=ELM), asked(application=ELM[:-1] + "0")
    monkeypatch.setattr("insurance.dynamodb.usage.meter.ITEMS_MAX", 1)
    whole = asked()

    assert (part.body["application"], part.body["total"]["calls"]) == (BATCH, 1)
    assert {(each.status, each.code) for each in (foreign, missing)} == {
        (404, "application-not-found")
    }
    [fault] = whole.body["errors"]
    assert (whole.status, fault["pointer"], fault["code"]) == (422, "application", "required")


def test_another_partners_statement_is_as_unknown_as_nobodys(metered: Metered) -> None:
    answers = [
        metered.get("/v1/usage/statement", month=metered.month, partner=partner)
        for partner in ("elm", "fir")
    ]

    assert {(each.status, each.code) for each in answers} == {(404, "partner-not-found")}


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("/v1/usage", {}, "application"),
        ("/v1/usage", {"application": "x"}, "application"),
        ("/v1/usage", {"application": WEB, "since": "2026-11-31"}, "since"),
        ("/v1/usage", {"application": WEB, "since": "2027-01-02", "until": "2027-01-01"}, "until"),
        ("/v1/usage", {"application": WEB, "since": "2026-10-01", "until": "2027-01-01"}, "until"),
        ("/v1/usage/statement", {"month": "2026-13", "partner": "oak"}, "month"),
        ("/v1/usage/statement", {"month": "2026-11"}, "partner"),
    ],
)
def test_what_nobody_can_mean_is_refused_with_its_parameter(
    metered: Metered, path: str, query: dict[str, str], pointer: str
) -> None:
    answer = metered.get(path, OPERATOR, **query)

    assert (answer.status, answer.code) == (422, "invalid-fields")
    assert [fault["pointer"] for fault in answer.body["errors"]] == [pointer]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/usage", {"since": "2020-01-01", "until": "2020-01-31"}),
        ("/v1/usage/statement", {"month": "2020-01"}),
    ],
)
def test_what_is_so_old_is_no_longer_kept(
    metered: Metered, path: str, query: dict[str, Any]
) -> None:
    answer = metered.get(path, **query)

    assert (answer.status, answer.code) == (410, "usage-no-longer-kept")


def test_a_line_that_cannot_be_counted_is_set_aside_and_rings_and_the_rest_is_counted(
    metered: Metered,
) -> None:
    old = line("old", metered.now - timedelta(days=46))
    with (
        patch.object(telemetry, "count", wraps=telemetry.count) as counted,
        patch.object(telemetry.logger, "error") as logged,
    ):
        told = metered.deliver("broken", metered.line("c100"), old)

    assert told == {"counted": 1, "set_aside": 2}
    counted.assert_called_with("CallsSetAside", 2)
    assert logged.call_args.kwargs == {"stream": "a1", "lines": [f"{0:056}", "old"]}
    assert metered.get("/v1/usage").body["items"][0]["calls"] == 9


def test_pages_follow_on_each_other(metered: Metered) -> None:
    metered.deliver(metered.line("p1", resource="/v1/products"), metered.line("p2", resource="/x"))
    first = metered.get("/v1/usage", limit="2").body
    second = metered.get("/v1/usage", limit="2", after=first["next"]).body

    assert [row["operation"] for row in first["items"] + second["items"]] == [
        "getQuote",
        "listProducts",
        "none",
    ]
    assert "next" not in second
    other = metered.get("/v1/usage", after=first["next"], application=BATCH)
    assert (other.status, other.code) == (422, "invalid-fields")


def test_nothing_of_a_person_and_no_id_of_an_object_is_stored(
    metered: Metered, handlers: Platform
) -> None:
    person = {
        "application": WEB,
        "partner": "oak",
        "principal": "per_test_0123",
        "ip": "203.0.113.7",
    }
    place = {"resource": "/v1/quotes/quo_test_0123456789abcdef"}
    metered.deliver(
        line("x1", metered.now, **person, **place), line("x2", metered.now, subject="ann")
    )

    stored = json.dumps(handlers.backend.items("usage"), default=repr)
    for told in ("per_test_0123", "203.0.113.7", "quo_test_", "ann"):
        assert told not in stored
