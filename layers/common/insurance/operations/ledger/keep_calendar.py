"""Keep the calendar of the books: close a month, lock it, or open it again."""

from insurance.domain.core.caller import Caller
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
from insurance.operations.idempotency import Idempotency
from insurance.operations.ledger.ports import Calendars

FINANCE = "finance"
"""The role; that two people close and lock is the calendar's own rule."""


def close_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Idempotency
) -> Stored[Calendar]:
    """Nothing is booked into the month any more: what comes late goes to the next open one."""
    caller.require_role(FINANCE)
    before = calendars.load(caller.mode, receipt)
    calendar = before.record.closed(period, by=caller.principal, now=receipt.now)
    return _store(calendar, "period.closed", before, caller, calendars, receipt)


def lock_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Idempotency
) -> Stored[Calendar]:
    """Closed for good; by another person than who closed it."""
    caller.require_role(FINANCE)
    before = calendars.load(caller.mode, receipt)
    calendar = before.record.locked(period, by=caller.principal)
    return _store(calendar, "period.locked", before, caller, calendars, receipt)


def reopen_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Idempotency
) -> Stored[Calendar]:
    """Open again, as long as it is not locked and is the last that was closed."""
    caller.require_role(FINANCE)
    before = calendars.load(caller.mode, receipt)
    calendar = before.record.reopened(period)
    return _store(calendar, "period.reopened", before, caller, calendars, receipt)


def _store(  # noqa: PLR0917 - what the three have in common
    calendar: Calendar,
    type: str,
    before: Stored[Calendar],
    caller: Caller,
    calendars: Calendars,
    receipt: Idempotency,
) -> Stored[Calendar]:
    event = Event.following(
        before.head,
        calendar,
        NothingToSeal(),
        stream=calendar.id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
    )
    kept = Stored(calendar, event.head, None)
    calendars.store(event, calendar, before=before, receipt=receipt.record(kept))
    return kept
