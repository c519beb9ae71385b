"""How long, how many, how large: every schema says it, from what the models themselves hold to."""

import re
from collections.abc import Iterator
from typing import Any

from tools.openapi.forms import PLAIN_TEXT, items_max, number_form, string_form

type Json = dict[str, Any]

BY_FORMAT = {"date": 10, "date-time": 40, "uri": 2_000}
ENDLESS = 1_000_000
"""A pattern without an end has none here, either."""


def limited(schema: Json) -> Json:
    """The schema of what is sent, with the limits that follow from its patterns and formats.

    It gets none beside them: its own models say where it ends, or a test fails.
    """
    for part in _parts(schema):
        match part.get("type"):
            case "string" if "enum" not in part:
                _end(part)
                if not {"pattern", "format"} & part.keys():
                    part["pattern"] = PLAIN_TEXT
            case "integer":
                part.setdefault("format", "int64")
    return schema


def bounded(name: str, schema: Json) -> Json:
    """The schema of an answer, with the forms of its fields (`forms.py`)."""
    for key, field in schema.get("properties", {}).items():
        for part in _parts(field):
            match part.get("type"):
                case "string" if not {"enum", "const", "format"} & part.keys():
                    part.update(string_form(name, key) | part)
                case "integer":
                    part.setdefault("format", "int64")
                    part.update(number_form(name, key) | part)
                case "array":
                    most = _kinds(part["items"]) or items_max(name, key)
                    part.update({"maxItems": most} if most else {})
            _end(part)
    return schema


def _kinds(items: Json) -> int | None:
    """How many values a list of an enumeration can have, each once."""
    return len(items["enum"]) if "enum" in items else None


def _end(part: Json) -> None:
    """The length of a text, where its pattern or its format ends it."""
    if part.get("type") == "string" and not {"enum", "const", "maxLength"} & part.keys():
        longest = _longest(part)
        if longest is not None:
            part["maxLength"] = longest


def _longest(part: Json) -> int | None:
    """What its pattern or its format lets through."""
    if "pattern" in part:
        # The standard library's own measure of a pattern, which has no public name.
        _, longest = re._parser.parse(part["pattern"]).getwidth()  # type: ignore[attr-defined]
        if longest <= ENDLESS:
            return int(longest)
    return BY_FORMAT.get(part.get("format", ""))


def _parts(schema: Any) -> Iterator[Json]:
    """The schema and every schema inside it; examples and defaults are values, not schemas."""
    if isinstance(schema, list):
        for each in schema:
            yield from _parts(each)
    elif isinstance(schema, dict):
        if isinstance(schema.get("type"), str):
            yield schema
        for key, each in schema.items():
            if key not in {"default", "enum", "examples", "required"}:
                yield from _parts(each)
