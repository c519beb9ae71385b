"""Export: a policy's entries as CSV, and as plain-text accounting that beancount reads."""

import csv
import io
from collections.abc import Sequence
from datetime import UTC, date
from decimal import Decimal
from enum import StrEnum

from insurance.domain.books.chart import path
from insurance.domain.event import Event
from insurance.domain.ledger import Account, Posting
from insurance.domain.money import Money

COLUMNS = (
    "stream",
    "sequence",
    "type",
    "processed_at",
    "effective_at",
    "debit",
    "credit",
    "amount",
    "currency",
)


class Format(StrEnum):
    CSV = "csv"
    BEANCOUNT = "beancount"


def export(events: Sequence[Event], format: Format) -> str:
    """Every posting of the events, in their order."""
    return as_csv(events) if format is Format.CSV else as_beancount(events)


def as_csv(events: Sequence[Event]) -> str:
    """One line a posting; amounts in major units, exact."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\n")
    lines.writerow(COLUMNS)
    for event in events:
        for posting in event.postings:
            lines.writerow(
                (
                    event.stream,
                    event.sequence,
                    event.type,
                    event.processed_at.astimezone(UTC).isoformat(),
                    event.effective_at.astimezone(UTC).isoformat(),
                    posting.debit,
                    posting.credit,
                    _plain(posting.amount),
                    posting.amount.currency,
                )
            )
    return written.getvalue()


def as_beancount(events: Sequence[Event]) -> str:
    """One transaction an event; every account is opened on the day it is first used."""
    opened: dict[Account, date] = {}
    entries: list[str] = []
    for event in events:
        if not event.postings:
            continue
        day = event.processed_at.astimezone(UTC).date()
        for posting in event.postings:
            opened.setdefault(posting.debit, day)
            opened.setdefault(posting.credit, day)
        lines = [f'{day} * "{event.type}" "{event.stream} {event.sequence}"']
        for posting in event.postings:
            lines += _legs(posting)
        entries.append("\n".join(lines))
    openings = [f"{day} open {path(account)}" for account, day in opened.items()]
    return "\n\n".join(["\n".join(openings), *entries]) + "\n"


def _legs(posting: Posting) -> tuple[str, str]:
    amount, currency = _plain(posting.amount), posting.amount.currency
    return (
        f"  {path(posting.debit)}  {amount} {currency}",
        f"  {path(posting.credit)}  -{amount} {currency}",
    )


def _plain(money: Money) -> Decimal:
    return money.major
