"""Whatever is sent, the answer is a 4xx or the right date, and nothing is half stored."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from local.stack import Stack
from tests.end_to_end.conftest import CallAs, Caller

type Json = dict[str, Any]


def with_answer(**answers: Any) -> Callable[[Json], Json]:
    def change(body: Json) -> Json:
        body["answers"] |= answers
        return body

    return change


def without(*path: str) -> Callable[[Json], Json]:
    def change(body: Json) -> Json:
        inner = body
        for name in path[:-1]:
            inner = inner[name]
        del inner[path[-1]]
        return body

    return change


def setting(**fields: Any) -> Callable[[Json], Json]:
    return lambda body: body | fields


def money(amount: Any, currency: Any = "GBP") -> Json:
    return {"amount": amount, "currency": currency}


BODIES = {
    "nothing": lambda _: {},
    "missing field": without("product"),
    "missing answer": without("answers", "annual_mileage"),
    "extra field": setting(colour="red"),
    "extra answer": with_answer(colour="red"),
    "unknown product": setting(product="personal_boat"),
    "wrong type": setting(answers="none"),
    "number for text": with_answer(registration=12),
    "text for number": with_answer(annual_mileage="8000"),
    "fraction for whole number": with_answer(annual_mileage=8000.5),
    "boolean for number": with_answer(annual_mileage=True),
    "null": with_answer(annual_mileage=None),
    "negative money": with_answer(vehicle_value=money(-1)),
    "fraction of a penny": with_answer(vehicle_value=money(0.5)),
    "money as text": with_answer(vehicle_value=money("1200000")),
    "too much money": with_answer(vehicle_value=money(10**18)),
    "unknown currency": with_answer(vehicle_value=money(1_200_000, "XXQ")),
    "another currency": with_answer(vehicle_value=money(1_200_000, "JPY")),
    "no drivers": with_answer(drivers=[]),
    "too many drivers": with_answer(
        drivers=[{"age": 35, "licence_years": 15, "convictions": 0}] * 5
    ),
    "drivers that are none": with_answer(drivers=["Ada"]),
    "unknown cover": setting(covers=["dragon_damage"]),
    "a date that is none": setting(start="2027-02-29"),
    "a month that is none": setting(start="2026-13-01"),
    "a date with a time": setting(start="2026-12-01T00:00:00Z"),
    "a date long gone": setting(start="1066-10-14"),
    "a date far off": setting(start="9999-12-31"),
    "a year of five digits": setting(start="12026-12-01"),
    "1 MB of text": setting(producer="x" * 1_000_000),
    "1 MB as an answer": with_answer(registration="x" * 1_000_000),
    "control characters": setting(policyholder={"name": "Ada\u0000Merton"}),
    "an empty name": setting(policyholder={"name": ""}),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_bad_quote_is_refused_and_leaves_nothing(
    stack: Stack, harbour: Caller, risk: Json, name: str
) -> None:
    before = stored(stack)

    answer = harbour.post("/v1/quotes", BODIES[name](copy.deepcopy(risk)))

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert stored(stack) == before


RAW = {
    "empty": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a word": b"null",
    "5,000 digits": b'{"product":' + b"9" * 5_000 + b"}",
    "5,000 digits of fraction": b'{"product":0.' + b"9" * 5_000 + b"}",
    "a huge exponent": b'{"product":1e999999999}',
    "100,000 brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 braces": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a name twice": b'{"product":"personal_motor","product":"personal_motor"}',
    "not UTF-8": b'{"product":"personal_motor\xff\xfe"}',
    "half a surrogate": b'{"product":"\\ud800"}',
    "not a number": b'{"product":NaN}',
    "infinity": b'{"product":Infinity}',
}


@pytest.mark.parametrize("name", RAW)
def test_a_body_that_is_hardly_json_is_refused_and_leaves_nothing(
    stack: Stack, harbour: Caller, name: str
) -> None:
    before = stored(stack)

    answer = harbour.post_raw("/v1/quotes", RAW[name])

    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert stored(stack) == before


def test_bytes_that_are_no_text_are_refused_wherever_they_stand(
    stack: Stack, harbour: Caller, risk: Json
) -> None:
    before = stored(stack)
    body = json.dumps(risk).encode().replace(b"Ada Merton", b"Ada \xff Merton")

    answer = harbour.post_raw("/v1/quotes", body)

    assert 400 <= answer.status_code < 500, answer.text
    assert stored(stack) == before


@pytest.mark.parametrize(
    "dates",
    [
        # Clocks go forward on 28 March 2027 and back on 31 October 2027, at 01:00 UTC.
        # A year on, they have gone forward on 26 March 2028 already.
        ("2027-03-28", "2027-03-20T09:00:00Z", "2027-03-28T00:00:00Z", "2028-03-27T23:00:00Z"),
        ("2027-03-29", "2027-03-20T09:00:00Z", "2027-03-28T23:00:00Z", "2028-03-28T23:00:00Z"),
        ("2027-10-31", "2027-10-20T09:00:00Z", "2027-10-30T23:00:00Z", "2028-10-31T00:00:00Z"),
        ("2027-11-01", "2027-10-20T09:00:00Z", "2027-11-01T00:00:00Z", "2028-11-01T00:00:00Z"),
        ("2028-02-29", "2028-02-20T09:00:00Z", "2028-02-29T00:00:00Z", "2029-0"),
    ],
)
def test_periods_are_right_on_leap_days_and_when_clocks_change(
    call_as: CallAs, risk: Json, dates: tuple[str, str, str, str]
) -> None:
    start, clock, begins, ends = dates
    caller = call_as("harbour-test", clock=clock)

    answer = caller.post("/v1/quotes/preview", risk | {"start": start})

    assert answer.status_code == 200, answer.text
    period = answer.json()["period"]
    assert period["start"] == begins
    assert period["end"].startswith(ends)


@pytest.mark.parametrize("clock", ["yesterday", "2026-11-24", "2026-11-24T09:00:00", "9999-01-01"])
def test_a_clock_that_is_none_is_a_400(call_as: CallAs, clock: str) -> None:
    caller = call_as("harbour-test", clock=clock)

    assert caller.get("/v1/products").status_code == 400


def stored(stack: Stack) -> dict[str, int]:
    """How many items each table of business holds."""
    tables = stack.dynamodb()
    names = ("QuotesTable", "PoliciesTable", "ClaimsTable", "EventsTable", "IdempotencyTable")
    return {
        name: sum(
            page["Count"]
            for page in tables.get_paginator("scan").paginate(
                TableName=stack.table(name), Select="COUNT"
            )
        )
        for name in names
    }
