"""The shape of a definition, held against the published JSON Schema, with faults people can mend.

The part of JSON Schema that product.schema.json uses, and no more; a test holds it to the
`jsonschema` package. What a schema cannot say (types of expressions, names) the compiler says.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from insurance.domain.product.faults import Fault, did_you_mean, shown

DEPTH_MAX: Final = 40
FAULTS_MAX: Final = 50
DIGITS_MAX: Final = 30

TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, Decimal),
    "null": (type(None),),
}
NAMES: Final = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "null": "null",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def faults(found: object, schema: Mapping[str, Any]) -> list[Fault]:
    """Every fault of shape, up to a screenful."""
    result = []
    for fault in _faults(found, schema, "", schema.get("$defs", {}), 0):
        result.append(fault)
        if len(result) >= FAULTS_MAX:
            break
    return result


def _faults(
    found: object, schema: Mapping[str, Any], path: str, defs: Mapping[str, Any], depth: int
) -> Iterator[Fault]:
    if "$ref" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]]
    at = path or "/"
    if depth > DEPTH_MAX:
        yield Fault(at, "nesting without end", f"at most {DEPTH_MAX} levels")
        return
    if "enum" in schema and found not in schema["enum"]:
        hint = did_you_mean(str(found), schema["enum"])
        yield Fault(at, shown(found), "one of the choices", hint)
        return
    if "type" in schema and not _is(found, schema["type"]):
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        expected = " or ".join(NAMES[kind] for kind in kinds)
        yield Fault(at, _kind(found), expected)
        return
    match found:
        case dict():
            yield from _object(found, schema, path, defs, depth)
        case list():
            yield from _list(found, schema, path, defs, depth)
        case str():
            yield from _text(found, schema, at)
        case int() | Decimal() if not isinstance(found, bool):
            yield from _number(found, schema, at)


def _is(found: object, kinds: str | list[str]) -> bool:
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if isinstance(found, bool) and kind != "boolean":
            continue
        if isinstance(found, TYPES[kind]):
            return True
        if kind == "integer" and isinstance(found, Decimal) and _whole(found):
            return True
    return False


def _whole(found: Decimal) -> bool:
    """1.0 is a whole number in JSON Schema. Bounded first: 1e999999999 must not be written out."""
    return found.is_finite() and abs(found) < NUMBER_MAX and found == found.to_integral_value()


NUMBER_MAX: Final = 10**DIGITS_MAX


def _kind(found: object) -> str:
    if isinstance(found, dict | list):
        return NAMES["object" if isinstance(found, dict) else "array"]
    return shown(found)


def _object(
    found: dict[str, Any], schema: Mapping[str, Any], path: str, defs: Mapping[str, Any], depth: int
) -> Iterator[Fault]:
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    if len(found) > schema.get("maxProperties", len(found)):
        yield Fault(path or "/", f"{len(found)} entries", f"at most {schema['maxProperties']}")
        return
    for name in schema.get("required", ()):
        if name not in found:
            yield Fault(path or "/", f"no {name}", f"{name}, which is required")
    for name, part in found.items():
        at = f"{path}/{shown(name)}"
        if name in known:
            yield from _faults(part, known[name], at, defs, depth + 1)
        elif other is False:
            yield Fault(at, shown(name), "a known property", did_you_mean(name, known))
        elif isinstance(other, dict):
            yield from _faults(part, other, at, defs, depth + 1)


def _list(
    found: list[Any], schema: Mapping[str, Any], path: str, defs: Mapping[str, Any], depth: int
) -> Iterator[Fault]:
    fewest, most = schema.get("minItems", 0), schema.get("maxItems", len(found))
    if not fewest <= len(found) <= most:
        yield Fault(path or "/", f"{len(found)} entries", f"{fewest} to {most}")
        return
    if "items" in schema:
        for place, part in enumerate(found):
            yield from _faults(part, schema["items"], f"{path}/{place}", defs, depth + 1)


def _text(found: str, schema: Mapping[str, Any], at: str) -> Iterator[Fault]:
    if len(found) > schema.get("maxLength", len(found)):
        yield Fault(at, f"{len(found)} characters", f"at most {schema['maxLength']}")
    elif "pattern" in schema and not re.search(schema["pattern"], found):
        yield Fault(at, shown(found), schema.get("description", f"the form {schema['pattern']}"))


def _number(found: int | Decimal, schema: Mapping[str, Any], at: str) -> Iterator[Fault]:
    if isinstance(found, Decimal) and not found.is_finite():
        yield Fault(at, str(found), "a number")
    elif not -NUMBER_MAX < found < NUMBER_MAX or (
        isinstance(found, Decimal) and len(found.as_tuple().digits) > DIGITS_MAX
    ):
        yield Fault(at, "a number out of bounds", f"at most {DIGITS_MAX} digits")
    else:
        low: int = schema.get("minimum", -NUMBER_MAX)
        high: int = schema.get("maximum", NUMBER_MAX)
        if not low <= found <= high:
            yield Fault(at, shown(str(found)), f"{low} to {high}")
