"""Lines of the bench: one goal each, with what was found and whether it is met."""

import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

RESAMPLES = 2000
NULL_WITHIN = 0.05
"""How far two runs of the same thing may be apart before the run itself is in doubt."""


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs: the median of the paired rounds with its 95 % bootstrap interval."""

    middle: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, ours: Sequence[float], theirs: Sequence[float]) -> "Ratio":
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        chance = random.Random(20261122)  # noqa: S311 (the same interval for the same figures)
        middles = sorted(median(chance.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
        low, high = middles[int(0.025 * RESAMPLES)], middles[math.ceil(0.975 * RESAMPLES) - 1]
        return cls(median(ratios), low, high, len(ratios))

    def __str__(self) -> str:
        return f"{self.middle:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Line:
    """One line of the report. Without a goal it only informs."""

    name: str
    found: str
    met: bool | None = None
    goal: str = ""
    null: Ratio | None = None
    rounds: int | None = None
    raw: dict[str, Any] = field(default_factory=dict)
    """Absolute figures, shown only on request: they are this machine's, not anybody's."""
    broke: bool = False
    """It could not be measured, for a fault of ours."""

    @property
    def verdict(self) -> str:
        return {True: "PASS", False: "FAIL", None: ""}[self.met]

    def __str__(self) -> str:
        parts = [f"{self.name:<44} {self.found:<26}"]
        parts.append(f"A/A {self.null}" if self.null else "")
        parts.append(f"{self.rounds} rounds" if self.rounds else "")
        parts.append(f"goal {self.goal}" if self.goal else "")
        return "  ".join([*(part for part in parts if part), self.verdict]).rstrip()


def ratio_line(
    name: str, ratio: Ratio, null: Ratio, *, at_most: float | None, raw: dict[str, Any]
) -> Line:
    """Ours over theirs; with a goal it is met by the middle of the interval."""
    return Line(
        name,
        str(ratio),
        None if at_most is None else ratio.middle <= at_most,
        "" if at_most is None else f"<= {at_most:.2f}",
        null,
        ratio.rounds,
        raw,
    )


def null_line(name: str, null: Ratio) -> Line:
    """Ours against itself: how much of any ratio is noise."""
    met = abs(null.middle - 1) <= NULL_WITHIN
    return Line(name, str(null), met, f"1 ± {NULL_WITHIN}", rounds=null.rounds)


def stumbled_line(
    name: str, why: str, at_most: float | None = None, *, broke: bool = False
) -> Line:
    """What could not be measured, and why; a goal that could not be measured is missed."""
    return Line(
        name,
        f"stumbled: {' '.join(why.split())[:200]}",
        None if at_most is None and not broke else False,
        "" if at_most is None else f"<= {at_most:.2f}",
        broke=broke,
        raw={"stumbled": why},
    )


def count_line(name: str, found: float, *, at_most: float, raw: dict[str, Any]) -> Line:
    """A count that the engine metered: no noise, no interval."""
    return Line(name, f"{found:g}", found <= at_most, f"<= {at_most:g}", raw=raw)


def keep(lines: Iterable[Line], file: Path) -> None:
    """The lines with this machine's absolute figures, as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    figures = {line.name: {"found": line.found, **line.raw} for line in lines}
    file.write_text(json.dumps(figures, indent=1), encoding="utf-8")
