"""Close an accounting period, lock it, or reopen it."""

from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
from insurance.domain.ledger.event_types import LedgerEventType
from insurance.operations.command import Command
from insurance.operations.ledger.ports import AccountingPorts


def close_period(
    period: AccountingPeriod, command: Command, ports: AccountingPorts
) -> Stored[Calendar]:
    """Close a month: what belongs to it later is posted to the next open month.

    Raises:
        WrongState: The month is not over, not open, or not the next in order.
        StaleRevision: Another call has changed the calendar meanwhile.
    """
    before = ports.calendars.load(command.caller.mode, command)
    calendar = before.record.closed(period, by=command.actor, now=command.now)
    return _store(calendar, LedgerEventType.PERIOD_CLOSED, before, command, ports)


def lock_period(
    period: AccountingPeriod, command: Command, ports: AccountingPorts
) -> Stored[Calendar]:
    """Lock the last closed month for good.

    Raises:
        WrongState: The month is open, locked, or not the last closed one.
        SamePerson: The same person closed the month.
        StaleRevision: Another call has changed the calendar meanwhile.
    """
    before = ports.calendars.load(command.caller.mode, command)
    calendar = before.record.locked(period, by=command.actor)
    return _store(calendar, LedgerEventType.PERIOD_LOCKED, before, command, ports)


def reopen_period(
    period: AccountingPeriod, command: Command, ports: AccountingPorts
) -> Stored[Calendar]:
    """Reopen the last closed month.

    Raises:
        WrongState: The month is open, locked, or not the last closed one.
        StaleRevision: Another call has changed the calendar meanwhile.
    """
    before = ports.calendars.load(command.caller.mode, command)
    calendar = before.record.reopened(period)
    return _store(calendar, LedgerEventType.PERIOD_REOPENED, before, command, ports)


def _store(
    calendar: Calendar,
    type: LedgerEventType,
    before: Stored[Calendar],
    command: Command,
    ports: AccountingPorts,
) -> Stored[Calendar]:
    event = command.event(calendar.id, calendar, type, before)
    stored = Stored(calendar, event.head, None)
    command = command.with_answer(stored)
    ports.calendars.store(event, calendar, before=before, command=command)
    return stored
