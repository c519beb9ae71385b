"""The cells of a rate table's keys: one value, a band, or anything."""

from typing import Final

ANY: Final = "*"

type Edge = int | None
type Cell = tuple[Edge, Edge] | object
"""A key as it is matched: a half-open band of whole numbers, one value, or ANY."""

EXACT: Final = 0
BAND: Final = 1
WILD: Final = 2


def form(cell: Cell) -> int:
    if isinstance(cell, tuple):
        return BAND
    return WILD if cell == ANY else EXACT


def within(cell: Cell, key: object) -> bool:
    if isinstance(cell, tuple):
        low, high = cell
        return (low is None or key >= low) and (high is None or key < high)
    return cell in (ANY, key)


def overlap(one: Cell, two: Cell) -> bool:
    if isinstance(one, tuple) and isinstance(two, tuple):
        return _below(one[0], two[1]) and _below(two[0], one[1])
    if isinstance(one, tuple):
        return two == ANY or within(one, two)
    if isinstance(two, tuple):
        return one == ANY or within(two, one)
    return ANY in {one, two} or one == two


def intersection(one: Cell, two: Cell) -> Cell:
    """Where two cells that meet both hold."""
    if not isinstance(one, tuple):
        return two if one == ANY else one
    if not isinstance(two, tuple):
        return one if two == ANY else two
    lows = [low for low in (one[0], two[0]) if low is not None]
    highs = [high for high in (one[1], two[1]) if high is not None]
    return (max(lows, default=None), min(highs, default=None))


def contains(cell: Cell, part: Cell) -> bool:
    if not isinstance(cell, tuple):
        return cell in (ANY, part)
    if not isinstance(part, tuple):
        return part != ANY and within(cell, part)
    (low, high), (from_, to) = cell, part
    starts = low is None or (from_ is not None and from_ >= low)
    return starts and (high is None or (to is not None and to <= high))


def _below(low: Edge, high: Edge) -> bool:
    return low is None or high is None or low < high
