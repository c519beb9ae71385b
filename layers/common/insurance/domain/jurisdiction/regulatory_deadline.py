"""Regulatory deadlines: an act that a regulator wants done within a number of days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Self

from pydantic import AwareDatetime

from insurance.domain.core.value import Value

if TYPE_CHECKING:
    from insurance.domain.jurisdiction.jurisdiction import DeadlineRule, Jurisdiction


class RegulatoryDeadline(Value):
    """One act that is owed: since when, until when, and whether it was done in time."""

    code: str
    """The act: "acknowledge", "decide", "pay" or "final_response"."""
    started_at: AwareDatetime
    due_at: AwareDatetime
    """The first instant that is too late."""
    met_at: AwareDatetime | None = None
    missed_at: AwareDatetime | None = None
    """When it was noted that the deadline had passed."""

    @property
    def is_running(self) -> bool:
        return self.met_at is None

    def is_missed(self, now: datetime) -> bool:
        """Whether the act came too late, or is too late by now."""
        return (self.met_at or now) >= self.due_at

    def met(self, at: datetime) -> Self:
        return self.replace(met_at=at)


def update_deadlines(
    deadlines: Sequence[RegulatoryDeadline],
    owed: Mapping[str, bool],
    rules: Sequence[DeadlineRule],
    jurisdiction: Jurisdiction,
    now: datetime,
) -> tuple[RegulatoryDeadline, ...]:
    """Start a deadline for each act that is newly owed, and mark those met that are no longer owed.

    There is one deadline for each act. If an act is owed again, its deadline starts again and
    replaces the earlier one, which the events still show.
    """
    by_code = {deadline.code: deadline for deadline in deadlines}
    for rule in rules:
        current = by_code.get(rule.code)
        running = current is not None and current.is_running
        if owed.get(rule.code) and not running:
            due_at = jurisdiction.due(rule, now)
            by_code[rule.code] = RegulatoryDeadline(code=rule.code, started_at=now, due_at=due_at)
        elif current is not None and running and not owed.get(rule.code):
            by_code[rule.code] = current.met(now)
    return tuple(by_code.values())


def newly_missed(
    deadlines: Sequence[RegulatoryDeadline], now: datetime
) -> tuple[RegulatoryDeadline, ...]:
    """Running deadlines that have passed and are not yet noted as missed."""
    return tuple(
        deadline
        for deadline in deadlines
        if deadline.is_running and deadline.missed_at is None and deadline.is_missed(now)
    )


def note_missed(
    deadlines: Sequence[RegulatoryDeadline], now: datetime
) -> tuple[RegulatoryDeadline, ...]:
    """All deadlines, with `missed_at` on those that are newly missed."""
    missed = newly_missed(deadlines, now)
    return tuple(
        deadline.replace(missed_at=now) if deadline in missed else deadline
        for deadline in deadlines
    )


def next_deadline(deadlines: Sequence[RegulatoryDeadline]) -> datetime | None:
    """When the next running deadline passes that is not yet noted as missed."""
    due = (
        deadline.due_at
        for deadline in deadlines
        if deadline.is_running and deadline.missed_at is None
    )
    return min(due, default=None)
