"""Health: every invariant of the house's books, as figures that are kept while events are booked."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.ledger.sources import Balances

PAID = (Account.CLAIMS_PAID, Account.CLAIM_EXPENSES_PAID)
CHANGES = (Account.CHANGE_IN_CASE_RESERVES, Account.CHANGE_IN_EXPENSE_RESERVES)
RESERVES = (Account.CASE_RESERVES, Account.EXPENSE_RESERVES)


class Totals(NamedTuple):
    """The control accounts of one mode and currency; debits less credits, in minor units."""

    posted: Balances = Counter()
    source: Balances = Counter()
    """What the aggregates' own facts say: see `domain/ledger/sources.py`."""
    events: int = 0
    """Events that were booked."""
    known: int = 0
    """Events that there are: the number of the last one of every aggregate."""
    apart: int = 0
    """Policies whose segments do not come to what was written."""
    by_period: Mapping[AccountingPeriod, Balances] = {}
    booked_to: datetime | None = None
    """When the last event was appended that is booked."""


class Invariant(NamedTuple):
    """Two ways to one figure."""

    code: str
    figure: int
    against: int

    @property
    def holds(self) -> bool:
        return self.figure == self.against


class Recount(NamedTuple):
    """What the last count over all sub-ledgers found: see `operations/ledger/reconcile_books.py`."""

    finished_at: datetime
    aggregates: int
    wrong: tuple[str, ...]
    """Aggregates that are not what their events say; the first twenty."""
    totals_differ: tuple[str, ...]
    """Totals that are not the sum of their sub-ledgers: `GBP posted cash`."""
    moving: int
    """Shards that were booked to all the while, so that their sums say nothing."""

    @property
    def clean(self) -> bool:
        return not self.wrong and not self.totals_differ


class Health(NamedTuple):
    """The invariants, and how old what they are worked out from is."""

    totals: Totals
    invariants: tuple[Invariant, ...]
    age: timedelta | None
    recount: Recount | None

    @property
    def healthy(self) -> bool:
        recounted = self.recount is None or self.recount.clean
        return recounted and all(each.holds for each in self.invariants)


def health_of(totals: Totals, recount: Recount | None, *, now: datetime) -> Health:
    """Nothing here is a sum over the book: a fixed number of figures."""
    age = None if totals.booked_to is None else max(now - totals.booked_to, timedelta())
    return Health(totals, tuple(_invariants(totals)), age, recount)


def _invariants(totals: Totals) -> list[Invariant]:
    posted, source = totals.posted, totals.source

    def held(balances: Balances, *accounts: Account) -> int:
        return sum(balances[account] for account in accounts)

    found = [
        Invariant("zero_sum", sum(posted.values()), 0),
        Invariant(
            "written_is_earned_and_unearned",
            -held(posted, Account.WRITTEN_PREMIUM),
            -held(posted, Account.EARNED_PREMIUM, Account.UNEARNED_PREMIUM),
        ),
        Invariant(
            "incurred_is_paid_and_outstanding_less_recoveries",
            held(posted, *PAID, *CHANGES, Account.RECOVERIES),
            held(source, *PAID, Account.RECOVERIES) - held(source, *RESERVES),
        ),
        Invariant("no_event_is_missing", totals.events, totals.known),
        Invariant("written_is_what_the_segments_say", totals.apart, 0),
        Invariant("periods_are_the_whole", _differences(totals), 0),
    ]
    return found + [
        Invariant(f"sub_ledgers_are_the_ledger_{account}", posted[account], source[account])
        for account in Account
        if posted[account] or source[account]
    ]


def _differences(totals: Totals) -> int:
    """Accounts whose periods do not add up to what stands in them."""
    summed: Balances = Counter()
    for balances in totals.by_period.values():
        summed.update(balances)
    return sum(summed[account] != totals.posted[account] for account in Account)
