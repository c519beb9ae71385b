"""Export: entries as CSV, and as plain-text accounting that beancount reads."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import NamedTuple

from insurance.domain.core.event import Event
from insurance.domain.core.posting import Posting
from insurance.domain.ledger.booking import Booked
from insurance.domain.ledger.calendar import AccountingPeriod, period_of
from insurance.domain.ledger.chart import CHART, path

COLUMNS = (
    "stream",
    "sequence",
    "type",
    "processed_at",
    "tax_point",
    "period",
    "debit",
    "credit",
    "amount",
    "currency",
)
LONG_AGO = date(1900, 1, 1)
"""When accounts are opened in a text that need not hold everything that came before."""


class Format(StrEnum):
    CSV = "csv"
    BEANCOUNT = "beancount"


class Written(NamedTuple):
    """One event's postings, and where they were booked."""

    stream: str
    sequence: int
    type: str
    processed_at: datetime
    tax_point: datetime
    period: AccountingPeriod | None
    """None: not booked yet."""
    postings: tuple[Posting, ...]

    @property
    def day(self) -> date:
        """The tax point; where that was closed already, the first day of the period."""
        if self.period is None or self.period == period_of(self.tax_point):
            return self.tax_point.astimezone(UTC).date()
        return date.fromisoformat(f"{self.period}-01")


def written(event: Event, booked: Mapping[int, Booked]) -> Written:
    """An event, and where its number says it was booked."""
    found = booked.get(event.sequence)
    return Written(
        stream=event.stream,
        sequence=event.sequence,
        type=event.type,
        processed_at=event.processed_at,
        tax_point=event.tax_point,
        period=found.period if found else None,
        postings=event.postings,
    )


def export(entries: Sequence[Written], format: Format, *, goes_on: bool = False) -> str:
    """Every posting of the entries, in their order; `goes_on` without what a text begins with."""
    return (
        as_csv(entries, goes_on=goes_on)
        if format is Format.CSV
        else as_beancount(entries, goes_on=goes_on)
    )


def as_csv(entries: Sequence[Written], *, goes_on: bool) -> str:
    """One line a posting; amounts in major units, exact."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    if not goes_on:
        lines.writerow(COLUMNS)
    for entry in entries:
        for posting in entry.postings:
            lines.writerow(
                (
                    entry.stream,
                    entry.sequence,
                    entry.type,
                    entry.processed_at.astimezone(UTC).isoformat(),
                    entry.tax_point.astimezone(UTC).isoformat(),
                    entry.period or "",
                    posting.debit,
                    posting.credit,
                    posting.amount.major,
                    posting.amount.currency,
                )
            )
    return text.getvalue()


def as_beancount(entries: Sequence[Written], *, goes_on: bool) -> str:
    """One transaction an entry, after the accounts are opened: all of the chart."""
    openings = "\n".join(f"{LONG_AGO} open {path(account)}" for account in CHART)
    texts = [] if goes_on else [openings]
    for entry in entries:
        if not entry.postings:
            continue
        lines = [f'{entry.day} * "{entry.type}" "{entry.stream} {entry.sequence}"']
        lines.append(f"  tax_point: {entry.tax_point.astimezone(UTC).date()}")
        for posting in entry.postings:
            lines += _legs(posting)
        texts.append("\n".join(lines))
    return "\n\n".join(texts) + "\n"


def _legs(posting: Posting) -> tuple[str, str]:
    amount, currency = posting.amount.major, posting.amount.currency
    return (
        f"  {path(posting.debit)}  {amount} {currency}",
        f"  {path(posting.credit)}  -{amount} {currency}",
    )
