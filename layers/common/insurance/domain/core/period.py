"""A span of time, from its start and up to but not including its end."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, model_validator

from insurance.domain.core.value import Value


class Period(Value):
    """Half-open: `[start, end)`. What happens at the very end is outside."""

    start: AwareDatetime
    end: AwareDatetime

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a period ends after it starts")
        return self

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def join_periods(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The same time in as few periods as possible; the periods are given in order of time."""
    joined: list[Period] = []
    for period in periods:
        if joined and joined[-1].end == period.start:
            joined[-1] = Period(start=joined[-1].start, end=period.end)
        else:
            joined.append(period)
    return tuple(joined)
