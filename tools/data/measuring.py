"""How well rules find planted faults: precision and recall by kind, row by row, in flat memory."""

import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from insurance.domain.intake.checking import CompiledMapping
from insurance.intake_files.reading import read_rows

from tools.data.broker_file import KINDS

PRECISION: Final = 0.99
RECALL: Final = 0.98


class Score(NamedTuple):
    """Of one kind of fault: rows that have it, rows of which it is said, and both."""

    kind: str
    planted: int
    said: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.planted if self.planted else 1.0

    @property
    def is_met(self) -> bool:
        return self.precision >= PRECISION and self.recall >= RECALL


class Measured(NamedTuple):
    scores: tuple[Score, ...]
    rows: int
    false_alarms: int
    """Rows without a fault of which something is said."""
    seconds: float

    @property
    def is_met(self) -> bool:
        return not self.false_alarms and all(score.is_met for score in self.scores)


def measure(mapping: CompiledMapping, file: Path, truth: Iterable[str]) -> Measured:
    """The rows of a file against what is known of each."""
    signs = {(kind.rule, kind.code): name for name, kind in KINDS.items()}
    planted: Counter[str] = Counter()
    said: Counter[str] = Counter()
    right: Counter[str] = Counter()
    rows = false_alarms = 0
    started = time.process_time()
    with file.open("rb") as stream:
        checked = mapping.check(read_rows(stream, mapping.document))
        for made, line in zip(checked, truth, strict=True):
            kind = line.rstrip("\n")
            rows += 1
            planted[kind] += 1
            if not made.findings:
                continue
            false_alarms += not kind
            names = {signs.get((one.rule, one.code), "") for one in made.findings}
            said.update(names)
            right[kind] += kind in names
    seconds = time.process_time() - started
    scores = tuple(Score(kind, planted[kind], said[kind], right[kind]) for kind in KINDS)
    return Measured(scores, rows, false_alarms, seconds)
