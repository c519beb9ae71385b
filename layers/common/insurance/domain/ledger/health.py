"""Health: every invariant of the general ledger, as figures that are kept while events are posted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from insurance.domain.core.delivery import Delivery
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod
from insurance.domain.ledger.reconciliation import Reconciliation
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
    """How many events are posted."""
    known: int = 0
    """How many events there are: the numbers of the last one of every aggregate, added up."""
    mismatched: int = 0
    """How many policies have a written premium that is not what their segments come to."""
    by_period: Mapping[AccountingPeriod, Balances] = {}
    last_event_at: datetime | None = None
    """When the last posted event was appended."""


class Invariant(NamedTuple):
    """One figure, worked out in two independent ways."""

    code: str
    figure: int
    against: int

    @property
    def holds(self) -> bool:
        return self.figure == self.against


class Health(NamedTuple):
    """The invariants, the age of their figures, the last reconciliation, and what waits to be delivered."""

    totals: Totals
    invariants: tuple[Invariant, ...]
    age: timedelta | None
    reconciliation: Reconciliation | None
    gaps: Sequence[Delivery]
    """Streams of which a consumer lacks an event, or has it set aside; the books are one consumer."""
    oldest_report: timedelta | None = None
    """How long the bank's oldest report waits that does not fit its payment; None: none waits."""

    @property
    def healthy(self) -> bool:
        reconciled = self.reconciliation is None or self.reconciliation.clean
        holds = all(invariant.holds for invariant in self.invariants)
        return reconciled and holds and not self.gaps


def health_of(
    totals: Totals,
    reconciliation: Reconciliation | None,
    gaps: Sequence[Delivery],
    *,
    now: datetime,
) -> Health:
    """Check every invariant. The number of figures is fixed: nothing is summed over the policies."""
    age = None if totals.last_event_at is None else max(now - totals.last_event_at, timedelta())
    return Health(totals, tuple(_invariants(totals)), age, reconciliation, gaps)


def _invariants(totals: Totals) -> list[Invariant]:
    posted, source = totals.posted, totals.source

    def balance(balances: Balances, *accounts: Account) -> int:
        return sum(balances[account] for account in accounts)

    invariants = [
        Invariant("zero_sum", sum(posted.values()), 0),
        Invariant(
            "written_is_earned_and_unearned",
            -balance(posted, Account.WRITTEN_PREMIUM),
            -balance(posted, Account.EARNED_PREMIUM, Account.UNEARNED_PREMIUM),
        ),
        Invariant(
            "incurred_is_paid_and_outstanding_less_recoveries",
            balance(posted, *PAID, *CHANGES, Account.RECOVERIES),
            balance(source, *PAID, Account.RECOVERIES) - balance(source, *RESERVES),
        ),
        Invariant("no_event_is_missing", totals.events, totals.known),
        Invariant("written_is_what_the_segments_say", totals.mismatched, 0),
        Invariant("periods_are_the_whole", _differences(totals), 0),
    ]
    return invariants + [
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
