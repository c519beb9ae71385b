"""Drift: whether a file's values are others than those of its source's last ten batches.

A batch keeps how the watched fields are spread: rows by code, or by bins of a number whose bounds never move (a fifth wide
each), so that slices and batches add up. To compare, neighbouring bins are joined until each has a tenth of the rows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.document import DriftRule, Watch
from insurance.domain.intake.quality import BatchQuality, source_scores
from insurance.domain.intake.spread import Bins, Drift, added_bins

ROWS_BEFORE_LEAST: Final = 100
ROWS_LEAST: Final = 30
"""With fewer rows chance alone moves shares."""
GROUPS: Final = 10
CODES_SHOWN: Final = 20
NUMBERED: Final = re.compile(r"-?[0-9]+")
"""A bin of a number; other keys are codes."""
HALF: Final = Decimal("0.5")
"""A row is added by halves to each group: of an empty one there is no logarithm."""
TEN_THOUSANDTHS: Final = Decimal("0.0001")


def bin_of(value: Any, received_on: date) -> str:
    """Where a value counts: a code or yes or no as itself, a number by its size, a day by its distance from the receipt."""
    if isinstance(value, date):
        value = (value - received_on).days
    if isinstance(value, bool) or not isinstance(value, int):
        return str(value).lower() if isinstance(value, bool) else str(value)
    size = abs(value)
    if size < 4:  # noqa: PLR2004 - each has a bin of its own
        return str(value)
    bits = size.bit_length()
    place = bits * 4 + (size >> (bits - 3) & 3)
    return str(place if value > 0 else -place)


def drifts_of(
    rules: Iterable[DriftRule], batch: DataBatch, last: Sequence[BatchQuality]
) -> tuple[Drift, ...]:
    """What the rules about a whole file find, now that all of it was read. The same file says nothing of itself."""
    before = [quality for quality in last if quality.sha256 != batch.sha256]
    found = (_drift(rule, batch, before) for rule in rules)
    return tuple(drift for drift in found if drift is not None)


def _drift(rule: DriftRule, batch: DataBatch, before: Sequence[BatchQuality]) -> Drift | None:
    known = [quality for quality in before if rule.field in quality.fields]
    rows = sum(quality.tally.read for quality in known)
    if rows < ROWS_BEFORE_LEAST or batch.tally.read < ROWS_LEAST:
        return None
    spread: Bins = {}
    for quality in known:
        spread = added_bins(spread, quality.bins)
    then, now = spread.get(rule.field, {}), batch.bins.get(rule.field, {})
    codes: tuple[str, ...] = ()
    if rule.watch is Watch.NEW_CODES:
        codes = tuple(sorted(now.keys() - then.keys())) if then else ()
        measured, is_over = Decimal(len(codes)), bool(codes)
    else:
        measured = (
            stability_index(then, now)
            if rule.watch is Watch.DISTRIBUTION
            else _missing_more(rule.field, batch, known)
        )
        is_over = measured > Decimal(rule.limit)
    if not is_over:
        return None
    return Drift(
        rule=rule.code,
        field=rule.field,
        watch=rule.watch,
        action=rule.action,
        measured=str(measured),
        codes=codes[:CODES_SHOWN],
    )


def _missing_more(field: str, batch: DataBatch, known: Sequence[BatchQuality]) -> Decimal:
    """By how much the share of rows without a value has changed."""
    then = Decimal(source_scores(known)[field].completeness) * TEN_THOUSANDTHS
    filled = batch.fields[field].filled
    return abs(Decimal(filled) / batch.tally.read - then).quantize(TEN_THOUSANDTHS)


def stability_index(then: Mapping[str, int], now: Mapping[str, int]) -> Decimal:
    """The population stability index: the sum over groups of (p - q) ln(p / q). Siddiqi, Credit Risk Scorecards (2006): below 0.1
    nothing has changed, above 0.25 much has."""
    groups = _groups(then, now)
    if not then or not now or len(groups) < 2:  # noqa: PLR2004 - one group moves nowhere
        return Decimal(0)
    halves = HALF * len(groups)
    rows_then, rows_now = sum(then.values()) + halves, sum(now.values()) + halves
    index = Decimal(0)
    for keys in groups:
        p = (sum(now.get(key, 0) for key in keys) + HALF) / rows_now
        q = (sum(then.get(key, 0) for key in keys) + HALF) / rows_then
        index += (p - q) * (p / q).ln()
    return index.quantize(TEN_THOUSANDTHS)


def _groups(then: Mapping[str, int], now: Mapping[str, int]) -> list[list[str]]:
    """Codes each for itself; neighbouring bins of numbers until a group has a tenth of the rows of both, each weighing half."""
    keys = then.keys() | now.keys()
    if not all(NUMBERED.fullmatch(key) for key in keys):
        return [[key] for key in sorted(keys)]
    rows_then, rows_now = sum(then.values()), sum(now.values())
    least = 2 * rows_then * rows_now
    groups: list[list[str]] = [[]]
    weight = 0
    for key in sorted(keys, key=int):
        if weight * GROUPS >= least:
            groups.append([])
            weight = 0
        groups[-1].append(key)
        weight += then.get(key, 0) * rows_now + now.get(key, 0) * rows_then
    if weight * GROUPS < least and len(groups) > 1:
        last = groups.pop()
        groups[-1] += last
    return groups
