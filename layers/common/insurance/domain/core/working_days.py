"""Working days: calendars as data, and the counting of days that notices and payments hang on."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from insurance.domain.core.value import Value

SATURDAY, SUNDAY = 5, 6
DAYS_MAX = 3660


class WorkingDays(Value):
    """A jurisdiction's calendar: which weekdays rest, and which dates are holidays."""

    code: str
    rest: frozenset[Annotated[int, Field(ge=0, le=6)]] = frozenset({SATURDAY, SUNDAY})
    """Weekdays, Monday is 0."""
    holidays: frozenset[date] = frozenset()
    known_until: date
    """The last day that its holidays are known for."""

    def works(self, day: date) -> bool:
        if day > self.known_until:
            raise ValueError(f"the calendar {self.code} ends on {self.known_until}")
        return day.weekday() not in self.rest and day not in self.holidays

    def next(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""
        while not self.works(day):
            day += timedelta(days=1)
        return day

    def after(self, day: date, working_days: int) -> date:
        """So many working days later; the day itself does not count. With 0: as `next`."""
        if not 0 <= working_days <= DAYS_MAX:
            raise ValueError(f"0 to {DAYS_MAX} working days")
        if not working_days:
            return self.next(day)
        for _ in range(working_days):
            day = self.next(day + timedelta(days=1))
        return day

    def between(self, first: date, last: date) -> int:
        """Working days after the first day, up to and with the last."""
        return sum(map(self.works, _days(first + timedelta(days=1), last)))


def _days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))
