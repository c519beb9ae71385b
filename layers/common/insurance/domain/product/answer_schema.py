"""The JSON Schema of a product's answers: what a form needs to know, and what a client can check itself.

It describes the part of a quote's request that the product decides: `answers`, `covers` and
`territory`. An answer that the product would refuse for its type, its bounds, its choices, or because it is
missing or not asked, does not fit; of a few forms that the product also takes (blanks around a text, a
decimal as a JSON number) the schema knows one. What no schema can say is said in words: `x-asked-when`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from insurance.domain.product.covers import COVERS_MAX
from insurance.domain.product.definition.condition_schema import ConditionSchema
from insurance.domain.product.definition.number_schema import day_schema, number_schema
from insurance.domain.product.definition.questions import Question

if TYPE_CHECKING:
    from insurance.domain.product.product import Product

type Json = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_NO_LINE: Final = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
_LINE: Final = rf"[^\s{_NO_LINE}](?:[^{_NO_LINE}]*[^\s{_NO_LINE}])?"
"""One line of text without blanks around it."""

_SHARED: Final = re.compile(
    r"""(?: \\[dwsntr.\\/^$*+?()\[\]{}|]
          | \[\^?(?:\\[dwsntr.\\\]\[^-]|[^\[\]\\])+\]
          | \(\?: | \((?!\?) | [).|^$]
          | (?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??(?![*+?{])
          | [^\\\[\](){}*+?|^$.] )*""",
    re.VERBOSE,
)
"""Patterns that mean the same here and where schemas are read (ECMA-262)."""


def answers_schema(product: "Product", today: date) -> Json:
    """The schema of what a quote for this product may say, on this local day."""
    questions = [question.on(today) for question in product.questions]
    by_code = {question.code: question for question in questions}
    conditions = ConditionSchema(by_code, {})
    whole = ConditionSchema(by_code, product.definition.values)
    rules = _cover_conditions(product, whole)
    schema: Json = {
        "$schema": DIALECT,
        "$id": f"urn:coverwright:product:{product.code}:{product.version}:answers",
        "title": f"{product.name} {product.version}",
        "description": "What a quote for this product says: the answers, and covers and territory if any are chosen.",
        "type": "object",
        "required": ["answers"],
        "properties": {
            "answers": {"title": "Answers", **_record(questions, conditions)},
            "covers": _covers(product),
            "territory": {
                "title": "Territory",
                "type": ["string", "null"],
                "enum": [*product.territories, None],
                "default": product.territories[0],
            },
        },
    }
    return {**schema, "allOf": rules} if rules else schema


def _record(questions: Sequence[Question], conditions: ConditionSchema) -> Json:
    """An object of answers by code: closed, with what is always needed."""
    schema: Json = {
        "type": "object",
        "additionalProperties": False,
        "required": [one.code for one in questions if _is_needed(one) and not one.visible_when],
        "properties": {one.code: _question(one) for one in questions},
    }
    asked = []
    for one in questions:
        if not one.visible_when:
            continue
        when = conditions.of(one.visible_when)
        if when is None:
            schema["properties"][one.code]["x-asked-when"] = one.visible_when
        else:
            asked.append({"if": when, "then": _asked(one), "else": _not_asked(one)})
    return {**schema, "allOf": asked} if asked else schema


def _is_needed(one: Question) -> bool:
    return one.required and one.default is None


def _asked(one: Question) -> Json:
    if not _is_needed(one):
        return {}
    return {"required": [one.code], "properties": {one.code: {"not": {"type": "null"}}}}


def _not_asked(one: Question) -> Json:
    """What stands in for an answer that is not asked may be sent again: stored answers are."""
    allowed = [None] if one.default is None else [None, one.default]
    return {"properties": {one.code: {"enum": allowed}}}


def _question(one: Question) -> Json:
    """What one question may be answered with."""
    schema: Json = {"title": one.label, **_value(one)}
    if one.help:
        schema["description"] = one.help
    if not _is_needed(one) or one.visible_when:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    if one.default is not None:
        schema["default"] = one.default
    if one.classification != "public":
        schema["x-classification"] = one.classification
    return schema


def _value(one: Question) -> Json:
    match one.type:
        case "integer" | "decimal" | "money":
            return number_schema(one)
        case "date":
            return day_schema(one)
        case "boolean":
            return {"type": "boolean"}
        case "choice":
            labels = {choice.code: choice.label for choice in one.choices}
            return {"type": "string", "enum": list(labels), "x-labels": labels}
        case "list":
            bounds = {"minItems": _whole(one.minimum), "maxItems": _whole(one.maximum)}
            return {
                "type": "array",
                **bounds,
                "items": _record(one.fields, ConditionSchema({}, {})),
            }
    return _text(one)


def _text(one: Question) -> Json:
    """One line; of a form that another dialect of patterns cannot say, the words alone."""
    line = f"^{_LINE}$" if one.required else f"^(?:{_LINE})?$"
    schema: Json = {"type": "string", "maxLength": _whole(one.maximum), "pattern": line}
    if one.pattern and _SHARED.fullmatch(one.pattern):
        return {**schema, "pattern": f"^(?:{one.pattern})$", "allOf": [{"pattern": line}]}
    return {**schema, "x-pattern": one.pattern} if one.pattern else schema


def _whole(bound: object) -> int:
    return int(bound) if isinstance(bound, int | Decimal) else 0


def _covers(product: "Product") -> Json:
    """The covers that may be chosen."""
    chosen = [cover for cover in product.covers_on_offer if cover.optional]
    schema: Json = {"title": "Covers that may be chosen", "type": "array", "default": []}
    if not chosen:
        return {**schema, "maxItems": 0}
    return {
        **schema,
        "maxItems": COVERS_MAX,
        "items": {
            "type": "string",
            "enum": [cover.code for cover in chosen],
            "x-labels": {cover.code: cover.name for cover in chosen},
            "x-descriptions": {c.code: c.description for c in chosen if c.description},
        },
    }


def _cover_conditions(product: "Product", conditions: ConditionSchema) -> list[Json]:
    """Where a cover cannot be chosen, as far as it follows from the answers alone."""
    found = []
    for cover in product.definition.covers:
        when = conditions.of(cover.when) if cover.optional and cover.when is not None else None
        if when is not None:
            without: Mapping[str, Any] = {"not": {"contains": {"const": cover.code}}}
            found.append(
                {
                    "if": {"properties": {"answers": when}},
                    "else": {"properties": {"covers": without}},
                }
            )
    return found
