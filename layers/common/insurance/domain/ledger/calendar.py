"""The accounting calendar: which months are open, closed and locked, and where a posting belongs."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import StringConstraints

from insurance.domain.core.classification import Internal, Record
from insurance.domain.core.errors import WrongState
from insurance.domain.core.identity import CalendarId, Mode, calendar_id_for
from insurance.domain.core.segregation import Duty, check_segregation

AccountingPeriod = Annotated[
    str, StringConstraints(pattern=r"^(19|2[01])[0-9]{2}-(0[1-9]|1[0-2])$")
]
"""A calendar month in UTC, as `2027-02`; periods sort by their names."""

MONTHS = 12


class PeriodStatus(StrEnum):
    OPEN = "open"
    """It is posted to."""
    CLOSED = "closed"
    """Nothing more is posted to it; it can still be reopened."""
    LOCKED = "locked"
    """Closed for good, by a second person."""


def period_of(instant: datetime) -> AccountingPeriod:
    """Return the month in UTC that the instant is in."""
    return f"{instant.astimezone(UTC):%Y-%m}"


def period_after(period: AccountingPeriod, months: int = 1) -> AccountingPeriod:
    """Return the period this many months later; a negative number gives an earlier one."""
    year, month = map(int, period.split("-"))
    years, place = divmod(year * MONTHS + month - 1 + months, MONTHS)
    return f"{years:04}-{place + 1:02}"


def end_of(period: AccountingPeriod) -> datetime:
    """Return the first instant of the next period."""
    year, month = map(int, period_after(period).split("-"))
    return datetime(year, month, 1, tzinfo=UTC)


class Calendar(Record):
    """Through which month the ledger of one mode is closed and locked; months close in order."""

    id: Internal[CalendarId]
    closed_through: Internal[AccountingPeriod | None] = None
    closed_by: Internal[str | None] = None
    """Who closed the last month: another person must lock it."""
    locked_through: Internal[AccountingPeriod | None] = None

    @classmethod
    def of(cls, mode: Mode) -> Self:
        """The calendar before any month was closed."""
        return cls(id=calendar_id_for(mode))

    def status(self, period: AccountingPeriod) -> PeriodStatus:
        if self.locked_through is not None and period <= self.locked_through:
            return PeriodStatus.LOCKED
        if self.closed_through is not None and period <= self.closed_through:
            return PeriodStatus.CLOSED
        return PeriodStatus.OPEN

    def period_for(self, tax_point: datetime) -> AccountingPeriod:
        """Return the period to post to: the month of the tax point or, if that is closed, the first
        open month after it."""
        month = period_of(tax_point)
        if self.closed_through is None or month > self.closed_through:
            return month
        return period_after(self.closed_through)

    def closed(self, period: AccountingPeriod, *, by: str, now: datetime) -> Self:
        """Close one more month.

        Raises:
            WrongState: The month is not over, not open, or not the next in order.
        """
        if now < end_of(period):
            raise WrongState(f"Period {period}", "not over", "be closed")
        if self.status(period) is not PeriodStatus.OPEN:
            raise WrongState(f"Period {period}", self.status(period), "be closed")
        if self.closed_through is not None and period != period_after(self.closed_through):
            raise WrongState(f"Period {period}", "not the next to close", "be closed")
        return self.replace(closed_through=period, closed_by=by)

    def locked(self, period: AccountingPeriod, *, by: str) -> Self:
        """Lock the last closed month for good, and all months before it.

        Raises:
            WrongState: The month is open, locked, or not the last closed one.
            SamePerson: The same person closed the month.
        """
        if self.status(period) is not PeriodStatus.CLOSED or period != self.closed_through:
            raise WrongState(f"Period {period}", self._described(period), "be locked")
        done = {Duty.MONTH_CLOSED: self.closed_by}
        check_segregation(Duty.MONTH_LOCKED, by, done, f"the month {period}")
        return self.replace(locked_through=period)

    def reopened(self, period: AccountingPeriod) -> Self:
        """Reopen the last closed month.

        Raises:
            WrongState: The month is open, locked, or not the last closed one.
        """
        if self.status(period) is not PeriodStatus.CLOSED or period != self.closed_through:
            raise WrongState(f"Period {period}", self._described(period), "be reopened")
        before = period_after(period, -1)
        return self.replace(closed_through=before, closed_by=None)

    def _described(self, period: AccountingPeriod) -> str:
        status = self.status(period)
        return "not the last closed one" if status is PeriodStatus.CLOSED else status
