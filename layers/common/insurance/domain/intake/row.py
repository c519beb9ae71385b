"""A row of somebody's file, and what was found in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple


class Action(StrEnum):
    """What becomes of a row for a finding, from the mildest on."""

    WARN = "warn"
    """The row goes on as it is."""
    CLEAN = "clean"
    """The row goes on with another value; both are in the finding."""
    QUARANTINE = "quarantine"
    """The row waits for a person."""
    HALT = "halt"
    """No further row is read."""


SHOWN_MAX: Final = 1_000
"""Characters of a value that a finding shows."""


class RowFinding(NamedTuple):
    """One reason about one row. `before` and `after` may be personal data, and are cut where they are long."""

    rule: str
    """A rule of the mapping by its code, or a check of a field: `answers.value/range`."""
    action: Action
    place: str
    """The field, or the column, or empty: the row."""
    code: str
    """What kind of fault it is, in stable words."""
    before: str | None = None
    after: str | None = None
    """Of what was cleaned, and of a row that repeats another: the number of that row."""


class RawRow(NamedTuple):
    """What a file says in one row, by the headings of its columns."""

    number: int
    """Its place in the file: the line it begins on, or the row of the sheet, counted from 1."""
    values: Mapping[str, str]
    fault: str = ""
    """Why it is no row of this file: `too-few-cells`, `too-many-cells`, `row-too-long`, `not-json` and so on."""


class CheckedRow(NamedTuple):
    """What a row became, with every reason that was found."""

    number: int
    record: dict[str, Any]
    """What could be mapped, in the form of the operation that takes it; whole only if accepted."""
    findings: tuple[RowFinding, ...]

    @property
    def is_accepted(self) -> bool:
        return all(finding.action not in KEPT_BACK for finding in self.findings)

    @property
    def is_cleaned(self) -> bool:
        return any(finding.action is Action.CLEAN for finding in self.findings)


KEPT_BACK = frozenset({Action.QUARANTINE, Action.HALT})
