"""Limits of schemas: from what the models hold to, and never invented for what callers send."""

from typing import Any

import pytest

from tools.openapi.forms import PLAIN_TEXT
from tools.openapi.limits import bounded, limited


@pytest.mark.parametrize(
    ("said", "longest"),
    [
        ({"pattern": "^[a-z][a-z0-9_]{0,63}$"}, 64),
        ({"pattern": "^[a-z]+$"}, None),
        ({"format": "date"}, 10),
        ({"maxLength": 7, "pattern": "^a{0,9}$"}, 7),
        ({}, None),
    ],
    ids=["a pattern", "an endless pattern", "a format", "its own", "nothing"],
)
def test_a_text_is_as_long_as_its_form_lets_it_be(said: dict[str, Any], longest: int | None):
    assert limited({"type": "string", **said}).get("maxLength") == longest


def test_a_text_that_is_sent_has_no_control_characters():
    assert limited({"type": "string", "maxLength": 9})["pattern"] == PLAIN_TEXT
    assert "pattern" not in limited({"type": "string", "format": "date"})
    assert "pattern" not in limited({"type": "string", "enum": ["a"]})


def test_values_are_no_schemas():
    schema = {"type": "object", "example": {"type": "string"}, "default": {"type": "array"}}

    assert limited(dict(schema)) == schema


def test_a_field_of_an_answer_has_the_form_of_its_name_and_keeps_what_it_says_itself():
    answer = bounded(
        "ClaimView",
        {
            "properties": {
                "policy_id": {"type": "string"},
                "narrative": {"type": "string", "maxLength": 5},
                "revision": {"type": "integer"},
                "payments": {"type": "array", "items": {"type": "object"}},
                "unknown": {"type": "string"},
            }
        },
    )["properties"]

    assert answer["policy_id"]["pattern"].startswith("^pol_")
    assert answer["policy_id"]["maxLength"] == len("pol_test_") + 16
    assert answer["narrative"]["maxLength"] == 5
    assert answer["revision"] == {
        "type": "integer",
        "format": "int64",
        "minimum": 0,
        "maximum": 10**9,
    }
    assert answer["payments"]["maxItems"] == 50
    assert answer["unknown"] == {"type": "string"}


def test_a_list_of_an_enumeration_has_each_value_once():
    answer = bounded(
        "AnyView",
        {
            "properties": {
                "marks": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}
            }
        },
    )

    assert answer["properties"]["marks"]["maxItems"] == 2
