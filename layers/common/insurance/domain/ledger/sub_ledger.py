"""Sub-ledgers: what one event adds to the ledger of its own aggregate and to the control accounts."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, Self

from insurance.domain.core.event import Event
from insurance.domain.core.money import Currency
from insurance.domain.core.posting import Account
from insurance.domain.ledger.calendar import AccountingPeriod, Calendar
from insurance.domain.ledger.sources import Balances, Source, moved_by


class Business(NamedTuple):
    """A partner's business in one product: reports have a row for each."""

    partner: str
    product: str


class PostingDate(NamedTuple):
    """When an event's postings count: the period they are posted to, and their tax point."""

    period: AccountingPeriod
    tax_point: datetime


class SubLedger(NamedTuple):
    """The ledger of one aggregate: what was posted, and what the aggregate's own facts say."""

    currency: Currency
    sequence: int = 0
    """The number of the last event that is known."""
    events: int = 0
    """How many events are posted. If that is less than `sequence`, an event is missing."""
    posted: Balances = Counter()
    source: Balances = Counter()
    mismatched: bool = False
    """See `Source.mismatched`."""

    def post(self, event: Event, source: Source) -> Self:
        """Post one more event. An older event than the last one does not change `source`."""
        newest = event.sequence > self.sequence
        return self._replace(
            sequence=max(event.sequence, self.sequence),
            events=self.events + 1,
            posted=Counter(_sum(self.posted, moved_by(event))),
            source=source.balances if newest else self.source,
            mismatched=source.mismatched if newest else self.mismatched,
        )


class SubLedgerMovement(NamedTuple):
    """What the posting of one event changes in the control accounts."""

    period: AccountingPeriod
    posted: Balances
    source: Balances
    events: int
    known: int
    mismatched: int

    @classmethod
    def of(cls, event: Event, before: SubLedger, after: SubLedger, calendar: Calendar) -> Self:
        return cls(
            period=calendar.period_for(event.tax_point),
            posted=moved_by(event),
            source=Counter(_sum(after.source, before.source, -1)),
            events=after.events - before.events,
            known=after.sequence - before.sequence,
            mismatched=after.mismatched - before.mismatched,
        )


def _sum(
    left: Mapping[Account, int], right: Mapping[Account, int], sign: int = 1
) -> dict[Account, int]:
    """Add by account, without the accounts whose sum is nil."""
    summed = {name: left.get(name, 0) + sign * right.get(name, 0) for name in {**left, **right}}
    return {name: amount for name, amount in summed.items() if amount}
