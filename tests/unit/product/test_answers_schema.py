"""The JSON Schema of a product's answers says what the product itself accepts and refuses."""

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from insurance.domain.core.errors import InvalidFields
from insurance.domain.product import Product
from insurance.domain.product.answer_schema import answers_schema
from insurance.domain.product.definition.digit_patterns import between, decimals
from insurance.domain.product.publishing.scenarios import wire
from insurance.products import bundled, scenarios
from jsonschema import Draft202012Validator, FormatChecker

from tests.support.everything import everything
from tests.support.make import product
from tools.products.random_risks import random_risks

type Json = dict[str, Any]

TODAY = date(2026, 3, 1)
PRODUCTS = {**bundled(), "everything": Product(everything())}


@cache
def validator(sold: Product) -> Draft202012Validator:
    schema = answers_schema(sold, TODAY)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def is_taken(sold: Product, answers: Json) -> bool:
    """Whether the product reads these answers."""
    try:
        sold.read_answers(answers, answers, TODAY)
    except InvalidFields:
        return False
    return True


def risks_of(code: str) -> Iterator[tuple[str, Json, bool]]:
    """The answers of each scenario as they are sent, and whether the scenario has them refused."""
    sold, written = PRODUCTS[code], scenarios(code, PRODUCTS[code].version)
    questions = sold.scope.questions
    for one in written["scenarios"]:
        if {"table", "renew", "claim"} & one.keys():
            continue
        base = written["risks"][one.get("risk", "baseline")]
        changed = base["answers"] | one.get("with", {}).get("answers", {})
        answers = {
            name: wire(questions[name], answer) if name in questions else answer
            for name, answer in changed.items()
            if answer is not None
        }
        pointers = one["expect"].get("refused", [])
        yield one["name"], answers, any(each.startswith("/answers") for each in pointers)


@pytest.mark.parametrize("code", bundled())
def test_the_answers_of_every_scenario_stand_in_the_schema(code):
    """Each that is priced does, and each that is refused for its answers does not."""
    checked = list(risks_of(code))

    for name, answers, refused in checked:
        is_valid = validator(PRODUCTS[code]).is_valid({"answers": answers})
        assert is_valid is not refused, name
    assert len(checked) > 5


@pytest.mark.parametrize("code", PRODUCTS)
def test_what_the_product_reads_stands_in_the_schema(code):
    sold, checks = PRODUCTS[code], validator(PRODUCTS[code])
    count = 0
    for risk in random_risks(sold, Random(1), tries=300):  # noqa: S311 - not for a secret
        answers = risk.answers.to_json()
        if is_taken(sold, answers):  # no day of these is still to come
            assert not [*checks.iter_errors({"answers": answers})], answers
            count += 1
    assert count > 20


OTHER = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.integers(),
    st.sampled_from(
        ["", "  ", "two\nlines", "0.05", "-1", "1e3", "999999.9", "9.99", "Zz", "x" * 201]
    ),
    st.dates(date(1900, 1, 1), date(2210, 1, 1)).map(date.isoformat),
    st.sampled_from(["2026-02-30", "2026-03-02", "1919-12-31", "20260101", "2026-3-1"]),
    st.fixed_dictionaries(
        {"amount": st.integers(-10, 10**18), "currency": st.sampled_from(["GBP", "EUR"])}
    ),
    st.just({"amount": 1}),
    st.just([]),
    st.lists(st.just({}), min_size=1, max_size=22),
)
"""What somebody might send in place of an answer."""


def places_of(answers: Json) -> list[tuple[Any, ...]]:
    """Where in answers one can be another: also inside lists, and in money."""
    found: list[tuple[Any, ...]] = []
    for code, answer in answers.items():
        found.append((code,))
        if isinstance(answer, list):
            found += [
                (code, number, *inner)
                for number, item in enumerate(answer)
                for inner in places_of(item)
            ]
        if isinstance(answer, dict):
            found += [(code, field) for field in answer]
    return found


def mutated(answers: Json, place: tuple[Any, ...], other: Any, *, leave_out: bool) -> Json:
    changed = deepcopy(answers)
    parent: Any = changed
    for step in place[:-1]:
        parent = parent[step]
    if leave_out:
        del parent[place[-1]]
    else:
        parent[place[-1]] = other
    return changed


SEEDS: dict[str, list[Json]] = {
    code: [
        answers
        for risk in random_risks(sold, Random(7), tries=40)  # noqa: S311 - as above
        if is_taken(sold, answers := risk.answers.to_json())
    ]
    for code, sold in PRODUCTS.items()
}


@pytest.mark.parametrize("code", PRODUCTS)
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_what_the_product_refuses_is_not_in_the_schema(code, data):
    """Another type, outside the bounds, no choice, missing, unknown, not asked: in any place."""
    sold = PRODUCTS[code]
    answers = data.draw(st.sampled_from(SEEDS[code]))
    place = data.draw(st.sampled_from(places_of(answers)))
    other = data.draw(st.one_of(OTHER, st.just("unknown")))
    leave_out = data.draw(st.booleans()) and not data.draw(st.booleans())
    changed = mutated(answers, place, other, leave_out=leave_out)
    if other == "unknown":
        changed["never_asked"] = 1

    if not is_taken(sold, changed):
        assert not validator(sold).is_valid({"answers": changed})


CONDITIONS: dict[str, list[Json]] = {
    "rooms > 2": [{"rooms": 2}, {"rooms": 3}],
    "rooms >= 2.5 and rooms < 7": [{"rooms": 2}, {"rooms": 3}, {"rooms": 7}],
    "2 < rooms <= 4": [{"rooms": 2}, {"rooms": 3}, {"rooms": 5}],
    "not (alarm or rooms == 4)": [{"rooms": 4}, {"rooms": 5}, {"rooms": 5, "alarm": True}],
    "kind in ('flat', 'house')": [{"kind": "flat"}, {"kind": "boat"}],
    "kind not in ('flat', 'house')": [{"kind": "flat"}, {"kind": "boat"}],
    "worth > 100.5": [
        {"worth": {"amount": 10050, "currency": "GBP"}},
        {"worth": {"amount": 10051, "currency": "GBP"}},
    ],
    "height < 1.75": [{"height": "1.74"}, {"height": "1.7"}, {"height": "1.75"}, {"height": "2"}],
    "built >= '2000-01-01'": [{"built": "1999-12-31"}, {"built": "2000-01-01"}],
    "given(alarm) and alarm": [{}, {"alarm": True}, {"alarm": False}],
    "false": [{}],
    "kind != 'boat'": [{}, {"kind": "boat"}, {"kind": "house"}],
}
BEFORE: list[Json] = [
    {"code": "rooms", "type": "integer", "min": 0, "max": 9, "default": 1},
    {"code": "alarm", "type": "boolean", "required": False},
    {"code": "kind", "type": "choice", "choices": ["flat", "house", "boat"], "default": "flat"},
    {"code": "worth", "type": "money", "min": 0, "max": 1000, "default": 5},
    {"code": "height", "type": "decimal", "places": 2, "min": 0, "max": "3", "default": "1.50"},
    {"code": "built", "type": "date", "default": "1990-01-01"},
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_is_asked_by_the_schema_as_the_product_asks_it(condition):
    alarm = {**BEFORE[1], "required": True, "default": False}
    before = [*BEFORE] if "given" in condition else [BEFORE[0], alarm, *BEFORE[2:]]
    before[4] = {**before[4], "max": 3}
    asked = {"code": "more", "type": "text", "visible_when": condition}
    sold = product(questions=[*before, asked])

    seen = set()
    for answers in CONDITIONS[condition]:
        for sent in (answers, {**answers, "more": "yes"}, {**answers, "more": None}):
            taken = is_taken(sold, sent)
            assert validator(sold).is_valid({"answers": sent}) is taken, sent
            seen.add(taken)
    assert seen == {True, False}
    assert "x-asked-when" not in str(answers_schema(sold, TODAY))


def test_a_condition_that_a_schema_cannot_ask_is_said_in_words():
    """The schema then leaves the answer open; the product decides."""
    asked = {"code": "more", "type": "text", "visible_when": "rooms * 2 > 5"}
    sold = product(questions=[*BEFORE[:1], asked])

    more = answers_schema(sold, TODAY)["properties"]["answers"]["properties"]["more"]

    assert more["x-asked-when"] == "rooms * 2 > 5"
    assert validator(sold).is_valid({"answers": {"rooms": 1}})


def test_only_what_is_always_needed_is_required():
    answers = answers_schema(PRODUCTS["life_and_illness"], TODAY)["properties"]["answers"]

    assert "sum_assured" in answers["required"]
    assert {"cigarettes", "heart_condition"}.isdisjoint(answers["required"])


def test_a_default_is_json_as_an_answer_would_be():
    motor = answers_schema(PRODUCTS["personal_motor"], TODAY)["properties"]["answers"]["properties"]

    assert motor["voluntary_excess"]["default"] == {"amount": 0, "currency": "GBP"}
    assert motor["cover_type"]["default"] == "comprehensive"


def test_the_covers_that_may_be_chosen_are_in_the_schema():
    """Also when they may be: of protected no-claims years the product asks four."""
    sold = PRODUCTS["personal_motor"]
    risk = {**SEEDS["personal_motor"][0], "no_claims_years": 3}
    checks = validator(sold)

    assert checks.is_valid({"answers": risk, "covers": ["courtesy_car"]})
    assert not checks.is_valid({"answers": risk, "covers": ["windscreen"]})
    assert not checks.is_valid({"answers": risk, "covers": ["protected_ncd"]})
    assert checks.is_valid({"answers": {**risk, "no_claims_years": 4}, "covers": ["protected_ncd"]})


def test_the_territories_are_in_the_schema():
    checks = validator(PRODUCTS["everything"])

    assert checks.is_valid(
        {"answers": {"name": "X", "people": 1, "worth": amount(1)}, "territory": "IE"}
    )
    assert not checks.is_valid(
        {"answers": {"name": "X", "people": 1, "worth": amount(1)}, "territory": "FR"}
    )


def amount(minor: int) -> Json:
    return {"amount": minor, "currency": "GBP"}


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_digits_between_two_bounds_are_those_between_them(one, two, other):
    low, high = sorted((one, two))
    pattern = between(f"{low:07}", f"{high:07}")

    assert bool(re.fullmatch(pattern, f"{other:07}")) is (low <= other <= high)


NUMBER = st.decimals(-1000, 1000, places=2)


@given(NUMBER, NUMBER, st.decimals(-1100, 1100, places=2))
def test_decimals_between_two_bounds_are_those_between_them(one, two, other):
    low, high = sorted((one, two))
    pattern = decimals(low, high, places=2)

    for text in {f"{other:.2f}", format(other.normalize(), "f")}:
        if Decimal(text).is_zero() and text.startswith("-"):
            continue
        assert bool(re.fullmatch(pattern, text)) is (low <= other <= high), (text, pattern)
    assert not re.fullmatch(pattern, "1.234")


BORN: Json = {"code": "born", "type": "date", "min": "1920-01-01", "max": "today"}


@pytest.mark.parametrize(
    "questions",
    [[BORN], [{"code": "people", "type": "list", "fields": [BORN]}]],
    ids=["a question", "a field of a list"],
)
def test_a_day_that_must_have_passed_is_refused_while_it_is_to_come(questions):
    sold = product(questions=questions)

    def sent(day: date) -> Json:
        born: Json = {"born": day.isoformat()}
        return {"people": [born]} if questions[0]["code"] == "people" else born

    tomorrow = TODAY + timedelta(days=1)
    assert sold.read_answers(sent(TODAY), sent(TODAY), TODAY)
    with pytest.raises(InvalidFields) as refused:
        sold.read_answers(sent(tomorrow), sent(tomorrow), TODAY)
    assert [fault.code for fault in refused.value.faults] == ["in-the-future"]
    assert validator(sold).is_valid({"answers": sent(TODAY)})
    assert not validator(sold).is_valid({"answers": sent(tomorrow)})
    assert sold.read_answers(sent(tomorrow)), "what is stored was read before"


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        (r"[A-Z]{2}\d+(?:-[0-9]{1,3})?", "pattern"),
        (r"(A|B)[^x\]]*", "pattern"),
        (r"(?P<year>[0-9]+)", "x-pattern"),
        (r"(?i)abc", "x-pattern"),
        (r"[A-Z]{,3}", "x-pattern"),
        (r"[A-Z]++", "x-pattern"),
        (r"\AABC\Z", "x-pattern"),
    ],
)
def test_a_pattern_that_other_dialects_read_otherwise_is_told_apart(pattern, word):
    sold = product(questions=[{"code": "mark", "type": "text", "pattern": pattern}])

    mark = answers_schema(sold, TODAY)["properties"]["answers"]["properties"]["mark"]

    assert pattern in mark[word]
