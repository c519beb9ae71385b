"""The calendar of the books: which months are open, closed and locked, and where a posting belongs."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import StringConstraints

from insurance.domain.core.classification import Record
from insurance.domain.core.errors import SamePerson, WrongState
from insurance.domain.core.identity import CalendarId, Mode, calendar_id_for

AccountingPeriod = Annotated[str, StringConstraints(pattern=r"^(19|2[01])\d\d-(0[1-9]|1[0-2])$")]
"""A month by UTC, as `2027-02`: they sort by their names."""

MONTHS = 12


class PeriodStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    """Nothing is booked into it any more; it can still be opened again."""
    LOCKED = "locked"
    """Closed for good, by a second person."""


def period_of(instant: datetime) -> AccountingPeriod:
    return f"{instant.astimezone(UTC):%Y-%m}"


def period_after(period: AccountingPeriod, months: int = 1) -> AccountingPeriod:
    """The period so many months later; earlier with a negative number."""
    year, month = map(int, period.split("-"))
    years, place = divmod(year * MONTHS + month - 1 + months, MONTHS)
    return f"{years:04}-{place + 1:02}"


def end_of(period: AccountingPeriod) -> datetime:
    """The instant at which it is over: the first of the next."""
    year, month = map(int, period_after(period).split("-"))
    return datetime(year, month, 1, tzinfo=UTC)


class Calendar(Record):
    """How far the books of one mode are closed and locked: months close in their order."""

    id: CalendarId
    closed_through: AccountingPeriod | None = None
    closed_by: str | None = None
    """Who closed the last one: another person must lock it."""
    locked_through: AccountingPeriod | None = None

    @classmethod
    def of(cls, mode: Mode) -> Self:
        """Before anything was closed."""
        return cls(id=calendar_id_for(mode))

    def status(self, period: AccountingPeriod) -> PeriodStatus:
        if self.locked_through is not None and period <= self.locked_through:
            return PeriodStatus.LOCKED
        if self.closed_through is not None and period <= self.closed_through:
            return PeriodStatus.CLOSED
        return PeriodStatus.OPEN

    def placed(self, tax_point: datetime) -> AccountingPeriod:
        """Where a posting belongs: its tax point's month, or the first open one after it."""
        wanted = period_of(tax_point)
        if self.closed_through is None or wanted > self.closed_through:
            return wanted
        return period_after(self.closed_through)

    def closed(self, period: AccountingPeriod, *, by: str, now: datetime) -> Self:
        """With one more month closed: the next in order, once it is over."""
        if now < end_of(period):
            raise WrongState(f"Period {period}", "not over", "be closed")
        if self.status(period) is not PeriodStatus.OPEN:
            raise WrongState(f"Period {period}", self.status(period), "be closed")
        if self.closed_through is not None and period != period_after(self.closed_through):
            raise WrongState(f"Period {period}", "not the next to close", "be closed")
        return self.replace(closed_through=period, closed_by=by)

    def locked(self, period: AccountingPeriod, *, by: str) -> Self:
        """Closed for good, with all before it; never by who closed it."""
        if self.status(period) is not PeriodStatus.CLOSED or period != self.closed_through:
            raise WrongState(f"Period {period}", self._shown(period), "be locked")
        if by == self.closed_by:
            raise SamePerson(f"the closing of {period}")
        return self.replace(locked_through=period)

    def reopened(self, period: AccountingPeriod) -> Self:
        """The last closed month open again, as long as it is not locked."""
        if self.status(period) is not PeriodStatus.CLOSED or period != self.closed_through:
            raise WrongState(f"Period {period}", self._shown(period), "be opened again")
        before = period_after(period, -1)
        return self.replace(closed_through=before, closed_by=None)

    def _shown(self, period: AccountingPeriod) -> str:
        status = self.status(period)
        return "not the last closed one" if status is PeriodStatus.CLOSED else status
