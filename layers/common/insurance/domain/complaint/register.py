"""The register of complaints: one row for each complaint, without personal data."""

from collections.abc import Iterable
from datetime import datetime

from insurance.domain.complaint.complaint import Complaint
from insurance.domain.complaint.redress import APPROVED, PAID
from insurance.domain.core.csv_export import write_csv

COLUMNS = (
    "id",
    "about",
    "partner",
    "channel",
    "category",
    "jurisdiction",
    "received_at",
    "status",
    "acknowledged_at",
    "answered_at",
    "in_time",
    "outcome",
    "root_cause",
    "redress_agreed",
    "redress_paid",
    "currency",
    "ombudsman_reference",
    "closed_as",
)


def row_of(complaint: Complaint, now: datetime) -> dict[str, str]:
    """The complaint as a row of the register, by column; amounts in minor units."""
    met = {deadline.code: deadline.met_at for deadline in complaint.deadlines}
    late = any(deadline.is_missed(now) or deadline.missed_at for deadline in complaint.deadlines)
    paid = complaint.redress_total(PAID)
    return {
        "id": complaint.id,
        "about": complaint.about,
        "partner": complaint.partner,
        "channel": complaint.channel,
        "category": complaint.category,
        "jurisdiction": complaint.jurisdiction,
        "received_at": _instant(complaint.received_at),
        "status": complaint.status,
        "acknowledged_at": _instant(met.get("acknowledge")),
        "answered_at": _instant(met.get("final_response")),
        "in_time": "no" if late else "yes",
        "outcome": complaint.outcome or "",
        "root_cause": complaint.root_cause or "",
        "redress_agreed": str(complaint.redress_total(APPROVED).amount),
        "redress_paid": str(paid.amount),
        "currency": complaint.currency,
        "ombudsman_reference": complaint.ombudsman_reference or "",
        "closed_as": complaint.closed_as or "",
    }


def as_csv(rows: Iterable[dict[str, str]]) -> str:
    """The rows as comma separated values with a header (RFC 4180)."""
    return write_csv(([row[column] for column in COLUMNS] for row in rows), COLUMNS)


def _instant(at: datetime | None) -> str:
    return at.isoformat().replace("+00:00", "Z") if at else ""
