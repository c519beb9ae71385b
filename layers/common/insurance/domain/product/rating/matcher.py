"""Answers of a rate table: exact columns by hash, one band by bisection, more bands in turn."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from insurance.domain.product.faults import NoRate
from insurance.domain.product.language.kinds import Type
from insurance.domain.product.rating.cells import BAND, EXACT, WILD, Cell, form, within
from insurance.domain.product.rating.table_checks import overlaps

if TYPE_CHECKING:
    from insurance.domain.product.rating.tables import RateTable

GAP: Final = object()


class Matcher:
    """A table ready for keys of some types."""

    def __init__(
        self, table: RateTable, rows: Sequence[tuple[Cell, ...]], results: Sequence[object]
    ) -> None:
        self.table, self.rows, self._results = table, rows, results
        groups: dict[tuple[int, ...], dict[tuple[object, ...], list[int]]] = {}
        for place, cells in enumerate(rows):
            shape = tuple(form(cell) for cell in cells)
            exact = tuple(cell for cell in cells if form(cell) == EXACT)
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
            held = {exact: self._results[rows[0]] for exact, rows in by_exact.items()}
            return self._exact(held)
        if shape == (BAND,) and not overlaps(self.table, self.rows):
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
            ((cells[0], place) for place, cells in enumerate(self.rows)),
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
        best_wild = len(self.table.keys) + 1
        for shape, by_exact in self._groups:
            wild = shape.count(WILD)
            if best is not None and wild > best_wild:
                break
            exact = tuple(key for key, kind in zip(keys, shape, strict=True) if kind == EXACT)
            for place in by_exact.get(exact, ()):
                if all(within(cell, key) for cell, key in zip(self.rows[place], keys, strict=True)):
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
        for place, cells in enumerate(self.rows):
            cell = cells[column]
            for edge in cell if isinstance(cell, tuple) else ():
                if isinstance(edge, int):
                    found.setdefault(edge, self.table.rows[place].line)
        return found
