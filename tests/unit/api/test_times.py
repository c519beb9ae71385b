"""Dates and times are read as RFC 3339 writes them, and never as numbers of seconds."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from insurance.api.body import Request, read_request
from insurance.api.fields import Day, Instant
from insurance.api.headers import MalformedHeader, read_clock
from insurance.api.parameters import OptionalInstant, Parameters, read_parameters
from insurance.domain.core.errors import InvalidFields
from insurance.domain.core.identity import Mode
from pydantic import BaseModel

from tools.openapi.handlers import handlers

NUMBERS = ["0", "86400", "1700000000", "-5", "1e5", "20260701", "2026-W27-3"]
ARABIC_DIGITS = "".join(chr(0x660 + int(each)) if each.isdigit() else each for each in "2026-07-01")
OURS = ("day_as_written", "time_as_written", "_instant")


class SentRequest(Request):
    day: Day | None = None
    time: Instant | None = None


class SentParameters(Parameters):
    day: Day | None = None
    time: OptionalInstant = None


@pytest.mark.parametrize("sent", [*NUMBERS, "2026-07-01T00:00:00Z", ARABIC_DIGITS])
def test_a_number_is_no_date(sent: str) -> None:
    for refused in (
        lambda: read_request(f'{{"day": "{sent}"}}', SentRequest),
        lambda: read_parameters({"day": sent}, SentParameters),
    ):
        with pytest.raises(InvalidFields) as error:
            refused()
        assert [fault.code for fault in error.value.faults] == ["not-a-date"]


@pytest.mark.parametrize("sent", [*NUMBERS, "2026-07-01", "20260701T093000Z"])
def test_a_number_is_no_time(sent: str) -> None:
    for refused in (
        lambda: read_request(f'{{"time": "{sent}"}}', SentRequest),
        lambda: read_parameters({"time": sent}, SentParameters),
    ):
        with pytest.raises(InvalidFields) as error:
            refused()
        assert [fault.code for fault in error.value.faults] == ["not-a-time"]


@pytest.mark.parametrize("sent", [*NUMBERS, "2026-07-01", "20260701T093000Z"])
def test_a_number_is_no_clock(sent: str) -> None:
    with pytest.raises(MalformedHeader):
        read_clock(sent, Mode.TEST)


def test_dates_and_times_are_read() -> None:
    day, time = date(2026, 7, 1), datetime(2026, 7, 1, 9, 30, tzinfo=UTC)

    sent, _ = read_request(
        '{"day": "2026-07-01", "time": "2026-07-01t11:30:00.000+02:00"}', SentRequest
    )
    asked = read_parameters({"day": "2026-07-01", "time": "2026-07-01T09:30:00Z"}, SentParameters)

    assert (sent.day, sent.time) == (day, time)
    assert (asked.day, asked.time) == (day, time)


def inputs() -> Iterator[type[BaseModel]]:
    for handler in handlers():
        for route in handler.routes:
            for kind in route.inputs.values():
                if isinstance(kind, type) and issubclass(kind, Request | Parameters):
                    yield kind


def unread(node: Any, at: str, *, ours: bool = False) -> Iterator[str]:
    """Fields with a date or a time that pydantic alone reads."""
    if isinstance(node, list | tuple):
        for each in node:
            yield from unread(each, at, ours=ours)
    elif isinstance(node, dict):
        if node.get("type") in {"date", "datetime"} and not ours:
            yield at
        if node.get("type") == "function-before":
            ours = ours or node["function"]["function"].__name__ in OURS
        for name, inner in node.items():
            if name not in {"function", "serialization", "metadata", "cls", "ref"}:
                yield from unread(inner, f"{at}.{name}", ours=ours)


def test_every_date_and_time_of_a_call_is_read_so() -> None:
    looked_at = set()
    for kind in inputs():
        kind.model_rebuild(force=True)  # it is built at its first use
        schema = kind.__pydantic_core_schema__
        looked_at.add(kind)
        assert [*unread(schema, kind.__name__)] == []
    assert len(looked_at) > 60
