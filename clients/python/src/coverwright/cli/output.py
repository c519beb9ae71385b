"""Answers as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coverwright.money import money_text


def details(answer: Mapping[str, Any], fields: Sequence[str]) -> str:
    """These fields of an answer, one a line; what it does not have is left out. `premium.total` looks inside."""
    shown = [(field, _inside(answer, field)) for field in fields]
    lines = [(field, text(value)) for field, value in shown if value not in (None, [], {})]
    width = max((len(field) for field, _ in lines), default=0)
    return "\n".join(f"{_title(field):<{width}}  {value}" for field, value in lines)


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
        case bool():
            return "yes" if value else "no"
        case {"amount": int(amount), "currency": str(currency)}:
            return money_text(amount, currency)
        case {"start": start, "end": end}:
            return f"{text(start)} to {text(end)}"
        case Mapping():
            return ", ".join(f"{_title(name)} {text(each)}" for name, each in value.items())
        case list():
            return "; ".join(map(text, value))
    return "" if value is None else str(value)


def _inside(entry: Any, field: str) -> Any:
    for name in field.split("."):
        entry = entry.get(name) if isinstance(entry, Mapping) else None
    return entry


def _title(field: str) -> str:
    return field.replace(".", " ").replace("_", " ")
