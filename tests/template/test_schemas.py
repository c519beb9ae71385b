"""Schemas of the published definition: one name each, without nulls in answers."""

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import models_json_schema

from tools.openapi.schemas import (
    NULL,
    REFERENCE,
    NameTaken,
    cleaned,
    reachable,
    schema_names,
    with_named_parts,
    without_nulls,
)

type Json = dict[str, Any]


def reference(name: str) -> Json:
    return {"$ref": REFERENCE + name}


def test_schema_names_are_letters_and_digits_and_stay_apart() -> None:
    assert schema_names(["B-Input", "functions__quoting__app__Quote"]) == {
        "B-Input": "BInput",
        "functions__quoting__app__Quote": "Quote",
    }
    with pytest.raises(NameTaken, match="BInput"):
        schema_names(["B-Input", "B_Input"])


def test_only_what_is_used_is_kept() -> None:
    schemas: Json = {"A": {"items": reference("B")}, "B": {}, "C": {}}

    assert list(reachable(schemas, reference("A"))) == ["A", "B"]


def test_what_pydantic_writes_comes_out_under_our_names_and_without_its_titles() -> None:
    class Inner(BaseModel):
        model_config = ConfigDict(extra="forbid")
        amount: int = Field(gt=0, lt=10)

    class Outer(BaseModel):
        inner: Inner | None = None
        title: str
        more: dict[str, Inner] = {}

    _, definitions = models_json_schema([(Outer, "validation")], ref_template=REFERENCE + "{model}")

    outer = cleaned(definitions["$defs"]["Outer"], {"Inner": "Within"})

    assert outer["properties"]["inner"] == {"anyOf": [reference("Within"), NULL]}
    assert outer["properties"]["title"] == {"type": "string"}
    assert outer["properties"]["more"]["additionalProperties"] == reference("Within")


def test_keys_of_a_form_are_said_once_for_tools_that_know_no_pattern_of_properties() -> None:
    said = {"type": "object", "patternProperties": {"^a": {"type": "string"}}}

    assert cleaned(said, {}) == {
        "type": "object",
        "propertyNames": {"pattern": "^a"},
        "additionalProperties": {"type": "string"},
    }


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"anyOf": [reference("A"), NULL]}, reference("A")),
        (
            {"anyOf": [reference("A"), NULL], "description": "D"},
            {**reference("A"), "description": "D"},
        ),
        ({"anyOf": [{"type": "string"}, NULL]}, {"type": "string"}),
        (
            {"anyOf": [{"type": "string"}, {"type": "integer"}, NULL]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        ({}, {}),
    ],
    ids=["a reference", "a reference with a neighbour", "a value", "several types", "any value"],
)
def test_an_answer_leaves_out_what_is_null(said: Json, shown: Json) -> None:
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


def test_a_part_that_generators_would_name_has_the_name_of_its_owner_and_field() -> None:
    said: Json = {"type": "string", "enum": ["a"]}
    named = with_named_parts(
        {
            "RefundDecisionRequest": {"properties": {"decision": dict(said)}},
            "Closure": {
                "properties": {
                    "reason": {**said, "default": "a"},
                    "marks": {"type": "array", "items": dict(said)},
                    "holds": {"items": {"type": "object", "properties": {"kind": dict(said)}}},
                }
            },
        }
    )

    assert named["RefundDecisionRequest"]["properties"] == {"decision": reference("RefundDecision")}
    assert named["Closure"]["properties"] == {
        "reason": {**reference("ClosureReason"), "default": "a"},
        "marks": {"type": "array", "items": reference("ClosureMark")},
        "holds": {"items": reference("ClosureHold")},
    }
    assert named["ClosureHold"]["properties"] == {"kind": reference("ClosureHoldKind")}
    assert named["ClosureHoldKind"] == said


def test_a_part_that_says_what_a_schema_of_its_name_says_is_that_schema() -> None:
    values = {"type": "string", "enum": ["a", "b"]}
    named = with_named_parts(
        {
            "NoticeRequest": {"properties": {"channel": {**values, "default": "a"}}},
            "FileRequest": {"properties": {"kind": {"type": "string", "enum": ["a"]}}},
            "NoticeChannel": dict(values),
            "FileKind": dict(values),
        }
    )

    assert named["NoticeRequest"]["properties"] == {
        "channel": {**reference("NoticeChannel"), "default": "a"}
    }
    assert named["FileRequest"]["properties"] == {"kind": reference("FileRequestKind")}
    assert named["FileRequestKind"]["enum"] == ["a"]


def test_a_part_with_the_name_of_another_schema_is_an_error() -> None:
    said: Json = {"type": "string", "enum": ["a"]}

    with pytest.raises(NameTaken, match="ClosureReason"):
        with_named_parts({"Closure": {"properties": {"reason": said}}, "ClosureReason": {}})
    with pytest.raises(NameTaken, match="ClosureReason"):
        with_named_parts(
            {
                "Closure": {"properties": {"reason": dict(said)}},
                "ClosureRequest": {"properties": {"reason": dict(said)}},
            }
        )
