"""Whole-number arithmetic that compiled products call: division and rounding, each exact."""

from collections.abc import Callable, Sequence
from datetime import date

DIVISION_PLACES = 16
"""Decimal places that a quotient keeps, the last one half-even."""


def half_even(value: int, unit: int) -> int:
    """The nearest multiple of the unit, counted in units; ties to the even one."""
    whole, rest = divmod(value, unit)
    double = rest + rest
    return whole + (double > unit or (double == unit and whole & 1))


def half_up(value: int, unit: int) -> int:
    """Ties away from zero: what people call rounding."""
    if value < 0:
        return -((-value * 2 + unit) // (2 * unit))
    return (value * 2 + unit) // (2 * unit)


def half_down(value: int, unit: int) -> int:
    """Ties towards zero."""
    if value < 0:
        return -half_down(-value, unit)
    return -((-value * 2 + unit) // (2 * unit))


def up(value: int, unit: int) -> int:
    """Away from zero."""
    return value // unit if value < 0 else -(-value // unit)


def down(value: int, unit: int) -> int:
    """Towards zero: cut off."""
    return -(-value // unit) if value < 0 else value // unit


def ceiling(value: int, unit: int) -> int:
    return -(-value // unit)


def floor(value: int, unit: int) -> int:
    return value // unit


ROUNDING: dict[str, Callable[[int, int], int]] = {
    "half_up": half_up,
    "half_even": half_even,
    "half_down": half_down,
    "up": up,
    "down": down,
    "ceiling": ceiling,
    "floor": floor,
}


def divide(dividend: int, divisor: int) -> int:
    """A quotient of whole numbers, half-even."""
    return half_even(-dividend, -divisor) if divisor < 0 else half_even(dividend, divisor)


def apportion(parts: Sequence[int], whole: int) -> tuple[int, ...]:
    """Parts in the old proportions that add up to the whole; the last non-zero one takes the rest.

    With nothing to go by, the first part takes everything.
    """
    total = sum(parts)
    if total <= 0:
        return (whole, *(0 for _ in parts[1:]))
    shares = [part * whole // total for part in parts]
    last = max(place for place, part in enumerate(parts) if part)
    shares[last] += whole - sum(shares)
    return tuple(shares)


def years_between(first: date, second: date) -> int:
    """Whole years: an age. Somebody born on 29 February turns a year older on 1 March."""
    return second.year - first.year - ((second.month, second.day) < (first.month, first.day))


def months_between(first: date, second: date) -> int:
    """Whole months from one date to another."""
    months = (second.year - first.year) * 12 + second.month - first.month
    return months - (second.day < first.day)


def days_between(first: date, second: date) -> int:
    return (second - first).days


def add_days(day: date, days: int) -> date:
    """Total: past the calendar's ends it stays at the end."""
    ordinal = min(max(day.toordinal() + days, 1), date.max.toordinal())
    return date.fromordinal(ordinal)


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    first, last = 12, date.max.year * 12 + 11
    year, month = divmod(min(max(day.year * 12 + day.month - 1 + months, first), last), 12)
    month += 1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    return date(year, month, min(day.day, longest))
