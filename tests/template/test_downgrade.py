"""OpenAPI 3.1 to 3.0.3: every difference that pydantic makes use of."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from tools.openapi.downgrade import (
    NOTHING,
    NotDowngradable,
    downgraded,
    reachable,
    schema_names,
    without_nulls,
)

NAMES = {"B-Input": "BInput", "C": "C"}


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        pytest.param(
            {"anyOf": [{"type": "string"}, {"type": "null"}], "title": "T"},
            {"type": "string", "nullable": True},
            id="an optional value",
        ),
        pytest.param(
            {"anyOf": [{"$ref": "#/components/schemas/C"}, {"type": "null"}]},
            {"anyOf": [{"$ref": "#/components/schemas/C"}, NOTHING]},
            id="an optional reference",
        ),
        pytest.param(
            {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}, NOTHING]},
            id="several types or nothing",
        ),
        pytest.param(
            {"type": ["string", "null"]}, {"type": "string", "nullable": True}, id="a type list"
        ),
        pytest.param(
            {"type": "integer", "exclusiveMinimum": 0.0, "exclusiveMaximum": 10},
            {
                "type": "integer",
                "minimum": 0,
                "exclusiveMinimum": True,
                "maximum": 10,
                "exclusiveMaximum": True,
            },
            id="exclusive limits",
        ),
        pytest.param(
            {"type": "integer", "maximum": 5.0}, {"type": "integer", "maximum": 5}, id="a limit"
        ),
        pytest.param({"const": "GBP"}, {"type": "string", "enum": ["GBP"]}, id="a constant"),
        pytest.param(
            {"type": "string", "examples": ["a", "b"]},
            {"type": "string", "example": "a"},
            id="examples",
        ),
        pytest.param(
            {
                "type": "array",
                "prefixItems": [{"type": "string"}, {"type": "integer"}, {"type": "string"}],
                "minItems": 3,
                "maxItems": 3,
            },
            {
                "type": "array",
                "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
                "minItems": 3,
                "maxItems": 3,
            },
            id="a tuple",
        ),
        pytest.param(
            {"type": "object", "patternProperties": {"^a": {"type": "string"}}},
            {"type": "object", "additionalProperties": {"type": "string"}},
            id="keys of a form",
        ),
        pytest.param(
            {"$ref": "#/components/schemas/B-Input", "description": "D"},
            {"allOf": [{"$ref": "#/components/schemas/BInput"}], "description": "D"},
            id="a reference with a neighbour",
        ),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"type": "integer"}], "discriminator": {}},
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            id="a discriminator",
        ),
        pytest.param(
            {"type": "object", "properties": {"title": {"type": "string", "title": "Title"}}},
            {"type": "object", "properties": {"title": {"type": "string"}}},
            id="a property that is called title",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
            id="closed objects stay closed",
        ),
    ],
)
def test_a_newer_schema_becomes_an_older_one(newer: dict[str, Any], older: dict[str, Any]) -> None:
    assert downgraded(newer, NAMES) == older


def test_a_keyword_without_a_place_in_the_older_version_is_an_error() -> None:
    with pytest.raises(NotDowngradable, match="unevaluatedProperties"):
        downgraded({"type": "object", "unevaluatedProperties": False}, {})


def test_two_types_at_once_have_no_older_form() -> None:
    with pytest.raises(NotDowngradable):
        downgraded({"type": ["string", "integer"]}, {})


def test_schema_names_are_letters_and_digits_and_stay_apart() -> None:
    assert schema_names(["B-Input", "functions__quoting__app__Quote"]) == {
        "B-Input": "BInput",
        "functions__quoting__app__Quote": "Quote",
    }
    with pytest.raises(NotDowngradable, match="BInput"):
        schema_names(["B-Input", "B_Input"])


def test_only_what_is_used_is_kept() -> None:
    schemas = {"A": {"items": {"$ref": "#/components/schemas/B"}}, "B": {}, "C": {}}

    assert list(reachable(schemas, {"$ref": "#/components/schemas/A"})) == ["A", "B"]


def test_what_pydantic_writes_comes_out_whole() -> None:
    class Inner(BaseModel):
        model_config = ConfigDict(extra="forbid")
        amount: int = Field(gt=0, lt=10)

    class Outer(BaseModel):
        inner: Inner | None = None
        pair: tuple[int, str] | None = None
        more: dict[str, Inner] = {}

    _, definitions = models_json_schema(
        [(Outer, "validation")], ref_template="#/components/schemas/{model}"
    )
    names = schema_names(definitions["$defs"])

    outer = downgraded(definitions["$defs"]["Outer"], names)

    assert outer["properties"]["inner"] == {
        "anyOf": [{"$ref": "#/components/schemas/Inner"}, NOTHING],
    }
    assert "prefixItems" not in str(outer)
    assert "null'" not in str(outer)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"anyOf": [{"$ref": "#/a"}, NOTHING]}, {"$ref": "#/a"}),
        (
            {"anyOf": [{"$ref": "#/a"}, NOTHING], "description": "D"},
            {"allOf": [{"$ref": "#/a"}], "description": "D"},
        ),
        ({"type": "string", "nullable": True}, {"type": "string"}),
    ],
    ids=["a reference", "a reference with a neighbour", "a value"],
)
def test_an_answer_leaves_out_what_is_null(said: dict[str, Any], shown: dict[str, Any]) -> None:
    schema = {
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": said, "b": {"enum": [1]}},
    }

    assert without_nulls(schema) == {
        "type": "object",
        "required": ["b"],
        "properties": {"a": shown, "b": {"enum": [1]}},
    }
