"""Bookings: what one event adds to the control accounts and to the ledger of its own aggregate."""

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
    """Whose business it is and of which product: what reports are told apart by."""

    partner: str
    product: str


class SubLedger(NamedTuple):
    """The ledger of one aggregate: what was posted, and what its facts say."""

    currency: Currency
    sequence: int = 0
    """Of the last event that is known."""
    events: int = 0
    """How many of them are booked: fewer than `sequence`, and one is missing."""
    posted: Balances = Counter()
    source: Balances = Counter()
    apart: bool = False

    def booked(self, event: Event, source: Source) -> Self:
        """With one more event. One that comes late is posted, and says nothing new of the facts."""
        newest = event.sequence > self.sequence
        return self._replace(
            sequence=max(event.sequence, self.sequence),
            events=self.events + 1,
            posted=Counter(_sum(self.posted, moved_by(event))),
            source=source.balances if newest else self.source,
            apart=source.apart if newest else self.apart,
        )


class Movement(NamedTuple):
    """What a booking changes of the totals."""

    period: AccountingPeriod
    posted: Balances
    source: Balances
    events: int
    known: int
    apart: int

    @classmethod
    def of(cls, event: Event, before: SubLedger, now: SubLedger, calendar: Calendar) -> Self:
        return cls(
            period=calendar.placed(event.tax_point),
            posted=moved_by(event),
            source=Counter(_sum(now.source, before.source, -1)),
            events=now.events - before.events,
            known=now.sequence - before.sequence,
            apart=now.apart - before.apart,
        )


class Booked(NamedTuple):
    """Where an event's postings stand."""

    period: AccountingPeriod
    tax_point: datetime


def _sum(
    one: Mapping[Account, int], other: Mapping[Account, int], sign: int = 1
) -> dict[Account, int]:
    """By account, without those that come to nothing."""
    summed = {name: one.get(name, 0) + sign * other.get(name, 0) for name in {**one, **other}}
    return {name: amount for name, amount in summed.items() if amount}
