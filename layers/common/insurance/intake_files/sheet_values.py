"""What a cell of a sheet says, as text: exact figures, days, what formulas gave."""

import re
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Final

EXCEL: Final = Context(prec=15, rounding=ROUND_HALF_EVEN)
"""Excel works and shows with fifteen digits; a sixteenth or seventeenth in a file is the binary number's own."""
PLAIN_MAX: Final = 20
"""Places before or after the mark up to which a figure is written out."""
FIGURE: Final = re.compile(
    r"[+-]?([0-9]{1,30}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,4})?"
)
SECONDS: Final = 86_400
LAST_SERIAL: Final = 2_958_465
"""31 December 9999."""
_NO_LEAP_DAY: Final = 60
"""29 February 1900, which never was, though Excel counts it (from Lotus 1-2-3)."""

_DATE_FORMATS: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_DATE: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hmsHMS]+\])[^\]]*\]')


def is_date_format(number: int, code: str | None) -> bool:
    """Whether a number format shows a day or a time."""
    if code is None:
        return number in _DATE_FORMATS
    shown = _NOT_DATE.sub("", code).lower()
    return shown != "general" and any(sign in shown for sign in "ymdhs")


def figure(text: str) -> str:
    """A number as plain decimal text of at most fifteen digits; what is none, or out of reach, as it stands."""
    if FIGURE.fullmatch(text) is None:
        return text
    try:
        value = EXCEL.plus(Decimal(text))
    except InvalidOperation:
        return text
    if value and not -PLAIN_MAX <= value.adjusted() <= PLAIN_MAX:
        return text
    plain = format(value, "f")
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) if value else "0"


def day(text: str, *, from_1904: bool) -> str:
    """The day, and the time if it has one, that a number stands for; what stands for none, as a figure."""
    if FIGURE.fullmatch(text) is None:
        return text
    serial = Decimal(text)
    if not 0 <= serial <= LAST_SERIAL:
        return figure(text)
    whole = int(serial)
    seconds = int(((serial - whole) * SECONDS).quantize(Decimal(1)))
    whole, seconds = whole + seconds // SECONDS, seconds % SECONDS
    if from_1904:
        said = _on(date(1904, 1, 1), whole)
    elif whole == _NO_LEAP_DAY:
        said = "1900-02-29"
    else:
        said = _on(date(1899, 12, 31) if whole < _NO_LEAP_DAY else date(1899, 12, 30), whole)
    if not said:
        return figure(text)
    if not seconds:
        return said
    minutes, second = divmod(seconds, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{second:02}"
    return f"{said} {clock}" if whole else clock


def _on(first: date, days: int) -> str:
    try:
        return (first + timedelta(days=days)).isoformat()
    except OverflowError:
        return ""
