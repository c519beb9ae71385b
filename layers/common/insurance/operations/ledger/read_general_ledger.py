"""Read the general ledger: its health, a trial balance, the lines of an account, the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar, PeriodStatus
from insurance.domain.ledger.health import Health, health_of
from insurance.domain.ledger.journal import AccountLine, JournalEntry
from insurance.domain.ledger.trial_balance import NO_BALANCE, AccountBalance, account_balances
from insurance.operations.ledger.ports import GeneralLedger, PeriodKey, Slice


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
    """A page of a period's journal."""

    currency: Currency
    period: AccountingPeriod
    entries: Sequence[JournalEntry]
    more: bool


def read_health(
    currency: Currency, *, caller: Caller, ledger: GeneralLedger, now: datetime
) -> Health:
    """Check every invariant of the ledger of the caller's mode."""
    totals = ledger.totals(caller.mode, currency)
    return health_of(totals, ledger.last_reconciliation(caller.mode), now=now)


def read_calendar(*, caller: Caller, ledger: GeneralLedger) -> Calendar:
    """Read through which month the ledger of the caller's mode is closed and locked."""
    return ledger.calendar(caller.mode)


def read_trial_balance(
    currency: Currency, period: AccountingPeriod, *, caller: Caller, ledger: GeneralLedger
) -> TrialBalance:
    """Balance every account that has ever moved."""
    totals = ledger.totals(caller.mode, currency)
    return TrialBalance(
        mode=caller.mode,
        currency=currency,
        period=period,
        status=ledger.calendar(caller.mode).status(period),
        balances=account_balances(totals.by_period, period),
    )


def read_account_statement(
    key: PeriodKey, account: Account, *, part: Slice, ledger: GeneralLedger
) -> AccountStatement:
    """List what moved an account in a period, in the order of time."""
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


def read_journal(key: PeriodKey, *, part: Slice, ledger: GeneralLedger) -> JournalPage:
    """List the entries of a period, in the order of time."""
    entries = ledger.journal(key, _one_more(part))
    return JournalPage(key.currency, key.period, entries[: part.limit], len(entries) > part.limit)


def _one_more(part: Slice) -> Slice:
    return replace(part, limit=part.limit + 1)
