"""Rate tables: what actuaries keep as CSV, checked for gaps and overlaps, and made fast.

Key columns come first, values last. A key column is matched exactly (`*` stands for anything), or
is one end of a band and says in its name whether the end belongs to it: `age>=` and `age<`; an
empty cell leaves that end open. Where several rows match, the most specific wins: the one with
the fewest `*` and open bands. Two that are equally specific are a fault, no row is NoRate.
"""

import csv
import io
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations, pairwise, product
from typing import Final, NamedTuple

from insurance.domain.product.faults import Fault, InvalidProduct, NoRate, did_you_mean, refuse
from insurance.domain.product.language.kinds import BOOL, TEXT, Kind, Type, number, places

ROWS_MAX: Final = 20_000
COLUMNS_MAX: Final = 24
CELL_MAX: Final = 200
PAIRS_MAX: Final = 200_000
ANY: Final = "*"
ENDS: Final = ("<=", ">=", "<", ">")
HEADING: Final = re.compile(r"([a-z][a-z0-9_]*)(<=|>=|<|>)?")
DECIMAL: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")

type Edge = int | None
type Cell = tuple[Edge, Edge] | object
"""A key as it is matched: a half-open band of whole numbers, one value, or ANY."""


class Row(NamedTuple):
    line: int
    keys: tuple[tuple[str, ...], ...]
    """For each key its cells: one, or two where a band has two ends."""
    values: tuple[str, ...]


class Table:
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

    def matcher(self, types: Sequence[Type], value: str) -> "Matcher":
        """The table ready to answer for keys of these types, at their scales."""
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


def _at(table: Table, row: Row, name: str) -> str:
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


class Matcher:
    """Answers for keys: exact columns by hash, one band by bisection, more bands in turn."""

    def __init__(
        self, table: Table, rows: Sequence[tuple[Cell, ...]], results: Sequence[object]
    ) -> None:
        self.table, self._rows, self._results = table, rows, results
        groups: dict[tuple[int, ...], dict[tuple[object, ...], list[int]]] = {}
        for place, cells in enumerate(rows):
            shape = tuple(_shape(cell) for cell in cells)
            exact = tuple(cell for cell in cells if _shape(cell) == EXACT)
            groups.setdefault(shape, defaultdict(list))[exact].append(place)
        # Fewer `*` first; among these the most exact columns.
        self._groups = sorted(
            groups.items(), key=lambda group: (group[0].count(WILD), group[0].count(BAND))
        )
        self._in_line: tuple[list[int], list[object]] | None = None
        self.lookup = self._fast() or self._general

    def __call__(self, *keys: object) -> object:
        return self.lookup(*keys)

    def _fast(self) -> Callable[..., object] | None:
        """One key in bands, or one row for each exact key: the common tables."""
        if len(self._groups) != 1:
            return None
        shape, by_exact = self._groups[0]
        if all(kind == EXACT for kind in shape):
            if any(len(places_) > 1 for places_ in by_exact.values()):
                return None
            held = {exact: self._results[found[0]] for exact, found in by_exact.items()}
            return self._exact(held)
        if shape == (BAND,) and not self.overlaps:
            return self._bands()
        return None

    def _exact(self, held: Mapping[tuple[object, ...], object]) -> Callable[..., object]:
        table = self.table

        def find(*keys: object) -> object:
            try:
                return held[keys]
            except KeyError:
                raise NoRate(table.name, keys) from None

        return find

    def _bands(self) -> Callable[..., object]:
        """Edges in order, and what holds from each to the next."""
        bands = sorted(
            ((cells[0], place) for place, cells in enumerate(self._rows)),
            key=lambda band: (band[0][0] is not None, band[0][0] or 0),  # type: ignore[index]
        )
        edges: list[int] = []
        held: list[object] = [GAP]
        for cell, place in bands:
            low, high = cell  # type: ignore[misc]  # every cell of this shape is a band
            if low is None:
                held[0] = self._results[place]
            elif edges and edges[-1] == low:
                held[-1] = self._results[place]
            else:
                edges.append(low)
                held.append(self._results[place])
            if high is not None:
                edges.append(high)
                held.append(GAP)
        self._in_line = edges, held
        table = self.table

        def find(key: int) -> object:
            found = held[bisect_right(edges, key)]
            if found is GAP:
                raise NoRate(table.name, (key,))
            return found

        return find

    def _general(self, *keys: object) -> object:
        best: int | None = None
        best_wild = COLUMNS_MAX + 1
        for shape, by_exact in self._groups:
            wild = shape.count(WILD)
            if best is not None and wild > best_wild:
                break
            exact = tuple(key for key, kind in zip(keys, shape, strict=True) if kind == EXACT)
            for place in by_exact.get(exact, ()):
                if all(
                    _within(cell, key) for cell, key in zip(self._rows[place], keys, strict=True)
                ):
                    best, best_wild = place, wild
                    break
            else:
                continue
            break
        if best is None:
            raise NoRate(self.table.name, keys)
        return self._results[best]

    def in_line(self, kind: Type) -> tuple[list[int], list[object]] | None:
        """Edges and what holds between them, where no key inside the bounds can miss a row."""
        if self._in_line is None:
            return None
        edges, held = self._in_line
        first, last = 0, len(held) - 1
        if kind.low is not None:
            first = bisect_right(edges, int(kind.low.scaleb(kind.scale)))
        if kind.high is not None:
            last = bisect_right(edges, int(kind.high.scaleb(kind.scale)))
        return None if GAP in held[first : last + 1] else self._in_line

    def edges(self, column: int) -> dict[int, int]:
        """Where a band begins or ends in a column, and on which line first."""
        found: dict[int, int] = {}
        for place, cells in enumerate(self._rows):
            cell = cells[column]
            for edge in cell if isinstance(cell, tuple) else ():
                if isinstance(edge, int):
                    found.setdefault(edge, self.table.rows[place].line)
        return found

    @cached_property
    def overlaps(self) -> list[tuple[int, int]]:
        """Pairs of rows that are equally specific and can match the same keys."""
        found: list[tuple[int, int]] = []
        by_wild: dict[int, list[int]] = defaultdict(list)
        for place, cells in enumerate(self._rows):
            by_wild[sum(_shape(cell) == WILD for cell in cells)].append(place)
        for same in by_wild.values():
            found += self._clashes(same)
        return found

    def _clashes(self, same: list[int]) -> list[tuple[int, int]]:
        """Rows sorted by their exact keys are compared only with those that could match too."""
        buckets: dict[tuple[object, ...], list[int]] = defaultdict(list)
        shapes = {tuple(_shape(cell) for cell in self._rows[place]) for place in same}
        always = [
            column
            for column in range(len(self._rows[0]))
            if all(shape[column] == EXACT for shape in shapes)
        ]
        for place in same:
            buckets[tuple(self._rows[place][column] for column in always)].append(place)
        found = []
        pairs = 0
        for bucket in buckets.values():
            ordered = self._by_band(bucket)
            for first, second in ordered:
                pairs += 1
                if pairs > PAIRS_MAX:
                    raise refuse(self.table.path, "too many bands to compare", "fewer rows")
                if self._meet(first, second) and not self._settled(first, second):
                    found.append((first, second))
                    if len(found) > 20:  # noqa: PLR2004 - enough to say what is wrong
                        return found
        return found

    def _by_band(self, bucket: list[int]) -> list[tuple[int, int]]:
        """Neighbours suffice where one band column parts all the rows; else every pair."""
        columns = range(len(self._rows[0]))
        bands = [c for c in columns if any(_shape(self._rows[p][c]) == BAND for p in bucket)]
        wild = any(_shape(self._rows[p][c]) == WILD for p in bucket for c in columns)
        if len(bands) == 1 and not wild:
            column = bands[0]
            ordered = sorted(bucket, key=lambda place: _low(self._rows[place][column]))
            return list(pairwise(ordered))
        if len(bucket) > 2_000:  # noqa: PLR2004 - PAIRS_MAX would refuse it anyway
            raise refuse(self.table.path, f"{len(bucket)} rows of bands", "fewer, or exact keys")
        return list(combinations(bucket, 2))

    def _meet(self, first: int, second: int) -> bool:
        return all(
            _overlap(one, two)
            for one, two in zip(self._rows[first], self._rows[second], strict=True)
        )

    def _settled(self, first: int, second: int) -> bool:
        """Whether a more specific row holds wherever both of these match."""
        rows = zip(self._rows[first], self._rows[second], strict=True)
        both = [_intersection(one, two) for one, two in rows]
        wild = sum(_shape(cell) == WILD for cell in self._rows[first])
        return any(
            sum(_shape(cell) == WILD for cell in row) < wild
            and all(_contains(cell, part) for cell, part in zip(row, both, strict=True))
            for row in self._rows
        )

    def faults(self) -> list[Fault]:
        """Rows that could both match."""
        table = self.table
        return [
            Fault(
                f"{table.path} line {table.rows[second].line}",
                f"a row that matches together with line {table.rows[first].line}",
                "one match for every risk",
                "Part the bands, or make one row more specific.",
            )
            for first, second in self.overlaps
        ]

    def gap(self, types: Sequence[Type]) -> tuple[object, ...] | None:
        """Keys inside the declared bounds that no row matches; None if there are none.

        Edges are enough: between two of them nothing changes. Keys without bounds are tried from
        the first edge to the last, words from those in the table when the question has no choices.
        """
        columns = []
        for column, kind in enumerate(types):
            columns.append(_probes([row[column] for row in self._rows], kind))
        size = 1
        for probes in columns:
            size *= len(probes)
        if size > 50_000:  # noqa: PLR2004 - too many to try: rows are then found missing at run time
            return None
        for keys in product(*columns):
            try:
                self._general(*keys)
            except NoRate:
                return keys
        return None


EXACT: Final = 0
BAND: Final = 1
WILD: Final = 2
GAP: Final = object()


def _shape(cell: Cell) -> int:
    if isinstance(cell, tuple):
        return BAND
    return WILD if cell == ANY else EXACT


def _within(cell: Cell, key: object) -> bool:
    if isinstance(cell, tuple):
        low, high = cell
        return (low is None or key >= low) and (high is None or key < high)
    return cell in (ANY, key)


def _overlap(one: Cell, two: Cell) -> bool:
    if isinstance(one, tuple) and isinstance(two, tuple):
        return _below(one[0], two[1]) and _below(two[0], one[1])
    if isinstance(one, tuple):
        return two == ANY or _within(one, two)
    if isinstance(two, tuple):
        return one == ANY or _within(two, one)
    return ANY in {one, two} or one == two


def _intersection(one: Cell, two: Cell) -> Cell:
    """Where two cells that meet both hold."""
    if not isinstance(one, tuple):
        return two if one == ANY else one
    if not isinstance(two, tuple):
        return one if two == ANY else two
    lows = [low for low in (one[0], two[0]) if low is not None]
    highs = [high for high in (one[1], two[1]) if high is not None]
    return (max(lows, default=None), min(highs, default=None))


def _contains(cell: Cell, part: Cell) -> bool:
    if not isinstance(cell, tuple):
        return cell in (ANY, part)
    if not isinstance(part, tuple):
        return part != ANY and _within(cell, part)
    (low, high), (from_, to) = cell, part
    starts = low is None or (from_ is not None and from_ >= low)
    return starts and (high is None or (to is not None and to <= high))


def _below(low: Edge, high: Edge) -> bool:
    return low is None or high is None or low < high


def _low(cell: Cell) -> tuple[bool, int]:
    low = cell[0] if isinstance(cell, tuple) else None
    return (low is not None, low or 0)


def _probes(cells: Sequence[Cell], kind: Type) -> Sequence[object]:
    """Keys worth trying in one column."""
    if kind.kind is Kind.BOOL:
        return [True, False]
    if kind.kind is Kind.TEXT:
        if kind.choices:
            return list(kind.choices)
        return list({cell for cell in cells if _shape(cell) == EXACT}) or ["?"]
    edges = {
        edge
        for cell in cells
        for edge in (cell if isinstance(cell, tuple) else (cell,))
        if isinstance(edge, int)
    }
    low = None if kind.low is None else int(kind.low.scaleb(kind.scale))
    high = None if kind.high is None else int(kind.high.scaleb(kind.scale))
    probes = {probe for edge in edges for probe in (edge - 1, edge)}
    if not all(isinstance(cell, tuple) for cell in cells):
        probes |= {edge + 1 for edge in edges}
    if low is None or high is None:
        # Without both bounds only what lies between the outermost edges can be called a gap.
        outer = (min(edges, default=0), max(edges, default=0))
        low = outer[0] if low is None else low
        high = outer[1] - 1 if high is None and len(edges) > 1 else high
    bounded = {probe for probe in probes if probe >= low and (high is None or probe <= high)}
    if kind.low is not None:
        bounded.add(low)
    if kind.high is not None and high is not None:
        bounded.add(high)
    return sorted(bounded)
