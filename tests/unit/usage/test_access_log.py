"""Lines of the access log, read."""

import json
from typing import Any

import pytest
from insurance.access_log import Unreadable, operation_ids, read_delivery, read_line
from insurance.domain.core.identity import Mode
from insurance.domain.usage.call import DEVELOPERS, UsageAccount

from tests.support.access_log import AT, ELM_WEB, OAK_WEB, as_written, delivery, line
from tests.support.definition import definition

CHOSEN = (
    '"',
    "\\",
    '\\"',
    "\n",
    "}",
    f'","application":"{ELM_WEB}',
    '","call_id":"c2","status":"100',
    '","resource":"/v1/quotes","x":"',
    '","x":' + "[" * 5000,
    '","x":' + "9" * 5000,
    '"}',
    '"} {"',
)
"""What a caller may choose for a part of a line."""
STAFF = {"application": "-", "partner": "-"}


def test_a_line_says_who_called_what_when_and_how_it_was_answered() -> None:
    call = read_line(json.dumps(line("c1", status="422", bytes="41", latency_ms="9")), "e1")

    assert (call.id, call.at, call.account) == ("c1", AT, UsageAccount(OAK_WEB, "oak", Mode.TEST))
    assert (call.operation, call.status, call.latency_ms, call.bytes) == ("getQuote", 422, 9, 41)


def test_a_call_is_known_by_the_gateways_id_and_else_by_the_log_events() -> None:
    """`request_id` may be the caller's own: who sends the same one again is counted again."""
    one, two = line("c1", request_id="mine"), line("c2", request_id="mine")

    assert [read_line(json.dumps(each), "e1").id for each in (one, two)] == ["c1", "c2"]
    assert read_line(json.dumps(line("-")), "e1").id == "e1"


@pytest.mark.parametrize(
    ("changes", "account"),
    [
        ({"subject": "9a7c"}, "internal"),
        ({"kind": "staff", "principal": "9a7c"}, "internal"),
        ({}, "unknown"),
        ({"application": 'app_x"', "partner": "oak"}, "unknown"),
        ({"application": OAK_WEB, "partner": "-"}, "unknown"),
        ({"application": "developers", "partner": "oak", "mode": "-"}, "unknown"),
    ],
)
def test_what_no_application_calls_is_counted_apart(changes: dict[str, Any], account: str) -> None:
    assert read_line(json.dumps(line("c1", **{**STAFF, **changes})), "e1").account == UsageAccount(
        account
    )


def test_people_of_a_team_are_counted_together() -> None:
    told: dict[str, Any] = {"application": "developers", "partner": "oak", "mode": "live"}

    call = read_line(json.dumps(line("c1", **told)), "e1")

    assert call.account == UsageAccount(DEVELOPERS, "oak", Mode.LIVE)


@pytest.mark.parametrize(
    ("method", "resource"),
    [("GET", "/v1/quotes/quo_test_0123456789abcdef"), ("DELETE", "/v1/quotes"), ("GET", "-")],
)
def test_a_path_or_method_that_there_is_not_is_no_operation(method: str, resource: str) -> None:
    """And what callers write there is kept nowhere."""
    assert (
        read_line(json.dumps(line("c1", method=method, resource=resource)), "e").operation == "none"
    )


def test_every_operation_of_the_definition_has_its_name() -> None:
    published = definition()
    declared = {
        f"{method.upper()} {path}": operation["operationId"]
        for path, item in published["paths"].items()
        for method, operation in item.items()
        if "operationId" in operation
    }

    assert operation_ids() == declared


@pytest.mark.parametrize(
    "text",
    [
        "no JSON",
        "[]",
        "3",
        '{"request_id":"1"}',
        json.dumps(line("c1", method="GET")).replace('"GET"', '"GET","status":"200"'),
        json.dumps(line("c1", time="-")),
        json.dumps(line("c1", time="9" * 15)),
        json.dumps(line("c1", status="-")),
        json.dumps(line("c1", status="99")),
        json.dumps(line("c1", latency_ms="-3")),
        json.dumps(line("c1", bytes="1e3")),
        json.dumps({**line("c1"), "application": None}),
        "[" * 5000,
    ],
)
def test_a_line_that_says_too_little_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        read_line(text, "e1")


@pytest.mark.parametrize("chosen", CHOSEN)
@pytest.mark.parametrize("member", ["principal", "request_id", "trace_id"])
def test_what_a_caller_writes_into_a_line_keeps_no_call_off_the_meter(
    member: str, chosen: str
) -> None:
    """The gateway escapes nothing."""
    broken = as_written(line("c1"), **{member: chosen})

    assert read_line(broken, "e1") == read_line(json.dumps(line("c1")), "e1")


@pytest.mark.parametrize("chosen", CHOSEN)
def test_a_path_that_breaks_a_line_is_counted_as_no_operation(chosen: str) -> None:
    call = read_line(as_written(line("c1"), resource=f"/v1/nothing{chosen}"), "e1")

    assert (call.id, call.operation, call.status) == ("c1", "none", 200)
    assert call.account == UsageAccount(OAK_WEB, "oak", Mode.TEST)


def test_a_line_of_the_order_before_is_read_as_it_was() -> None:
    """It may come again for 45 days."""
    told = line("c1")
    before = {"request_id": told.pop("request_id"), "trace_id": told.pop("trace_id"), **told}

    assert read_line(json.dumps(before), "e1") == read_line(json.dumps(line("c1")), "e1")


def test_of_a_delivery_what_can_be_read_is_read() -> None:
    batch = read_delivery(delivery([line("c1"), "broken", line("c2", application=ELM_WEB)]))

    assert batch.stream == "a1"
    assert [call.id for call in batch.calls] == ["c1", "c2"]
    assert batch.unreadable == (f"{1:056}",)


def test_a_message_that_only_looks_whether_the_function_is_there_has_no_calls() -> None:
    probe: dict[str, Any] = delivery(["CWL CONTROL MESSAGE"], kind="CONTROL_MESSAGE")

    assert read_delivery(probe)[1:] == ((), ())
