"""Text of a cell as a value: strict, exact, without a float anywhere."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from insurance.domain.core.money import Currency
from insurance.domain.intake.document import As, FieldMapping, Unit
from insurance.domain.product.language.kinds import (
    BOOL,
    DATE,
    TEXT,
    Type,
    as_decimal,
    money,
    number,
)

DIGITS_MAX: Final = 18
"""Before the decimal mark, and after it. No sum or figure of the trade has more."""

type Read = Callable[[str], Any]
"""A value, or None: the text says none of this kind."""
type Write = Callable[[Any], Any]
"""A value as the record has it."""

NOT_OF_KIND: Final[Mapping[As, str]] = {
    As.INTEGER: "not-an-integer",
    As.DECIMAL: "not-a-decimal",
    As.MONEY: "not-money",
    As.DATE: "not-a-date",
    As.BOOLEAN: "not-a-boolean",
    As.CODE: "not-a-choice",
    As.TEXT: "not-text",
}

_BOOLEANS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("true", "yes", "y", "1"), "true"),
    **dict.fromkeys(("false", "no", "n", "0"), "false"),
}
_SIGNS: Final = {Currency.GBP: "£", Currency.EUR: "€", Currency.USD: "$", Currency.JPY: "¥"}
_DIRECTIVES: Final[Mapping[str, str]] = {
    "%Y": r"(?P<Y>[0-9]{4})",
    "%y": r"(?P<y>[0-9]{2})",
    "%m": r"(?P<m>[0-9]{1,2})",
    "%d": r"(?P<d>[0-9]{1,2})",
    "%b": r"(?P<b>[A-Za-z]{3})",
    "%H": r"[0-9]{1,2}",
    "%M": r"[0-9]{2}",
    "%S": r"[0-9]{2}",
    "%%": "%",
}
_MONTHS: Final = {
    name: place
    for place, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_PIVOT: Final = 69
"""Years of two digits: from 69 on of the last century, as POSIX reads them."""


def type_of(field: FieldMapping, *, optional: bool) -> Type:
    """What expressions know of a field. Bounds are not among it: a value may lie outside them."""
    match field.kind:
        case As.INTEGER:
            kind = number(0)
        case As.DECIMAL:
            kind = number(field.places)
        case As.MONEY if field.currency is not None:
            kind = money(field.currency.exponent)
        case As.DATE:
            kind = DATE
        case As.BOOLEAN:
            kind = BOOL
        case As.CODE:
            kind = TEXT._replace(choices=tuple(sorted(set(field.codes.values()))))
        case _:
            kind = TEXT
    return kind._replace(optional=optional)


def places_of(field: FieldMapping) -> int | None:
    """Decimal places that a figure has in a file; None: the field is none."""
    match field.kind:
        case As.INTEGER:
            return 0
        case As.DECIMAL:
            return field.places
        case As.MONEY if field.currency is not None:
            return 0 if field.unit is Unit.MINOR else field.currency.exponent
    return None


def reader_of(field: FieldMapping) -> Read:
    """How a field's text becomes a value.

    Raises:
        ValueError: A format of dates has an unknown directive, or names no whole day; or two marks are one.
    """
    places = places_of(field)
    if places is not None:
        return _scaled(field, places)
    match field.kind:
        case As.DATE:
            return _days(field.formats)
        case As.BOOLEAN:
            return _coded(field.codes or _BOOLEANS, {"true": True, "false": False})
        case As.CODE if field.codes:
            return _coded(field.codes, {code: code for code in field.codes.values()})
    return _text


def writer_of(kind: Type, currency: Currency | None) -> Write | None:
    """How a value of this type stands in the record; None: as it is."""
    if currency is not None:
        return lambda amount: {"amount": amount, "currency": currency.value}
    if kind.kind is DATE.kind:
        return date.isoformat
    if kind.numeric and kind.scale:
        return lambda held: format(as_decimal(held, kind.scale).normalize(), "f")
    return None


def shown(value: Any, kind: Type) -> str | None:
    """A value as a finding shows it."""
    if value is None:
        return None
    if kind.numeric:
        return format(as_decimal(value, kind.scale), "f")
    return str(value)


def _text(text: str) -> str:
    return text


def _scaled(field: FieldMapping, places: int) -> Read:
    """A decimal as a whole number of 10^-places: exact, or None."""
    mark, group = field.decimal_mark, field.group_mark
    if mark == group:
        raise ValueError("The mark of decimals is that of groups, too.")
    whole = r"[0-9]{1,18}"
    if group:
        whole = rf"(?:{whole}|[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}}){{1,5}})"
    fraction = (
        rf"(?:{re.escape(mark)}([0-9]{{1,18}}))?" if mark and field.kind is not As.INTEGER else "()"
    )
    front, tail = "", ""
    if field.currency is not None:
        names = "|".join(
            re.escape(name) for name in (field.currency, _SIGNS.get(field.currency, "")) if name
        )
        front, tail = rf"(?:(?:{names}) ?)?", rf"(?: ?(?:{names}))?"
    form = re.compile(rf"([+-]?){front}([+-]?)({whole}){fraction}{tail}")
    unit = 10**places

    def read(text: str) -> int | None:
        before, _, after = text.partition(mark) if places and mark else (text, "", "")
        usual = before and len(after) == places and len(text) <= DIGITS_MAX
        if usual and text.isascii() and (before + after).isdecimal():
            return int(before + after)
        match = form.fullmatch(text)
        if match is None:
            return None
        sign, later, digits, rest = match.groups(default="")
        rest = rest.rstrip("0")
        if len(rest) > places or (sign and later):
            return None
        digits = digits.replace(group, "") if group else digits
        amount: int = int(digits) * unit + int(rest.ljust(places, "0") or 0)
        return -amount if "-" in sign + later else amount

    return read


def _days(formats: tuple[str, ...]) -> Callable[[str], date | None]:
    forms = [_day_form(one) for one in formats]
    widths = [_fixed(one) for one in formats]

    def read(text: str) -> date | None:
        for fixed in widths:
            if fixed is not None and (known := fixed(text)) is not None:
                return known
        for form in forms:
            match = form.fullmatch(text)
            if match is not None:
                return _day(match.groupdict())
        return None

    return read


def _fixed(text: str) -> Callable[[str], date | None] | None:
    """Days of a format such as %d/%m/%Y with all their digits, by place; None: another format."""
    match = re.fullmatch(r"%([Ymd])([^%0-9])%([Ymd])\2%([Ymd])", text)
    if match is None or {match[1], match[3], match[4]} != set("Ymd"):
        return None
    mark, places, at = match[2], {}, 0
    for directive in (match[1], match[3], match[4]):
        width = 4 if directive == "Y" else 2
        places[directive] = slice(at, at + width)
        at += width + 1
    year, month, day = places["Y"], places["m"], places["d"]
    length, marks = at - 1, [one.start - 1 for one in places.values() if one.start]

    def read(text: str) -> date | None:
        if len(text) != length or text[marks[0]] != mark or text[marks[1]] != mark:
            return None
        if not text.isascii() or not (text[year] + text[month] + text[day]).isdecimal():
            return None
        try:
            return date(int(text[year]), int(text[month]), int(text[day]))
        except ValueError:
            return None

    return read


def _day_form(text: str) -> re.Pattern[str]:
    pattern, seen = "", []
    for part in re.split(r"(%.)", text):
        if part.startswith("%"):
            if part not in _DIRECTIVES or part in seen:
                raise ValueError(f"In a date, {part} is no directive, or is there twice.")
            seen.append(part)
        pattern += _DIRECTIVES.get(part) or re.escape(part)
    named = sorted(part[1].lower().replace("b", "m") for part in seen if part in "%Y%y%m%b%d")
    if named != ["d", "m", "y"]:
        raise ValueError("A date needs its year, its month and its day, each once.")
    return re.compile(pattern)


def _day(parts: Mapping[str, str]) -> date | None:
    try:
        if "Y" in parts:
            year = int(parts["Y"])
        else:
            year = int(parts["y"])
            year += 1900 if year >= _PIVOT else 2000
        month = int(parts["m"]) if "m" in parts else _MONTHS[parts["b"].lower()]
        return date(year, month, int(parts["d"]))
    except (KeyError, ValueError):
        return None


def _coded(codes: Mapping[str, str], values: Mapping[str, object]) -> Read:
    """What the file says, as it says it or in other letters' case."""
    if unknown := set(codes.values()) - set(values):
        raise ValueError(f"{sorted(unknown)[0]!r} is neither true nor false.")
    exact = {said: values[code] for said, code in codes.items()}
    folded: dict[str, object] = {}
    for said, value in exact.items():
        if folded.setdefault(said.casefold(), value) != value:
            folded[said.casefold()] = None  # two codes that differ in case alone

    def read(text: str) -> object:
        value = exact.get(text)
        return folded.get(text.casefold()) if value is None else value

    return read


def bound_of(bound: int | str | None, kind: Type) -> Any:
    """A bound of a field at the field's scale, or as a day.

    Raises:
        ValueError: It is none for fields of this kind, or finer than the field.
    """
    if bound is None:
        return None
    if kind.kind is DATE.kind:
        return date.fromisoformat(str(bound))
    if not kind.numeric:
        raise ValueError("Only numbers, money and dates have a least and a greatest value.")
    match = re.fullmatch(r"([+-]?[0-9]{1,18})(\.[0-9]{1,18})?", str(bound))
    if match is None:
        raise ValueError(f"{bound} is no decimal.")
    scaled = Decimal(str(bound)).scaleb(kind.scale)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{bound} is finer than the field.")
    return int(scaled)
