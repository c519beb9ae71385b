"""Close an accounting period, lock it, or reopen it."""

from insurance.domain.core.caller import Caller
from insurance.domain.core.event import Event, NothingToSeal
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
from insurance.domain.ledger.event_types import LedgerEventType
from insurance.operations.idempotency import Idempotency
from insurance.operations.ledger.ports import Calendars

FINANCE = "finance"
"""The role. That two people close and lock is a rule of the calendar itself."""


def close_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Idempotency
) -> Stored[Calendar]:
    """Close a month: what belongs to it later is posted to the next open month.

    Raises:
        WrongState: The month is not over, not open, or not the next in order.
    """
    caller.require_role(FINANCE)
    before = calendars.load(caller.mode, receipt)
    calendar = before.record.closed(period, by=caller.principal, now=receipt.now)
    event = _event(calendar, LedgerEventType.PERIOD_CLOSED, before, caller, receipt)
    return _store(event, calendar, before, calendars, receipt)


def lock_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Idempotency
) -> Stored[Calendar]:
    """Lock the last closed month for good.

    Raises:
        WrongState: The month is open, locked, or not the last closed one.
        SamePerson: The same person closed the month.
    """
    caller.require_role(FINANCE)
    before = calendars.load(caller.mode, receipt)
    calendar = before.record.locked(period, by=caller.principal)
    event = _event(calendar, LedgerEventType.PERIOD_LOCKED, before, caller, receipt)
    return _store(event, calendar, before, calendars, receipt)


def reopen_period(
    period: AccountingPeriod, *, caller: Caller, calendars: Calendars, receipt: Idempotency
) -> Stored[Calendar]:
    """Reopen the last closed month.

    Raises:
        WrongState: The month is open, locked, or not the last closed one.
    """
    caller.require_role(FINANCE)
    before = calendars.load(caller.mode, receipt)
    calendar = before.record.reopened(period)
    event = _event(calendar, LedgerEventType.PERIOD_REOPENED, before, caller, receipt)
    return _store(event, calendar, before, calendars, receipt)


def _event(
    calendar: Calendar,
    type: LedgerEventType,
    before: Stored[Calendar],
    caller: Caller,
    receipt: Idempotency,
) -> Event:
    return Event.following(
        before.head,
        calendar,
        NothingToSeal(),
        stream=calendar.id,
        type=type,
        actor=caller.principal,
        now=receipt.now,
    )


def _store(
    event: Event,
    calendar: Calendar,
    before: Stored[Calendar],
    calendars: Calendars,
    receipt: Idempotency,
) -> Stored[Calendar]:
    stored = Stored(calendar, event.head, None)
    calendars.store(event, calendar, before=before, receipt=receipt.record(stored))
    return stored
