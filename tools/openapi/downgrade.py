"""OpenAPI 3.1, which Powertools and pydantic write, as OpenAPI 3.0.3, which API Gateway reads."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

type Json = dict[str, Any]
type Convert = Callable[[Any, dict[str, str]], Json]

_REFERENCE = "#/components/schemas/"
# What 3.0.3 has and needs no change; anything unknown under a schema is refused.
_KEPT = frozenset(
    {
        *("default", "description", "enum", "example", "format", "nullable", "pattern", "required"),
        *("maxItems", "maxLength", "maxProperties", "maximum", "exclusiveMaximum", "multipleOf"),
        *("minItems", "minLength", "minProperties", "minimum", "exclusiveMinimum", "uniqueItems"),
        "type",
    }
)
_DROPPED = frozenset(
    {
        "title",  # pydantic repeats the name
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
    """The handlers say something that OpenAPI 3.0.3 cannot."""


def schema_names(names: Iterable[str]) -> dict[str, str]:
    """Each schema's name in letters and digits, as API Gateway wants them; never two alike."""
    renamed: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"[^A-Za-z0-9]", "", name.rpartition("__")[2] or name)
        if plain in renamed.values():
            raise NotDowngradable(f"two schemas would be called {plain}")
        renamed[name] = plain
    return renamed


def downgraded(schema: Any, names: dict[str, str]) -> Any:
    """A 3.1 schema, or a boolean one, as 3.0.3 has it."""
    if isinstance(schema, bool):
        return schema
    out: Json = {}
    for key, value in schema.items():
        if key in _KEPT or key.startswith("x-"):
            out[key] = value
        elif key in _CONVERTED:
            out.update(_CONVERTED[key](value, names))
        elif key not in _DROPPED:
            raise NotDowngradable(f"the keyword {key} has no place in OpenAPI 3.0.3")
    if out.get("default", ...) is None:
        del out["default"]  # says no more than that the value may be left out
    for limit in ("minimum", "maximum"):
        _move_exclusive(out, limit)
    for limit in ("minimum", "maximum", "multipleOf"):
        if isinstance(out.get(limit), float) and out[limit].is_integer():
            out[limit] = int(out[limit])
    return _without_null(_typed(out))


def _each(key: str) -> Convert:
    return lambda value, names: {key: [downgraded(each, names) for each in value]}


def _nested(key: str) -> Convert:
    return lambda value, names: {key: downgraded(value, names)}


_CONVERTED: dict[str, Convert] = {
    "$ref": lambda value, names: {"$ref": _REFERENCE + names[value.removeprefix(_REFERENCE)]},
    "allOf": _each("allOf"),
    "anyOf": _each("anyOf"),
    "oneOf": _each("oneOf"),
    "items": _nested("items"),
    "not": _nested("not"),
    "additionalProperties": _nested("additionalProperties"),
    "properties": lambda value, names: {
        "properties": {name: downgraded(each, names) for name, each in value.items()}
    },
    "patternProperties": lambda value, names: {
        "additionalProperties": _one_of_all(value.values(), names)
    },
    "prefixItems": lambda value, names: {"items": _one_of_all(value, names)},
    "const": lambda value, _: {"enum": [value]},
    "examples": lambda value, _: {"example": value[0]},
}


def _move_exclusive(out: Json, limit: str) -> None:
    """`exclusiveMinimum: 0` is 3.1; 3.0.3 says `minimum: 0, exclusiveMinimum: true`."""
    key = f"exclusive{limit.capitalize()}"
    if key in out and not isinstance(out[key], bool):
        out[limit], out[key] = out[key], True


def _one_of_all(schemas: Any, names: dict[str, str]) -> Json:
    alternatives: list[Json] = []
    for each in schemas:
        converted = downgraded(each, names)
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


def without_nulls(schema: Json) -> Json:
    """An answer's schema: what is null is left out, so it is neither nullable nor required."""
    properties = schema.get("properties", {})
    absent = {
        name
        for name, each in properties.items()
        if each.get("nullable")
        or NOTHING in each.get("anyOf", ())
        or not each.keys() - {"description", "example"}  # any value, or none
    }
    shown: Json = _not_nullable(schema)
    if absent & set(schema.get("required", ())):
        shown["required"] = [name for name in schema["required"] if name not in absent]
        if not shown["required"]:
            del shown["required"]
    return shown


def _not_nullable(value: Any) -> Any:
    """Also inside lists and maps; a reference that had nothing but null beside it comes out."""
    if isinstance(value, list):
        return [_not_nullable(each) for each in value]
    if not isinstance(value, dict):
        return value
    if NOTHING in value.get("anyOf", ()):
        others = [each for each in value["anyOf"] if each != NOTHING]
        rest = {key: each for key, each in value.items() if key != "anyOf"}
        if len(others) > 1:
            value = {**rest, "anyOf": others}
        else:
            value = {**rest, "allOf": others} if rest else others[0]
    return {key: _not_nullable(each) for key, each in value.items() if key != "nullable"}


def references(value: Any) -> Iterator[str]:
    """The names of the schemas that a part of a document refers to."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "$ref" and str(each).startswith(_REFERENCE):
                yield each.removeprefix(_REFERENCE)
            else:
                yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def reachable(schemas: Json, *roots: Any) -> Json:
    """Only the schemas that something uses, in order of their names."""
    seen: set[str] = set()
    waiting = [name for root in roots for name in references(root)]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting.extend(references(schemas[name]))
    return {name: schemas[name] for name in sorted(seen)}
