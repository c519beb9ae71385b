"""Read what an application called, day by day, and what a partner's applications called in a month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import (
    ApplicationNotFound,
    FieldFault,
    InvalidFields,
    PartnerNotFound,
    UsageNoLongerKept,
)
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.usage.call import DEVELOPERS, INTERNAL, UNKNOWN, UsageAccount
from insurance.domain.usage.months import final_at, kept_until, months_with
from insurance.domain.usage.tally import Tally, UsageRow
from insurance.operations.command import Query
from insurance.operations.listing import ListEntry, ListPage, ListRange, page_of
from insurance.operations.usage.ports import AskedDays, MonthTooLarge, UsagePorts

DAYS_MAX: Final = 92
"""How many days one list is of."""
DAYS_SHOWN: Final = 31
"""How many, where nobody says since when."""


class UsageAsked(NamedTuple):
    """Whose usage is asked for, and from which day to which; None: the caller's own, the last days until today."""

    application: str | None = None
    since: date | None = None
    until: date | None = None


class OperationUsage(NamedTuple):
    """What an application called of one operation in a month."""

    application: str
    operation: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class UsageStatement:
    """What a partner's applications called in a month: the sum of the days."""

    partner: str
    application: str | None
    """None: all of the partner's."""
    month: AccountingPeriod
    is_final: bool
    final_at: datetime
    operations: Sequence[OperationUsage]
    corrections: Sequence[UsageRow]
    """Calls of earlier months, whose lines came when those months' statements were final."""

    @property
    def total(self) -> Tally:
        """All of it, corrections included."""
        return Tally.of(
            [*(row.tally for row in self.operations), *(row.tally for row in self.corrections)]
        )


def list_usage(
    asked: UsageAsked, part: ListRange, query: Query, ports: UsagePorts
) -> ListPage[UsageRow]:
    """Part of what an application called, day by day. A partner's application sees those of its partner.

    Raises:
        ApplicationNotFound: It does not exist, or is another partner's.
        InvalidFields: Staff name no application, or the days are none or too many.
        UsageNoLongerKept: The days begin before what is shown.
    """
    now = query.received_at  # the meter's own time: nobody plays it
    until = asked.until or now.astimezone(UTC).date()
    since = asked.since or until - timedelta(days=DAYS_SHOWN - 1)
    if not timedelta() <= until - since < timedelta(days=DAYS_MAX):
        detail = f"From the same day on to {DAYS_MAX} days."
        raise InvalidFields([FieldFault("until", "out-of-range", detail)])
    _check_kept(f"{since:%Y-%m}", now, ports)
    account = _account(asked.application, query.caller, ports)
    months = months_with(since, until, now)
    rows = ports.meter.days(AskedDays(account, months, since, until), part.after, part.limit)
    return page_of([ListEntry(row.position, row) for row in rows], part.limit, lambda row: row)


def read_statement(
    partner: str | None,
    month: AccountingPeriod,
    query: Query,
    ports: UsagePorts,
    application: str | None = None,
) -> UsageStatement:
    """The statement of a partner's month, or an application's part of it. A partner's application sees its own partner's.

    Raises:
        PartnerNotFound: It does not exist, or is another partner's.
        ApplicationNotFound: It does not exist, or is another partner's.
        InvalidFields: Staff name no partner; or the month is too large to be read without an application.
        UsageNoLongerKept: The month is no longer shown.
    """
    now, caller = query.received_at, query.caller
    _check_kept(month, now, ports)
    code = _partner(partner, caller, ports)
    if application is not None and application != DEVELOPERS:
        registered = ports.registered.application(application).record.partner
        if registered != code or not caller.sees(application, registered, ""):
            raise ApplicationNotFound(application)
    try:
        rows = ports.meter.month(caller.mode, code, month, application)
    except MonthTooLarge:
        detail = "The month has more rows than one answer reads: name an application."
        raise InvalidFields([FieldFault("application", "required", detail)]) from None
    return UsageStatement(
        partner=code,
        application=application,
        month=month,
        is_final=now >= final_at(month),
        final_at=final_at(month),
        operations=_by_operation(row for row in rows if f"{row.day:%Y-%m}" == month),
        corrections=[row for row in rows if f"{row.day:%Y-%m}" != month],
    )


def _by_operation(rows: Iterable[UsageRow]) -> Sequence[OperationUsage]:
    days: dict[tuple[str, str], list[Tally]] = {}
    for row in rows:
        days.setdefault((row.application, row.operation), []).append(row.tally)
    return [OperationUsage(*key, Tally.of(tallies)) for key, tallies in sorted(days.items())]


def _account(application: str | None, caller: Caller, ports: UsagePorts) -> UsageAccount:
    if caller.kind is CallerKind.APPLICATION and application in {None, caller.principal}:
        return UsageAccount(caller.principal, caller.partner, caller.mode)
    if application == DEVELOPERS and caller.kind is not CallerKind.STAFF:
        return UsageAccount(DEVELOPERS, caller.partner, caller.mode)
    if application is None:
        raise InvalidFields([FieldFault("application", "required", "Name an application.")])
    if application in {INTERNAL, UNKNOWN} and caller.kind is CallerKind.STAFF:
        return UsageAccount(application)
    partner = ports.registered.application(application).record.partner
    if not caller.sees(application, partner, ""):
        raise ApplicationNotFound(application)
    return UsageAccount(application, partner, caller.mode)


def _partner(code: str | None, caller: Caller, ports: UsagePorts) -> str:
    if caller.kind is not CallerKind.STAFF:
        if code not in {None, caller.partner}:
            raise PartnerNotFound(str(code))
        return caller.partner
    if code is None:
        raise InvalidFields([FieldFault("partner", "required", "Name a partner.")])
    return ports.registered.partner(caller.mode, code).record.code


def _check_kept(month: AccountingPeriod, now: datetime, ports: UsagePorts) -> None:
    if now >= kept_until(month, ports.kept_days()):
        raise UsageNoLongerKept(month)
