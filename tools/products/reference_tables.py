"""Rate tables as the reference interpreter reads them: row by row, in the order of the file."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import (
    Decimal,
)
from typing import Any, NamedTuple


class NoRow(LookupError):
    """No row of a table, or more than one."""


class Rows(NamedTuple):
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    values: tuple[str, ...]
    rows: tuple[tuple[tuple[tuple[str, ...], ...], tuple[str, ...]], ...]

    def find(self, keys: Sequence[Any], column: str) -> Any:
        """The most specific of the rows that match, tried one by one."""
        found: list[tuple[int, str]] = []
        for cells, values in self.rows:
            wild, matches = 0, True
            for (_, ends), written, key in zip(self.keys, cells, keys, strict=True):
                wild += all(cell in {"*", ""} for cell in written)
                matches = matches and all(
                    holds(end, cell, key) for end, cell in zip(ends, written, strict=True)
                )
            if matches:
                found.append((wild, values[self.values.index(column) if column else 0]))
        best = min((wild for wild, _ in found), default=None)
        chosen = [value for wild, value in found if wild == best]
        if len(chosen) != 1:
            raise NoRow(keys)
        return read_cell(chosen[0])


def read_cell(text: str) -> Any:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return Decimal(text)
    return text == "true" if text in {"true", "false"} else text


def holds(end: str, cell: str, key: Any) -> bool:
    if cell == "*" or (end and cell == ""):
        return True
    if isinstance(key, date):
        edge: Any = date.fromisoformat(cell)
    elif isinstance(key, Decimal):
        edge = Decimal(cell)
    elif isinstance(key, bool):
        edge = cell == "true"
    else:
        edge = cell
    return ENDS[end](key, edge)


ENDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "": lambda key, edge: key == edge,
    "<": lambda key, edge: key < edge,
    "<=": lambda key, edge: key <= edge,
    ">": lambda key, edge: key > edge,
    ">=": lambda key, edge: key >= edge,
}


def read_table(text: str, values: Sequence[str] | None) -> Rows:
    lines = [
        [cell.strip() for cell in line]
        for line in csv.reader(io.StringIO(text.removeprefix("\ufeff")))
        if any(cell.strip() for cell in line) and not line[0].startswith("#")
    ]
    split = len(lines[0]) - (len(values) if values else 1)
    keys: list[tuple[str, tuple[str, ...]]] = []
    for heading in lines[0][:split]:
        name = heading.rstrip("<>=")
        end = heading[len(name) :]
        if keys and keys[-1][0] == name:
            keys[-1] = (name, (*keys[-1][1], end))
        else:
            keys.append((name, (end,)))
    rows = []
    for line in lines[1:]:
        cells, place = [], 0
        for _, ends in keys:
            cells.append(tuple(line[place : place + len(ends)]))
            place += len(ends)
        rows.append((tuple(cells), tuple(line[split:])))
    return Rows(tuple(keys), tuple(lines[0][split:]), tuple(rows))
