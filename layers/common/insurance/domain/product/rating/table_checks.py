"""What is checked of a rate table before it is published: no two matches, and no gap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Final

from insurance.domain.product.faults import Fault, NoRate, refuse
from insurance.domain.product.language.kinds import Kind, Type
from insurance.domain.product.rating.cells import (
    BAND,
    EXACT,
    WILD,
    Cell,
    contains,
    form,
    intersection,
    overlap,
)

if TYPE_CHECKING:
    from insurance.domain.product.rating.matcher import Matcher
    from insurance.domain.product.rating.tables import RateTable

PAIRS_MAX: Final = 200_000

type Rows = Sequence[tuple[Cell, ...]]


def overlaps(table: RateTable, rows: Rows) -> list[tuple[int, int]]:
    """Pairs of rows that are equally specific and can match the same keys."""
    pairs: list[tuple[int, int]] = []
    by_wild: dict[int, list[int]] = defaultdict(list)
    for place, cells in enumerate(rows):
        by_wild[sum(form(cell) == WILD for cell in cells)].append(place)
    for same in by_wild.values():
        pairs += _clashes(table, rows, same)
    return pairs


def _clashes(table: RateTable, rows: Rows, same: list[int]) -> list[tuple[int, int]]:
    """Rows sorted by their exact keys are compared only with those that could match too."""
    buckets: dict[tuple[object, ...], list[int]] = defaultdict(list)
    shapes = {tuple(form(cell) for cell in rows[place]) for place in same}
    always = [
        column for column in range(len(rows[0])) if all(shape[column] == EXACT for shape in shapes)
    ]
    for place in same:
        buckets[tuple(rows[place][column] for column in always)].append(place)
    found = []
    pairs = 0
    for bucket in buckets.values():
        ordered = _by_band(table, rows, bucket)
        for first, second in ordered:
            pairs += 1
            if pairs > PAIRS_MAX:
                raise refuse(table.path, "too many bands to compare", "fewer rows")
            if _meet(rows, first, second) and not _settled(rows, first, second):
                found.append((first, second))
                if len(found) > 20:  # noqa: PLR2004 - enough to say what is wrong
                    return found
    return found


def _by_band(table: RateTable, rows: Rows, bucket: list[int]) -> list[tuple[int, int]]:
    """Neighbours suffice where one band column parts all the rows; else every pair."""
    columns = range(len(rows[0]))
    bands = [c for c in columns if any(form(rows[p][c]) == BAND for p in bucket)]
    wild = any(form(rows[p][c]) == WILD for p in bucket for c in columns)
    if len(bands) == 1 and not wild:
        column = bands[0]
        ordered = sorted(bucket, key=lambda place: _low(rows[place][column]))
        return list(pairwise(ordered))
    if len(bucket) > 2_000:  # noqa: PLR2004 - PAIRS_MAX would refuse it anyway
        raise refuse(table.path, f"{len(bucket)} rows of bands", "fewer, or exact keys")
    return list(combinations(bucket, 2))


def _meet(rows: Rows, first: int, second: int) -> bool:
    return all(overlap(one, two) for one, two in zip(rows[first], rows[second], strict=True))


def _settled(rows: Rows, first: int, second: int) -> bool:
    """Whether a more specific row holds wherever both of these match."""
    both = [intersection(one, two) for one, two in zip(rows[first], rows[second], strict=True)]
    wild = sum(form(cell) == WILD for cell in rows[first])
    return any(
        sum(form(cell) == WILD for cell in row) < wild
        and all(contains(cell, part) for cell, part in zip(row, both, strict=True))
        for row in rows
    )


def faults(matcher: Matcher) -> list[Fault]:
    """Rows that could both match."""
    table = matcher.table
    return [
        Fault(
            f"{table.path} line {table.rows[second].line}",
            f"a row that matches together with line {table.rows[first].line}",
            "one match for every risk",
            "Part the bands, or make one row more specific.",
        )
        for first, second in overlaps(table, matcher.rows)
    ]


def gap(matcher: Matcher, types: Sequence[Type]) -> tuple[object, ...] | None:
    """Keys inside the declared bounds that no row matches; None if there are none.

    Edges are enough: between two of them nothing changes. Keys without bounds are tried from
    the first edge to the last, words from those in the table when the question has no choices.
    """
    columns = []
    for column, kind in enumerate(types):
        columns.append(_probes([row[column] for row in matcher.rows], kind))
    size = 1
    for probes in columns:
        size *= len(probes)
    if size > 50_000:  # noqa: PLR2004 - too many to try: rows are then found missing at run time
        return None
    for keys in product(*columns):
        try:
            matcher.lookup(*keys)
        except NoRate:
            return keys
    return None


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
        return list({cell for cell in cells if form(cell) == EXACT}) or ["?"]
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
