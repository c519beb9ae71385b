"""What the reference interpreter computes with: comparison, arithmetic, rounding, dates, calls."""

import ast
from calendar import monthrange
from collections.abc import Callable, Mapping
from datetime import date
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import Any

WAYS = {
    "half_up": ROUND_HALF_UP,
    "half_even": ROUND_HALF_EVEN,
    "half_down": ROUND_HALF_DOWN,
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "ceiling": ROUND_CEILING,
    "floor": ROUND_FLOOR,
}

QUOTIENT = Decimal("1e-16")


COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: lambda one, two: one < two,
    ast.LtE: lambda one, two: one <= two,
    ast.Gt: lambda one, two: one > two,
    ast.GtE: lambda one, two: one >= two,
    ast.Eq: lambda one, two: one == two,
    ast.NotEq: lambda one, two: one != two,
}


def comparable(one: Any, other: Any) -> Any:
    return date.fromisoformat(one) if isinstance(other, date) and isinstance(one, str) else one


def arithmetic(  # noqa: PLR0911 - one for each operator
    operator: ast.operator, one: Decimal, two: Decimal
) -> Decimal:
    match operator:
        case ast.Add():
            return one + two
        case ast.Sub():
            return one - two
        case ast.Mult():
            return one * two
        case ast.Div():
            return (one / two).quantize(QUOTIENT, ROUND_HALF_EVEN)
        case ast.FloorDiv():
            return (one / two).to_integral_value(ROUND_FLOOR)
        case ast.Mod():
            return one - two * (one / two).to_integral_value(ROUND_FLOOR)
    return one ** int(two)


def round_to(value: Decimal, places: Decimal = Decimal(0), way: str = "half_up") -> Decimal:
    unit = Decimal(1).scaleb(-int(places))
    return (value / unit).quantize(Decimal(1), WAYS[way]) * unit


def months_later(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def months_between(first: date, second: date) -> int:
    count = 0
    while month_reached(first, second, count + 1):
        count += 1
    while not month_reached(first, second, count):
        count -= 1
    return count


def month_reached(first: date, second: date, months: int) -> bool:
    count = first.year * 12 + first.month - 1 + months
    return (count // 12, count % 12 + 1, first.day) <= (second.year, second.month, second.day)


CALLS: Mapping[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "round": round_to,
    "floor": lambda value: value.to_integral_value(ROUND_FLOOR),
    "ceil": lambda value: value.to_integral_value(ROUND_CEILING),
    "truncate": lambda value, places=Decimal(0): round_to(value, places, "down"),
    "abs": abs,
    "money": lambda value: value,
    "number": lambda value: value,
    "given": lambda value: value is not None,
    "otherwise": lambda value, other: other if value is None else value,
    "size": lambda value: Decimal(len(value)),
    "date": date.fromisoformat,
    "days": lambda first, second: Decimal(second.toordinal() - first.toordinal()),
    "months": lambda first, second: Decimal(months_between(first, second)),
    "years": lambda first, second: Decimal(months_between(first, second) // 12),
    "add_days": lambda day, days: date.fromordinal(day.toordinal() + int(days)),
    "add_months": lambda day, months: months_later(day, int(months)),
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "starts_with": lambda text, part: text.startswith(part),
    "ends_with": lambda text, part: text.endswith(part),
    "contains": lambda text, part: part in text,
    "left": lambda text, count: text[: max(int(count), 0)],
    "before": lambda text, mark: text.split(mark)[0],
    "upper": lambda text: text.upper(),
}
