"""What the bank says of a file and of each payment in it, whatever version of the message it uses."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class StatusMeaning(StrEnum):
    """What a status means for a payment."""

    SETTLED = "settled"
    REJECTED = "rejected"
    PENDING = "pending"


SETTLED = frozenset({"ACSC", "ACCC"})
"""Settled at the debtor's or at the creditor's bank."""
REJECTED = frozenset({"RJCT", "CANC"})
# Everything else (RCVD, PDNG, ACTC, ACCP, ACSP, ACWC, PART …) says that more is to come.


class ReportedStatus(NamedTuple):
    """The status of one payment, and why."""

    meaning: StatusMeaning
    code: str
    reason: str | None = None


def status_of(code: str, reason: str | None = None) -> ReportedStatus:
    if code in SETTLED:
        return ReportedStatus(StatusMeaning.SETTLED, code, reason)
    if code in REJECTED:
        return ReportedStatus(StatusMeaning.REJECTED, code, reason)
    return ReportedStatus(StatusMeaning.PENDING, code, reason)


class StatusReport(NamedTuple):
    """One report on one file: the status of the group, and of payments that it names apart."""

    id: str
    file_id: str
    group: ReportedStatus
    payments: Mapping[str, ReportedStatus] = MappingProxyType({})

    def of(self, instruction_id: str) -> ReportedStatus:
        """A payment that is not named goes the way of the group; of a group that is accepted in part
        only those that are named are known."""
        return self.payments.get(instruction_id, self.group)
