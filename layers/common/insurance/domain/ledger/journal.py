"""The journal: what each event posted, in the order of time."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from insurance.domain.core.event import Event
from insurance.domain.core.posting import Posting
from insurance.domain.ledger.calendar import AccountingPeriod, period_of
from insurance.domain.ledger.sub_ledger import PostingDate


class Position(NamedTuple):
    """Where an event stands among all others: by time, then by stream and number."""

    processed_at: datetime
    stream: str
    sequence: int

    @classmethod
    def of(cls, event: Event) -> "Position":
        return cls(event.processed_at, event.stream, event.sequence)

    @classmethod
    def parse(cls, text: str) -> "Position":
        """Read what `str` writes."""
        at, stream, sequence = text.split("#")
        return cls(datetime.fromisoformat(f"{at}+00:00"), stream, int(sequence))

    def __str__(self) -> str:
        """As text that sorts in the order of the positions."""
        at = f"{self.processed_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"
        return f"{at}#{self.stream}#{self.sequence:06}"


class JournalEntry(NamedTuple):
    """One event's postings, and the period they were posted to."""

    position: Position
    type: str
    tax_point: datetime
    period: AccountingPeriod | None
    """None: not posted yet."""
    postings: tuple[Posting, ...]

    @classmethod
    def of(cls, event: Event, posting_dates: Mapping[int, PostingDate]) -> "JournalEntry":
        """The entry of an event; `posting_dates` are those of its stream, by event number."""
        posted = posting_dates.get(event.sequence)
        return cls(
            position=Position.of(event),
            type=event.type,
            tax_point=event.tax_point,
            period=posted.period if posted else None,
            postings=event.postings,
        )

    @property
    def day(self) -> date:
        """The day of the tax point or, if its month was closed, the first day of the period."""
        if self.period is None or self.period == period_of(self.tax_point):
            return self.tax_point.astimezone(UTC).date()
        return date.fromisoformat(f"{self.period}-01")


class AccountLine(NamedTuple):
    """What one event moved in one account."""

    position: Position
    type: str
    tax_point: datetime
    amount: int
    """Debits less credits, in minor units."""
