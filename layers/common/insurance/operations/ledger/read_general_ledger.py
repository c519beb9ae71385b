"""Read the general ledger: its health, a trial balance, the lines of an account, the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Final

from insurance.domain.core.delivery import GRACE
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar, PeriodStatus
from insurance.domain.ledger.export import ExportFormat, export
from insurance.domain.ledger.health import Health, health_of
from insurance.domain.ledger.journal import AccountLine, JournalEntry
from insurance.domain.ledger.trial_balance import NO_BALANCE, AccountBalance, account_balances
from insurance.operations.command import Query
from insurance.operations.ledger.ports import LedgerPorts, PeriodKey, Slice

GAPS_MAX: Final = 50
"""Streams that health names."""


@dataclass(frozen=True, slots=True)
class LedgerHealth:
    """The health of the ledger of one mode and currency."""

    mode: Mode
    currency: Currency
    health: Health


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account over one period, and whether the period is open."""

    mode: Mode
    currency: Currency
    period: AccountingPeriod
    status: PeriodStatus
    balances: Mapping[Account, AccountBalance]

    @property
    def imbalance(self) -> int:
        """Debits less credits over all accounts: zero, or something is wrong."""
        return sum(balance.closing for balance in self.balances.values())


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A page of what moved an account in a period."""

    account: Account
    currency: Currency
    period: AccountingPeriod
    balance: AccountBalance
    lines: Sequence[AccountLine]
    more: bool


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of a period's journal, as text."""

    period: AccountingPeriod
    format: ExportFormat
    entries: Sequence[JournalEntry]
    text: str
    more: bool


def read_health(currency: Currency, query: Query, ports: LedgerPorts) -> LedgerHealth:
    """Check every invariant of the ledger of the caller's mode, and that every event was delivered."""
    ledger, mode, now = ports.general_ledger, query.caller.mode, query.received_at
    totals, last = ledger.totals(mode, currency), ledger.last_reconciliation(mode)
    gaps = tuple(islice(ports.deliveries.waiting(mode, by=now - GRACE), GAPS_MAX))
    health = health_of(totals, last, gaps, now=now)
    kept_at = ports.kept_reports.oldest(mode)
    if kept_at is not None:
        health = health._replace(oldest_report=max(now - kept_at, timedelta()))
    return LedgerHealth(mode, currency, health)


def read_calendar(query: Query, ports: LedgerPorts) -> Calendar:
    """Read through which month the ledger of the caller's mode is closed and locked."""
    return ports.general_ledger.calendar(query.caller.mode)


def read_trial_balance(
    currency: Currency, period: AccountingPeriod, query: Query, ports: LedgerPorts
) -> TrialBalance:
    """Balance every account that has ever moved."""
    ledger, mode = ports.general_ledger, query.caller.mode
    return TrialBalance(
        mode=mode,
        currency=currency,
        period=period,
        status=ledger.calendar(mode).status(period),
        balances=account_balances(ledger.totals(mode, currency).by_period, period),
    )


def read_account_statement(
    key: PeriodKey, account: Account, part: Slice, ports: LedgerPorts
) -> AccountStatement:
    """List what moved an account in a period, in the order of time."""
    ledger = ports.general_ledger
    balances = account_balances(ledger.totals(key.mode, key.currency).by_period, key.period)
    lines = ledger.account_lines(key, account, _one_more(part))
    return AccountStatement(
        account=account,
        currency=key.currency,
        period=key.period,
        balance=balances.get(account, NO_BALANCE),
        lines=lines[: part.limit],
        more=len(lines) > part.limit,
    )


def read_journal(
    key: PeriodKey, format: ExportFormat, part: Slice, ports: LedgerPorts
) -> JournalPage:
    """Export the entries of a period, in the order of time.

    The texts of all pages make one text: only the first has a heading.
    """
    entries = ports.general_ledger.journal(key, _one_more(part))
    page = entries[: part.limit]
    return JournalPage(
        period=key.period,
        format=format,
        entries=page,
        text=export(page, format, continues=bool(part.after)),
        more=len(entries) > part.limit,
    )


def _one_more(part: Slice) -> Slice:
    return replace(part, limit=part.limit + 1)
