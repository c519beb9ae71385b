"""Numbers, amounts and days of a question as JSON Schema, between its bounds or others."""

from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from insurance.domain.product.definition.digit_patterns import between, decimals
from insurance.domain.product.definition.questions import Question

type Json = dict[str, Any]


def number_schema(one: Question, low: Decimal | None = None, high: Decimal | None = None) -> Json:
    """Of an `integer`, a `decimal` or `money`; the bounds are the question's own where none are given.

    Decimals are text, whose bounds a pattern says.
    """
    least = _bound(one.minimum) if low is None else low
    most = _bound(one.maximum) if high is None else high
    if one.type == "decimal":
        pattern = f"^{decimals(least, most, one.places)}$" if least <= most else "^(?!)"
        bounds = {"x-minimum": format(least, "f"), "x-maximum": format(most, "f")}
        return {"type": "string", "pattern": pattern, **bounds, "x-places": one.places}
    if one.type == "integer":
        return _between(least, most)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["amount", "currency"],
        "properties": {
            "amount": _between(least.scaleb(one.exponent), most.scaleb(one.exponent)),
            "currency": {"const": one.currency},
        },
    }


def day_schema(one: Question, first: date | None = None, last: date | None = None) -> Json:
    """Of a `date`."""
    first, last = first or _day(one.minimum), last or _day(one.maximum)
    pattern = f"^{between(first.isoformat(), last.isoformat())}$" if first <= last else "^(?!)"
    schema: Json = {"type": "string", "format": "date", "pattern": pattern}
    bounds = {"x-minimum": first.isoformat(), "x-maximum": last.isoformat()}
    return {**schema, **bounds, "x-until-today": True} if one.until_today else {**schema, **bounds}


def _between(low: Decimal, high: Decimal) -> Json:
    return {
        "type": "integer",
        "minimum": int(low.to_integral_value(ROUND_CEILING)),
        "maximum": int(high.to_integral_value(ROUND_FLOOR)),
    }


def _bound(declared: object) -> Decimal:
    return Decimal(str(declared))


def _day(declared: object) -> date:
    return date.fromisoformat(str(declared))
