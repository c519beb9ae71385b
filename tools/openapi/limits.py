"""How long, how many, how large: every schema says it, from what the models themselves hold to."""

import re
from collections.abc import Iterator
from typing import Any

from insurance.domain.core.money import AMOUNT_MAX

type Json = dict[str, Any]

ANSWER_BYTES_MAX = 6_000_000
"""Lambda answers no more than this, so nothing in an answer is longer."""

ANSWER_ITEMS_MAX = 10_000
BY_FORMAT = {"date": 10, "date-time": 40, "uri": 2_000}


def limited(schema: Json, *, sent: bool) -> Json:
    """The schema of a component with every limit that it did not say.

    What callers have `sent` gets none for nothing: its own models say where it ends, or a test fails.
    """
    for part in _parts(schema):
        kind = part.get("type")
        if kind == "string" and "enum" not in part and "maxLength" not in part:
            longest = _longest(part) or (None if sent else ANSWER_BYTES_MAX)
            if longest is not None:
                part["maxLength"] = longest
        elif kind == "array" and not sent:
            part.setdefault("maxItems", ANSWER_ITEMS_MAX)
        elif kind == "integer":
            part.setdefault("format", "int64")
            if not sent:
                part.setdefault("minimum", -AMOUNT_MAX)
                part.setdefault("maximum", AMOUNT_MAX)
    return schema


def _longest(part: Json) -> int | None:
    """What its pattern or its format lets through."""
    if "pattern" in part:
        # The standard library's own measure of a pattern, which has no public name.
        _, longest = re._parser.parse(part["pattern"]).getwidth()  # type: ignore[attr-defined]
        if longest <= ANSWER_BYTES_MAX:
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
