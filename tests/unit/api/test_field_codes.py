"""Field codes: one catalogue, one spelling, plain words; and nobody is born in the future."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest
from insurance.api.body import Request, read_request
from insurance.api.field_faults import FORMS, KINDS, form_of
from insurance.api.fields import Day, Iban, PositiveMoney
from insurance.domain.core.errors import InvalidFields
from insurance.domain.party.birth import BirthDate
from pydantic import Field

from tests.support.definition import definition
from tools.openapi.forms import PLAIN_TEXT
from tools.openapi.schemas import reachable
from tools.problems.catalogue import field_codes

ROOT = Path(__file__).resolve().parents[3]
SOURCES = [*ROOT.glob("layers/common/insurance/**/*.py"), *ROOT.glob("functions/*/*.py")]
NOW = datetime(2027, 1, 1, 9, tzinfo=UTC)
SEEN_BY_TYPE = {kind.code for kind in KINDS.values()} | {"one-of", "wrong-form"}


def codes_in(source: Path) -> Iterator[str]:
    """Codes that are written where a fault is made; a choice of two is a tuple before it. What a check of a row finds stands behind
    the check."""
    tree = ast.parse(source.read_text("utf-8"))
    for node in ast.walk(tree):
        yield from codes_of_checks(node)
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        place = {"FieldFault": 1, "_refused": 1, "PydanticCustomError": 0}.get(name)
        if place is not None and len(node.args) > place:
            given = node.args[place]
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                yield given.value.replace("_", "-") if place == 0 else given.value


def codes_of_checks(node: ast.AST) -> Iterator[str]:
    entries = node.elts if isinstance(node, ast.Tuple) else getattr(node, "args", None)
    match entries:
        case [ast.Attribute(value=ast.Name(id="Check")), ast.Constant(value=str(code)), *_]:
            yield code


def test_every_code_that_is_given_is_in_the_catalogue_and_none_beside():
    given = {code for source in SOURCES for code in codes_in(source)} | SEEN_BY_TYPE

    assert given == field_codes().keys()


def test_codes_are_spelt_alike():
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in field_codes())


class Sample(Request):
    """One field of each kind."""

    number: int = Field(0, ge=1, le=9)
    text: str = Field("", min_length=2, max_length=3)
    code: str = Field("ab", pattern="^[a-z][a-z0-9_]{0,63}$")
    flag: bool = False
    kind: Literal["a", "b"] = "a"
    day: Day = date(2027, 1, 1)
    born: BirthDate | None = None
    account: Iban | None = None
    money: PositiveMoney | None = None
    many: list[int] = Field([], min_length=0, max_length=1)
    either: int | Literal["all"] = 1


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({"number": "1"}, [("/number", "not-an-integer")]),
        ({"number": 0}, [("/number", "too-small")]),
        ({"number": 10}, [("/number", "too-large")]),
        ({"text": "a"}, [("/text", "too-short")]),
        ({"text": "abcd"}, [("/text", "too-long")]),
        ({"text": 1}, [("/text", "not-text")]),
        ({"code": "A-b"}, [("/code", "wrong-form")]),
        ({"flag": "yes"}, [("/flag", "not-a-boolean")]),
        ({"kind": "c"}, [("/kind", "not-a-choice")]),
        ({"day": "tomorrow"}, [("/day", "not-a-date")]),
        ({"day": "2500-01-01"}, [("/day", "out-of-range")]),
        ({"born": "2030-02-01"}, [("/born", "in-the-future")]),
        ({"born": "2027-01-02"}, [("/born", "in-the-future")]),
        ({"born": "1700-01-01"}, [("/born", "out-of-range")]),
        ({"account": "GB00BUKB20201555555555"}, [("/account", "wrong-form")]),
        ({"money": {"amount": 0, "currency": "GBP"}}, [("/money", "too-small")]),
        ({"money": {"currency": "GBP"}}, [("/money/amount", "required")]),
        ({"money": 3}, [("/money", "not-an-object")]),
        ({"many": [1, 2]}, [("/many", "too-many")]),
        ({"many": ["1"]}, [("/many/0", "not-an-integer")]),
        ({"many": 1}, [("/many", "not-a-list")]),
        ({"either": "some"}, [("/either", "not-an-integer"), ("/either", "not-a-choice")]),
        ({"a/b~c": 1}, [("/a~1b~0c", "unknown")]),
    ],
    ids=lambda each: json.dumps(each)[:40],
)
def test_each_fault_has_a_code_of_the_catalogue_and_a_pointer_into_what_was_sent(
    sent: dict[str, Any], faults: list[tuple[str, str]]
):
    with pytest.raises(InvalidFields) as refused:
        read_request(json.dumps(sent), Sample, NOW)

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == faults
    for fault in refused.value.faults:
        assert fault.code in field_codes()
        assert fault.detail.endswith(".")
        assert not re.search(r"[\^$\\]|\[a-z|Value error|Input should", fault.detail), fault.detail


def test_somebody_is_born_today_where_the_day_begins_first():
    request, _ = read_request('{"born": "2027-01-01"}', Sample, NOW)

    assert request.born == date(2027, 1, 1)


def test_every_pattern_that_callers_must_keep_to_is_put_in_words():
    """By the definition: what is sent, in bodies and in parameters. Control characters are refused before any field,
    and a cursor that no list gave for what it is."""
    published = definition()
    operations = [each for item in published["paths"].values() for each in item.values()]
    bodies = [operation.get("requestBody", {}) for operation in operations]
    sent = reachable(published["components"]["schemas"], bodies)
    asked = [
        parameter
        for operation in operations
        for parameter in operation["parameters"]
        if parameter["in"] == "query" and parameter["name"] != "after"
    ]
    found = set(patterns_in([*sent.values(), *asked])) - {PLAIN_TEXT}

    assert len(found) >= 15
    assert not [each for each in found if "definition of the API" in form_of(each)]
    assert all(words.endswith(".") for words in FORMS.values())


def patterns_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str):
            yield value["pattern"]
        for key, each in value.items():
            yield from patterns_in(each) if key != "propertyNames" else ()
    elif isinstance(value, list):
        for each in value:
            yield from patterns_in(each)
