"""What the bank says of a file and of each payment in it, whatever version of the message it uses."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class StatusMeaning(StrEnum):
    """What a status means for a payment."""

    SETTLED = "settled"
    REJECTED = "rejected"
    PENDING = "pending"
    DUPLICATE = "duplicate"
    """The bank refused a second delivery of the same file: that says nothing of the first."""


SETTLED = frozenset({"ACSC", "ACCC"})
"""Settled at the debtor's or at the creditor's bank."""
REJECTED = frozenset({"RJCT", "CANC"})
# Everything else (RCVD, PDNG, ACTC, ACCP, ACSP, ACWC, PART …) says that more is to come.
DUPLICATES = frozenset({"AM05", "DU01", "DU02", "DU03", "DU04", "DU05"})
"""Reasons of the external code list of ISO 20022 by which a file, batch or payment was there before."""


class ReportedStatus(NamedTuple):
    """The status of one payment, and why."""

    meaning: StatusMeaning
    code: str
    reason: str | None = None


def status_of(code: str, reasons: Sequence[str] = ()) -> ReportedStatus:
    """What a status code means.

    Args:
        code: The code of the status; empty where the report gives none.
        reasons: The codes of the reasons, and the bank's own words.
    """
    said = "; ".join(reasons) or None
    if code in SETTLED:
        return ReportedStatus(StatusMeaning.SETTLED, code, said)
    if code not in REJECTED:
        return ReportedStatus(StatusMeaning.PENDING, code, said)
    if DUPLICATES.intersection(reasons):
        return ReportedStatus(StatusMeaning.DUPLICATE, code, said)
    return ReportedStatus(StatusMeaning.REJECTED, code, said)


class StatusReport(NamedTuple):
    """One report on one file: the status of the group, of its batch, and of payments named apart."""

    id: str
    file_id: str
    group: ReportedStatus
    payments: Mapping[str, ReportedStatus] = MappingProxyType({})
    batch: ReportedStatus | None = None
    """None: the report says nothing of the batch as a whole."""
    contradicted: frozenset[str] = frozenset()
    """Payments of which the report says two things."""

    def of(self, instruction_id: str) -> ReportedStatus:
        """What the nearest level says that says something: the payment, its batch, the group.

        Of a group that is accepted in part only those payments are known that are named.
        """
        return self.payments.get(instruction_id, self.batch or self.group)

    def names(self, instruction_id: str) -> bool:
        """Whether the report names this payment."""
        return instruction_id in self.payments
