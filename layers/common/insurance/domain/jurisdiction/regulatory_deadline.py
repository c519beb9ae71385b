"""Regulators' clocks: started by one act, met by another, and breached when the last day passes in between."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Self

from pydantic import AwareDatetime

from insurance.domain.core.value import Value
from insurance.domain.jurisdiction import ClockRule, Jurisdiction


class Clock(Value):
    """One act that is owed: since when, until when, and what came of it."""

    code: str
    started_at: AwareDatetime
    due_at: AwareDatetime
    """The first instant that is too late."""
    met_at: AwareDatetime | None = None
    breached_at: AwareDatetime | None = None
    """When it was found that the time had passed."""

    @property
    def runs(self) -> bool:
        return self.met_at is None

    def passed(self, now: datetime) -> bool:
        """Whether the act came too late, or is too late by now."""
        return (self.met_at or now) >= self.due_at

    def met(self, at: datetime) -> Self:
        return self.replace(met_at=at)


def ticking(
    clocks: Sequence[Clock],
    owed: Mapping[str, bool],
    rules: Sequence[ClockRule],
    jurisdiction: Jurisdiction,
    now: datetime,
) -> tuple[Clock, ...]:
    """The clocks as they run after a change: started for what is newly owed, met for what no longer is.

    One clock for each act: an act that is owed again starts afresh, and its earlier clock is history.
    """
    found = {clock.code: clock for clock in clocks}
    for rule in rules:
        there = found.get(rule.code)
        runs = there is not None and there.runs
        if owed.get(rule.code) and not runs:
            due_at = jurisdiction.due(rule, now)
            found[rule.code] = Clock(code=rule.code, started_at=now, due_at=due_at)
        elif there is not None and runs and not owed.get(rule.code):
            found[rule.code] = there.met(now)
    return tuple(found.values())


def overdue(clocks: Sequence[Clock], now: datetime) -> tuple[Clock, ...]:
    """Clocks that ran out and of which nobody has taken note yet."""
    return tuple(
        clock for clock in clocks if clock.runs and clock.breached_at is None and clock.passed(now)
    )


def breached(clocks: Sequence[Clock], now: datetime) -> tuple[Clock, ...]:
    """With note taken of those that ran out."""
    late = overdue(clocks, now)
    return tuple(clock.replace(breached_at=now) if clock in late else clock for clock in clocks)


def next_unnoticed(clocks: Sequence[Clock]) -> datetime | None:
    """When the first of the running clocks runs out that nobody has noted as late."""
    running = (clock.due_at for clock in clocks if clock.runs and clock.breached_at is None)
    return min(running, default=None)
