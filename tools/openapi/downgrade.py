"""Schemas of OpenAPI 3.1, which is published, as OpenAPI 3.0.3, which API Gateway reads."""

from collections.abc import Callable
from typing import Any

type Json = dict[str, Any]
type Convert = Callable[[Any], Json]

# What 3.0.3 has and needs no change; anything unknown under a schema is refused.
_KEPT = frozenset(
    {
        *("default", "description", "enum", "example", "format", "nullable", "pattern", "required"),
        *("maxItems", "maxLength", "maxProperties", "maximum", "exclusiveMaximum", "multipleOf"),
        *("minItems", "minLength", "minProperties", "minimum", "exclusiveMinimum", "uniqueItems"),
        *("$ref", "type"),
    }
)
_DROPPED = frozenset(
    {
        "discriminator",  # API Gateway refuses it
        "propertyNames",  # 3.1 only; the handler checks keys
        "contentEncoding",
        "contentMediaType",
        "$schema",
        "deprecated",
        "readOnly",
        "writeOnly",
    }
)


class NotDowngradable(Exception):
    """The definition says something that OpenAPI 3.0.3 cannot."""


def downgraded(schema: Any) -> Any:
    """A 3.1 schema, or a boolean one, as 3.0.3 has it."""
    if isinstance(schema, bool):
        return schema
    out: Json = {}
    for key, value in schema.items():
        if key in _KEPT or key.startswith("x-"):
            out[key] = value
        elif key in _CONVERTED:
            out.update(_CONVERTED[key](value))
        elif key not in _DROPPED:
            raise NotDowngradable(f"the keyword {key} has no place in OpenAPI 3.0.3")
    for limit in ("minimum", "maximum"):
        _move_exclusive(out, limit)
    for limit in ("minimum", "maximum", "multipleOf"):
        if isinstance(out.get(limit), float) and out[limit].is_integer():
            out[limit] = int(out[limit])
    return _without_null(_typed(out))


def _each(key: str) -> Convert:
    return lambda value: {key: [downgraded(each) for each in value]}


def _nested(key: str) -> Convert:
    return lambda value: {key: downgraded(value)}


_CONVERTED: dict[str, Convert] = {
    "allOf": _each("allOf"),
    "anyOf": _each("anyOf"),
    "oneOf": _each("oneOf"),
    "items": _nested("items"),
    "not": _nested("not"),
    "additionalProperties": _nested("additionalProperties"),
    "properties": lambda value: {
        "properties": {name: downgraded(each) for name, each in value.items()}
    },
    "prefixItems": lambda value: {"items": _one_of_all(value)},
    "const": lambda value: {"enum": [value]},
    "examples": lambda value: {"example": value[0]},
}


def _move_exclusive(out: Json, limit: str) -> None:
    """`exclusiveMinimum: 0` is 3.1; 3.0.3 says `minimum: 0, exclusiveMinimum: true`."""
    key = f"exclusive{limit.capitalize()}"
    if key in out and not isinstance(out[key], bool):
        out[limit], out[key] = out[key], True


def _one_of_all(schemas: Any) -> Json:
    alternatives: list[Json] = []
    for each in schemas:
        converted = downgraded(each)
        if converted not in alternatives:
            alternatives.append(converted)
    return alternatives[0] if len(alternatives) == 1 else {"anyOf": alternatives}


def _typed(out: Json) -> Json:
    """`type: [string, "null"]` is 3.1; an enum without a type is untidy in both."""
    kind = out.get("type")
    if isinstance(kind, list):
        kinds = [each for each in kind if each != "null"]
        if len(kinds) != 1:
            raise NotDowngradable(f"a value of several types at once: {kind}")
        out["type"] = kinds[0]
        if "null" in kind:
            out["nullable"] = True
    if "enum" in out and "type" not in out and all(isinstance(v, str) for v in out["enum"]):
        out["type"] = "string"
    return out


NOTHING: Json = {"type": "object", "nullable": True, "enum": [None]}
"""Null and nothing else: `nullable` counts only beside a type, which a reference does not have."""


def _without_null(out: Json) -> Json:
    """`anyOf: [X, null]` becomes X and `nullable`; a reference cannot have neighbours in 3.0.3."""
    for key in ("anyOf", "oneOf"):
        if key not in out:
            continue
        others = [each for each in out[key] if each.get("type") != "null"]
        may_be_null = len(others) != len(out[key])
        del out[key]
        if len(others) == 1 and "type" in others[0]:
            out = {**others[0], **out} | ({"nullable": True} if may_be_null else {})
        elif others == [{}]:
            pass  # anything, null too
        elif may_be_null:
            out["anyOf"] = [*others, NOTHING]
        elif len(others) == 1:
            out["allOf"] = others
        else:
            out[key] = others
    if "$ref" in out and len(out) > 1:
        out["allOf"] = [{"$ref": out.pop("$ref")}]
    return out
