"""Export: journal entries as CSV, and as plain-text accounting that beancount reads."""

from collections.abc import Sequence
from datetime import UTC, date
from enum import StrEnum

from insurance.domain.core.csv_export import write_csv
from insurance.domain.core.posting import Posting
from insurance.domain.ledger.chart import CHART, beancount_account
from insurance.domain.ledger.journal import JournalEntry

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
OPENED_ON = date(1900, 1, 1)
"""The day on which beancount's accounts are opened, before anything that is posted."""


class ExportFormat(StrEnum):
    CSV = "csv"
    BEANCOUNT = "beancount"


def export(
    entries: Sequence[JournalEntry], format: ExportFormat, *, continues: bool = False
) -> str:
    """Write every posting of the entries, in their order.

    `continues` leaves out the heading: the text is appended to that of an earlier page.
    """
    return (
        as_csv(entries, continues=continues)
        if format is ExportFormat.CSV
        else as_beancount(entries, continues=continues)
    )


def as_csv(entries: Sequence[JournalEntry], *, continues: bool) -> str:
    """Write a line for each posting; amounts are in major units, exact."""
    rows = (
        (
            entry.position.stream,
            entry.position.sequence,
            entry.type,
            entry.position.processed_at.astimezone(UTC).isoformat(),
            entry.tax_point.astimezone(UTC).isoformat(),
            entry.period or "",
            posting.debit,
            posting.credit,
            posting.amount.major,
            posting.amount.currency,
        )
        for entry in entries
        for posting in entry.postings
    )
    return write_csv(rows, () if continues else COLUMNS, line_end="\n")


def as_beancount(entries: Sequence[JournalEntry], *, continues: bool) -> str:
    """Open all accounts of the chart, then write a transaction for each entry."""
    openings = "\n".join(f"{OPENED_ON} open {beancount_account(account)}" for account in CHART)
    texts = [] if continues else [openings]
    for entry in entries:
        if not entry.postings:
            continue
        lines = [
            f'{entry.day} * "{entry.type}" "{entry.position.stream} {entry.position.sequence}"'
        ]
        lines.append(f"  tax_point: {entry.tax_point.astimezone(UTC).date()}")
        for posting in entry.postings:
            lines += _legs(posting)
        texts.append("\n".join(lines))
    return "\n\n".join(texts) + "\n"


def _legs(posting: Posting) -> tuple[str, str]:
    amount, currency = posting.amount.major, posting.amount.currency
    return (
        f"  {beancount_account(posting.debit)}  {amount} {currency}",
        f"  {beancount_account(posting.credit)}  -{amount} {currency}",
    )
