"""Rate tables: what actuaries keep as CSV, checked for gaps and overlaps, and made fast.

Key columns come first, values last. A key column is matched exactly (`*` stands for anything), or
is one end of a band and says in its name whether the end belongs to it: `age>=` and `age<`; an
empty cell leaves that end open. Where several rows match, the most specific wins: the one with
the fewest `*` and open bands. Two that are equally specific are a fault, no row is NoRate.
"""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from insurance.domain.product.definition import model
from insurance.domain.product.faults import Fault, InvalidProduct, did_you_mean, refuse
from insurance.domain.product.language.kinds import (
    BOOL,
    TEXT,
    WIDE,
    Kind,
    Type,
    as_decimal,
    number,
    places,
)
from insurance.domain.product.language.scope import NameScope
from insurance.domain.product.rating.cells import ANY, Cell, Edge
from insurance.domain.product.rating.matcher import Matcher

ROWS_MAX: Final = 20_000
COLUMNS_MAX: Final = 24
CELL_MAX: Final = 200
ENDS: Final = ("<=", ">=", "<", ">")
HEADING: Final = re.compile(r"([a-z][a-z0-9_]*)(<=|>=|<|>)?")
DECIMAL: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")


class Row(NamedTuple):
    line: int
    keys: tuple[tuple[str, ...], ...]
    """For each key its cells: one, or two where a band has two ends."""
    values: tuple[str, ...]


class RateTable:
    """One table as its author wrote it; `matcher` makes it answer."""

    def __init__(self, name: str, text: str, values: Sequence[str] | None = None) -> None:
        self.name, self.path = name, f"{name}.csv"
        self._types: dict[str, Type] = {}
        lines = _read(text, self.path)
        headings = [heading.strip() for heading in lines[0][1]]
        split = self._split(headings, values)
        self.keys = _keys(headings[:split], self.path)
        self.values = tuple(headings[split:])
        self.rows = tuple(self._row(line, cells, len(headings), split) for line, cells in lines[1:])

    def _split(self, headings: list[str], values: Sequence[str] | None) -> int:
        """Where the value columns begin: as declared, else the last column is the value."""
        count = 1 if values is None else len(values)
        if values is not None and headings[-count:] != list(values):
            raise refuse(f"{self.path} line 1", headings[-count:], f"the last columns {values}")
        if not 0 < count < len(headings) <= COLUMNS_MAX:
            raise refuse(
                f"{self.path} line 1", f"{len(headings)} columns", "keys first, then values"
            )
        for heading in headings:
            if not HEADING.fullmatch(heading):
                raise refuse(
                    f"{self.path} line 1", heading, "a column name such as age, age>= or age<"
                )
        return len(headings) - count

    def _row(self, line: int, cells: list[str], width: int, split: int) -> Row:
        if len(cells) != width:
            raise refuse(f"{self.path} line {line}", f"{len(cells)} cells", f"{width}")
        stripped = [cell.strip() for cell in cells]
        keys, place = [], 0
        for key in self.keys:
            keys.append(tuple(stripped[place : place + len(key.ends)]))
            place += len(key.ends)
        return Row(line, tuple(keys), tuple(stripped[split:]))

    def column(self, name: str) -> tuple[str, ...]:
        place = self.values.index(name)
        return tuple(row.values[place] for row in self.rows)

    def value_type(self, name: str) -> Type:
        """Numbers at the smallest scale that holds them all, yes/no, or words."""
        if name not in self._types:
            self._types[name] = self._value_type(name)
        return self._types[name]

    def _value_type(self, name: str) -> Type:
        cells = self.column(name)
        if all(DECIMAL.fullmatch(cell) for cell in cells):
            numbers = [Decimal(cell) for cell in cells]
            scale = max(places(one) for one in numbers)
            return number(scale, min(numbers), max(numbers))._replace(literal=True)
        if all(cell in {"true", "false"} for cell in cells):
            return BOOL
        if any(DECIMAL.fullmatch(cell) for cell in cells):
            odd = next(row for row in self.rows if not DECIMAL.fullmatch(_at(self, row, name)))
            raise refuse(
                f"{self.path} line {odd.line}, column {name}", _at(self, odd, name), "a number"
            )
        return TEXT._replace(choices=tuple(dict.fromkeys(cells)))

    def matcher(self, types: Sequence[Type], value: str) -> Matcher:
        """The table ready to answer for keys of these types, at their scales.

        Raises:
            InvalidProduct: A cell is no such key, or the keys are not as many as the columns.
        """
        if len(types) != len(self.keys):
            names = ", ".join(key.name for key in self.keys)
            raise refuse(self.path, f"{len(types)} keys", f"{len(self.keys)}: {names}")
        faults: list[Fault] = []
        rows = []
        known: dict[tuple[int, tuple[str, ...]], Cell] = {}
        for row in self.rows:
            cells = []
            for place, (key, kind, written) in enumerate(
                zip(self.keys, types, row.keys, strict=True)
            ):
                try:
                    if (place, written) not in known:
                        known[place, written] = _cell(
                            key, kind, written, f"{self.path} line {row.line}"
                        )
                    cells.append(known[place, written])
                except InvalidProduct as error:
                    faults += error.faults
                    cells.append(ANY)
            rows.append(tuple(cells))
        if faults:
            raise InvalidProduct(faults[:20])
        held = self.value_type(value)
        results = [_held(cell, held) for cell in self.column(value)]
        return Matcher(self, tuple(rows), results)


class Key(NamedTuple):
    name: str
    ends: tuple[str, ...]
    """`("",)` for an exact match, else the ends of the band that have a column."""


def _at(table: RateTable, row: Row, name: str) -> str:
    return row.values[table.values.index(name)]


def _read(text: str, path: str) -> list[tuple[int, list[str]]]:
    """Lines with their numbers; blank lines and lines that begin with # are for people."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    lines = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                lines.append((reader.line_num, cells))
            if any(len(cell) > CELL_MAX for cell in cells):
                raise refuse(f"{path} line {reader.line_num}", "a cell too long", f"≤ {CELL_MAX}")
            if len(lines) > ROWS_MAX + 1:
                raise refuse(path, "too many rows", f"at most {ROWS_MAX}")
    except csv.Error as error:
        raise refuse(f"{path} line {reader.line_num}", str(error), "CSV") from error
    if len(lines) < 2:  # noqa: PLR2004 - a heading and a row
        raise refuse(path, "an empty table", "a line of column names and at least one row")
    return lines


def _keys(headings: list[str], path: str) -> tuple[Key, ...]:
    """Key columns by name; a band's two ends stand beside each other."""
    keys: list[Key] = []
    for heading in headings:
        match = HEADING.fullmatch(heading)
        name, end = (match[1], match[2] or "") if match else (heading, "")
        if keys and keys[-1].name == name and end and len(keys[-1].ends) == 1:
            first = keys[-1].ends[0]
            if not first or first[0] == end[0]:
                raise refuse(f"{path} line 1", heading, f"the other end of {name}{first}")
            keys[-1] = Key(name, (first, end))
        elif any(key.name == name for key in keys):
            raise refuse(f"{path} line 1", heading, f"one column, or two ends, for {name}")
        else:
            keys.append(Key(name, (end,)))
    return tuple(keys)


def _cell(key: Key, kind: Type, written: tuple[str, ...], path: str) -> Cell:
    where = f"{path}, column {key.name}"
    if key.ends == ("",):
        return ANY if written[0] == ANY else _exact(written[0], kind, where)
    if not (kind.numeric or kind.kind is Kind.DATE):
        raise refuse(
            where, f"a band of {kind.kind}", "numbers, money or dates", "Match it exactly."
        )
    low: Edge = None
    high: Edge = None
    for end, text in zip(key.ends, written, strict=True):
        if text in {"", ANY}:
            continue
        edge, beside = _edge(text, kind, where)
        # Keys are whole numbers, so the next one stands for an end that is not included; where
        # the cell is finer than the key can be, the edge is already between two of them.
        if end == ">=":
            low = edge + beside
        elif end == ">":
            low = edge + 1
        elif end == "<":
            high = edge + beside
        else:
            high = edge + 1
    if low is not None and high is not None and low >= high:
        raise refuse(where, " to ".join(written), "a band with something in it")
    return ANY if low is None and high is None else (low, high)


def _edge(text: str, kind: Type, where: str) -> tuple[int, bool]:
    """The edge at the key's scale, cut down, and whether anything was cut."""
    if kind.kind is Kind.DATE:
        try:
            return date.fromisoformat(text).toordinal(), False
        except ValueError as error:
            raise refuse(where, text, "a date such as 2026-07-01") from error
    if not DECIMAL.fullmatch(text):
        raise refuse(where, text, "a number")
    scaled = Decimal(text).scaleb(kind.scale)
    whole = int(scaled.to_integral_value("ROUND_FLOOR"))
    return whole, scaled != whole


def _exact(text: str, kind: Type, where: str) -> object:
    match kind.kind:
        case Kind.NUMBER | Kind.MONEY:
            whole, cut = _edge(text, kind, where)
            if cut:
                raise refuse(where, text, f"a number with at most {kind.scale} decimal places")
            return whole
        case Kind.DATE:
            return _edge(text, kind, where)[0]
        case Kind.BOOL:
            if text not in {"true", "false"}:
                raise refuse(where, text, "true, false or *")
            return text == "true"
        case _:
            if kind.choices and text not in kind.choices:
                hint = did_you_mean(text, kind.choices)
                raise refuse(where, text, "one of the choices, or *", hint)
            return text


def _held(text: str, kind: Type) -> object:
    """A value cell as compiled code takes it."""
    if kind.kind is Kind.NUMBER:
        return int(Decimal(text).scaleb(kind.scale))
    return text == "true" if kind.kind is Kind.BOOL else text


def tables_of(
    declared: Mapping[str, model.TableDeclaration], texts: Mapping[str, str]
) -> dict[str, RateTable]:
    """A product's tables by name.

    Raises:
        InvalidProduct: One is declared and not there, or is no table.
    """
    for name in declared:
        if name not in texts:
            hint = did_you_mean(name, texts)
            raise refuse(f"/tables/{name}", f"no {name}.csv", "a file beside the document", hint)
    return {
        name: RateTable(name, text, declared[name].values if name in declared else None)
        for name, text in texts.items()
    }


def table_value(scope: NameScope, table: str, keys: Sequence[object]) -> object:
    """A table's value for keys as its author writes them."""
    name, _, column = table.partition("__")
    found = scope.tables[name]
    value = column or found.values[0]
    types = next((kinds for one, _, kinds in scope.matched if one is found), None)
    if types is None:
        raise KeyError(f"the table {name} is not used by this product")
    held = [
        int(WIDE.scaleb(Decimal(str(key)), kind.scale))
        if kind.numeric
        else date.fromisoformat(str(key)).toordinal()
        if kind.kind is Kind.DATE
        else key
        for key, kind in zip(keys, types, strict=True)
    ]
    if scope.asked is not None:
        scope.asked.setdefault(name, set()).add(tuple(held))
    result = found.matcher(types, value)(*held)
    kind = found.value_type(value)
    return as_decimal(result, kind.scale) if isinstance(result, int) and kind.numeric else result
