"""Patterns of numbers and days as text, between two bounds: JSON Schema has no other word for them."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Final

_FIRST: Final = str.maketrans("123456789", "000000000")
_LAST: Final = str.maketrans("012345678", "999999999")


def between(low: str, high: str) -> str:
    """The texts from `low` to `high`, of digits that stand at the same places in both.

    >>> between("2026-03-09", "2026-03-31")
    '2026-03-(?:09|[1-2][0-9]|3[0-1])'
    """
    if low == high:
        return low
    if low[0] == high[0]:
        return low[0] + between(low[1:], high[1:])
    first, last = int(low[0]), int(high[0])
    lowest, highest = low[1:].translate(_FIRST), high[1:].translate(_LAST)
    parts = []
    if low[1:] != lowest:
        parts.append(f"{first}{between(low[1:], highest)}")
        first += 1
    above = ""
    if high[1:] != highest:
        above = f"{last}{between(lowest, high[1:])}"
        last -= 1
    if first <= last:
        digit = str(first) if first == last else f"[{first}-{last}]"
        parts.append(digit + _any(lowest))
    parts += [above] if above else []
    return _one_of(parts)


def decimals(low: Decimal, high: Decimal, places: int) -> str:
    """The decimals from `low` to `high` as text, with at most so many places: `12`, `-0.5`, `1.75`."""
    least = int(low.scaleb(places).to_integral_value(ROUND_CEILING))
    most = int(high.scaleb(places).to_integral_value(ROUND_FLOOR))
    parts = []
    if least < 0:
        parts.append(f"-{_positive(max(-most, 0), -least, places)}")
    if most >= 0:
        parts.append(_positive(max(least, 0), most, places))
    return _one_of(parts)


def _positive(least: int, most: int, places: int) -> str:
    """Scaled numbers from zero on: whole parts with any fraction, and what is left at either end."""
    unit = 10**places
    (first, from_), (last, until) = divmod(least, unit), divmod(most, unit)
    if first == last:
        return f"{first}{_fraction(from_, until, places)}"
    parts = []
    if from_ > 0:
        parts.append(f"{first}{_fraction(from_, unit - 1, places)}")
        first += 1
    if until < unit - 1:
        parts.append(f"{last}{_fraction(0, until, places)}")
        last -= 1
    if first <= last:
        parts.append(f"{_whole(first, last)}{_fraction(0, unit - 1, places)}")
    return _one_of(parts)


def _whole(low: int, high: int) -> str:
    parts = []
    while low <= high:
        most = min(high, 10 ** len(str(low)) - 1)
        parts.append(between(str(low), str(most)))
        low = most + 1
    return _one_of(parts)


def _fraction(low: int, high: int, places: int) -> str:
    """The fractions between two, of which trailing zeros may be left out, or the whole fraction."""
    if places == 0:
        return ""
    if (low, high) == (0, 10**places - 1):
        return rf"(?:\.[0-9]{{1,{places}}})?"
    parts = []
    for length in range(1, places + 1):
        unit = 10 ** (places - length)
        least, most = -(-low // unit), high // unit
        if least <= most:
            parts.append(between(f"{least:0{length}}", f"{most:0{length}}"))
    return rf"(?:\.{_one_of(parts)}){'?' if low == 0 else ''}"


def _any(shape: str) -> str:
    """Any digits where this text has some: `00-00` is `[0-9]{2}-[0-9]{2}`."""
    marks = shape.split("-")
    return "-".join(
        f"[0-9]{{{len(each)}}}" if len(each) > 1 else "[0-9]" * len(each) for each in marks
    )


def _one_of(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
