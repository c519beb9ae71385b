"""OpenAPI 3.1 to 3.0.3: every difference that pydantic makes use of."""

from typing import Any

import pytest

from tools.openapi.downgrade import NOTHING, NotDowngradable, downgraded


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        pytest.param(
            {"anyOf": [{"type": "string"}, {"type": "null"}]},
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
            {"$ref": "#/components/schemas/BInput", "description": "D"},
            {"allOf": [{"$ref": "#/components/schemas/BInput"}], "description": "D"},
            id="a reference with a neighbour",
        ),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"type": "integer"}], "discriminator": {}},
            {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            id="a discriminator",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": False},
            {"type": "object", "additionalProperties": False},
            id="closed objects stay closed",
        ),
    ],
)
def test_a_newer_schema_becomes_an_older_one(newer: dict[str, Any], older: dict[str, Any]) -> None:
    assert downgraded(newer) == older


def test_a_keyword_without_a_place_in_the_older_version_is_an_error() -> None:
    with pytest.raises(NotDowngradable, match="unevaluatedProperties"):
        downgraded({"type": "object", "unevaluatedProperties": False})


def test_two_types_at_once_have_no_older_form() -> None:
    with pytest.raises(NotDowngradable):
        downgraded({"type": ["string", "integer"]})
