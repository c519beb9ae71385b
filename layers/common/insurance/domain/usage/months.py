"""When a month's statement is final, and how long usage is kept. Days and months are in UTC."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from insurance.domain.ledger.calendar import AccountingPeriod, end_of, period_after, period_of

OPEN_FOR: Final = timedelta(days=3)
"""How long after its end lines of a month still go to its own statement. AWS tries to deliver them for a day."""
SETTLED_AFTER: Final = timedelta(minutes=15)
"""How much later a statement is called final: a call that counts lasts a minute at most, so whatever began to be
counted while the month took lines is in it by then."""
LATE_AT_MOST: Final = timedelta(days=45)
"""An older line is not counted: that it was counted before is remembered for somewhat longer."""
AHEAD_AT_MOST: Final = timedelta(hours=1)
"""How far the gateway's clock may be ahead of ours."""
SPARE: Final = timedelta(days=2)
"""How much longer items are stored than they are needed."""


def takes_lines_until(month: AccountingPeriod) -> datetime:
    return end_of(month) + OPEN_FOR


def final_at(month: AccountingPeriod) -> datetime:
    """From when the month's statement never changes."""
    return takes_lines_until(month) + SETTLED_AFTER


def month_for(at: datetime, now: datetime) -> AccountingPeriod:
    """The month whose statement has a call of this time that is counted now: its own one, or the first after it that
    still takes lines."""
    month = period_of(at)
    while now >= takes_lines_until(month):
        month = period_after(month)
    return month


def months_with(since: date, until: date, now: datetime) -> list[AccountingPeriod]:
    """Whose statements may have calls of these days: their own months, and those that take their late lines."""
    latest = (
        datetime(until.year, until.month, until.day, tzinfo=UTC) + timedelta(days=1) + LATE_AT_MOST
    )
    month, last = f"{since:%Y-%m}", period_of(min(latest, now + AHEAD_AT_MOST))
    months = []
    while month <= last:
        months.append(month)
        month = period_after(month)
    return months


def kept_until(month: AccountingPeriod, days: int) -> datetime:
    """Until when a month's usage is shown, where it is kept for so many days."""
    return end_of(month) + timedelta(days=days)
