"""Read the house's books: their health, a trial balance, an account's lines, the journal."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from insurance.domain.core.caller import Caller
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account, Posting
from insurance.domain.ledger.booking import Booked
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar, PeriodStatus
from insurance.domain.ledger.health import Health, Recount, Totals, health_of
from insurance.domain.ledger.reports import Movements
from insurance.domain.ledger.sources import Balances


class Slice(NamedTuple):
    """Which part of a list: what follows a place, at most so many."""

    after: str
    limit: int


class Line(NamedTuple):
    """What one event moved in one account."""

    place: str
    """`when#stream#number`: by time, then by name."""
    type: str
    tax_point: datetime
    amount: int
    """Debits less credits."""


class JournalEntry(NamedTuple):
    """One event's postings."""

    place: str
    type: str
    tax_point: datetime
    postings: tuple[Posting, ...]


class Books(Protocol):
    """The control accounts and all that stands beside them, each by its key."""

    def calendar(self, mode: Mode) -> Calendar: ...
    def totals(self, mode: Mode, currency: Currency) -> Totals: ...
    def recount(self, mode: Mode) -> Recount | None:
        """What the last count over all sub-ledgers found."""

    def lines(
        self, mode: Mode, currency: Currency, account: Account, period: str, asked: Slice
    ) -> Sequence[Line]: ...
    def journal(
        self, mode: Mode, currency: Currency, period: str, asked: Slice
    ) -> Sequence[JournalEntry]: ...
    def movements(
        self, mode: Mode, currency: Currency, period: str, partner: str | None
    ) -> Sequence[Movements]:
        """What was posted in a period by partner and product; of one partner, or of all."""

    def booked(self, stream: str) -> Mapping[int, Booked]:
        """Where each event of a stream was booked, by its number."""


class BalanceOf(NamedTuple):
    """An account over a period; debits less credits."""

    opening: int
    movement: int

    @property
    def closing(self) -> int:
        return self.opening + self.movement


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account over one period, and how the period stands."""

    mode: Mode
    currency: Currency
    period: AccountingPeriod
    status: PeriodStatus
    balances: Mapping[Account, BalanceOf]

    @property
    def imbalance(self) -> int:
        return sum(each.closing for each in self.balances.values())


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """A page of what moved an account in a period."""

    account: Account
    currency: Currency
    period: AccountingPeriod
    balance: BalanceOf
    lines: Sequence[Line]
    more: bool


@dataclass(frozen=True, slots=True)
class JournalPage:
    """A page of a period's journal."""

    currency: Currency
    period: AccountingPeriod
    entries: Sequence[JournalEntry]
    more: bool


def read_health(currency: Currency, *, caller: Caller, books: Books, now: datetime) -> Health:
    """Every invariant, of the caller's mode."""
    totals = books.totals(caller.mode, currency)
    return health_of(totals, books.recount(caller.mode), now=now)


def read_calendar(*, caller: Caller, books: Books) -> Calendar:
    return books.calendar(caller.mode)


def read_trial_balance(
    currency: Currency, period: AccountingPeriod, *, caller: Caller, books: Books
) -> TrialBalance:
    """A row for each account that ever moved, from a row for each period."""
    totals = books.totals(caller.mode, currency)
    return TrialBalance(
        mode=caller.mode,
        currency=currency,
        period=period,
        status=books.calendar(caller.mode).status(period),
        balances=_balances(totals, period),
    )


def read_statement(
    currency: Currency,
    account: Account,
    period: AccountingPeriod,
    *,
    asked: Slice,
    caller: Caller,
    books: Books,
) -> AccountStatement:
    """The lines of one account in one period, in the order of time."""
    balances = _balances(books.totals(caller.mode, currency), period)
    one_more = asked._replace(limit=asked.limit + 1)
    lines = books.lines(caller.mode, currency, account, period, one_more)
    return AccountStatement(
        account=account,
        currency=currency,
        period=period,
        balance=balances.get(account, BalanceOf(0, 0)),
        lines=lines[: asked.limit],
        more=len(lines) > asked.limit,
    )


def read_journal(
    currency: Currency, period: AccountingPeriod, *, asked: Slice, caller: Caller, books: Books
) -> JournalPage:
    """The period's entries, in the order of time."""
    one_more = asked._replace(limit=asked.limit + 1)
    entries = books.journal(caller.mode, currency, period, one_more)
    return JournalPage(currency, period, entries[: asked.limit], len(entries) > asked.limit)


def _balances(totals: Totals, period: AccountingPeriod) -> dict[Account, BalanceOf]:
    before: Balances = Counter()
    for each, balances in totals.by_period.items():
        if each < period:
            before.update(balances)
    moved = totals.by_period.get(period, Counter())
    return {
        account: BalanceOf(before[account], moved[account])
        for account in Account
        if account in before or account in moved
    }
