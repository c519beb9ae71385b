"""Answers as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from coverwright.money import money_text

EMPTY: Final[tuple[Any, ...]] = (None, [], {})
"""What an answer has for what there is not."""


def details(answer: Mapping[str, Any], fields: Sequence[str]) -> str:
    """These fields of an answer, one a line, and lists one entry a line; what it does not have is left out.

    `premium.total` looks inside.
    """
    shown = {_title(field): _inside(answer, field) for field in fields}
    shown = {title: value for title, value in shown.items() if value not in EMPTY}
    width = max(map(len, shown), default=0)
    lines = []
    for title, value in shown.items():
        first, *further = map(text, value) if isinstance(value, list) else [text(value)]
        lines.append(f"{title:<{width}}  {first}")
        lines += [f"{'':<{width}}  {each}" for each in further]
    return "\n".join(lines)


def table(entries: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Entries of a list, one a line, under the names of what is shown."""
    if not entries:
        return "none"
    rows = [[_title(each) for each in columns]]
    rows += [[text(_inside(entry, each)) for each in columns] for entry in entries]
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def text(value: Any) -> str:
    """A value as it is read: money with its decimal point, a period from when to when."""
    match value:
        case None | True | False:
            return {None: "", True: "yes", False: "no"}[value]
        case Mapping():
            return _of_object(value)
        case list():
            return "; ".join(map(text, value))
    return str(value)


def _of_object(value: Mapping[str, Any]) -> str:
    match value:
        case {"amount": int(amount), "currency": str(currency)}:
            return money_text(amount, currency)
        case {"start": start, "end": end}:
            return f"{text(start)} to {text(end)}"
        case {"code": code, "version": version, **further} if not further:
            return f"{code} {version}"
    known = {_title(name): each for name, each in value.items() if each not in EMPTY}
    return ", ".join(f"{title} {text(each)}" for title, each in known.items())


def _inside(entry: Any, field: str) -> Any:
    for name in field.split("."):
        entry = entry.get(name) if isinstance(entry, Mapping) else None
    return entry


def _title(field: str) -> str:
    return field.replace(".", " ").replace("_", " ")
