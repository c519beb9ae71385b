"""Keep the calendar of the books: close a month, lock it, or open it again."""

from insurance.domain.books.calendar import AccountingPeriod, Calendar
from insurance.domain.caller import Caller
from insurance.domain.event import Event, NothingToSeal
from insurance.operations.ports import Calendars, Kept
from insurance.operations.receipt import Receipt

FINANCE = "finance"
"""The role; that two people close and lock is the calendar's own rule."""


def close_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Receipt
) -> Kept[Calendar]:
    """Nothing is booked into the month any more: what comes late goes to the next open one."""
    caller.require_role(FINANCE)
    was = calendars.load(caller.mode, receipt)
    calendar = was.record.closed(period, by=caller.principal, now=receipt.now)
    return _store(calendar, "period.closed", was, caller, calendars, receipt)


def lock_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Receipt
) -> Kept[Calendar]:
    """Closed for good; by another person than who closed it."""
    caller.require_role(FINANCE)
    was = calendars.load(caller.mode, receipt)
    calendar = was.record.locked(period, by=caller.principal)
    return _store(calendar, "period.locked", was, caller, calendars, receipt)


def reopen_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Receipt
) -> Kept[Calendar]:
    """Open again, as long as it is not locked and is the last that was closed."""
    caller.require_role(FINANCE)
    was = calendars.load(caller.mode, receipt)
    calendar = was.record.reopened(period)
    return _store(calendar, "period.reopened", was, caller, calendars, receipt)


def _store(  # noqa: PLR0917 - what the three have in common
    calendar: Calendar,
    type: str,
    was: Kept[Calendar],
    caller: Caller,
    calendars: Calendars,
    receipt: Receipt,
) -> Kept[Calendar]:
    event = Event.following(
        was.head,
        calendar,
        NothingToSeal(),
        stream=calendar.id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
    )
    kept = Kept(calendar, event.head, None)
    calendars.store(event, calendar, was=was, receipt=receipt.answered(kept))
    return kept
