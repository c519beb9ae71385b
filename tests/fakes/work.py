"""The ports of work in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence
from datetime import UTC, datetime

from insurance.domain.claim.attention import waits_for, waits_from
from insurance.domain.complaint import Complaint
from insurance.domain.core.classification import Record
from insurance.domain.core.identity import (
    Mode,
    mode_of,
)
from insurance.domain.core.roles import Role
from insurance.domain.work.work_item import Waiting
from insurance.operations.listing import ListEntry, ListRange

from tests.fakes.memory import Memory


class MemoryWorkLists:
    """The ports `WorkLists` and `ComplaintRegister`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def waiting(
        self, mode: Mode, role: str, until: datetime, part: ListRange
    ) -> Sequence[ListEntry[Waiting]]:
        quotes = [stored.record for stored in self._memory.quotes.values()]
        complaints = [stored.record for stored in self._memory.complaints.values()]
        waiting: list[tuple[datetime, Waiting]] = [
            *((quote.created_at, quote) for quote in quotes if quote.waits_for == role),
            *((one.since, one) for one in complaints if one.waits_for == role),
        ]
        for stored in self._memory.claims.values():
            since = waits_from(stored.record)
            if since is not None and waits_for(stored.record) == role:
                waiting.append((since, stored.record))
        for party in self._memory.parties.values():
            request = party.record.request_due
            if request is not None and role == Role.PRIVACY_OFFICER:
                waiting.append((request.deadline.started_at, party.record))
        return _entries([(at, record) for at, record in waiting if at <= until], mode, part)

    def complaints_received(
        self, mode: Mode, month: str, part: ListRange
    ) -> Sequence[ListEntry[Complaint]]:
        complaints = [stored.record for stored in self._memory.complaints.values()]
        matches = [
            (complaint.received_at, complaint)
            for complaint in complaints
            if f"{complaint.received_at:%Y-%m}" == month
        ]
        return _entries(matches, mode, part)


def _entries[R: Waiting](
    records: Sequence[tuple[datetime, R]], mode: Mode, part: ListRange
) -> Sequence[ListEntry[R]]:
    """The records of the mode in order, from behind a position, without their personal fields."""
    positions = sorted(
        (f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}#{record.id}", record)
        for at, record in records
        if mode_of(record.id) is mode
    )
    return [
        ListEntry(position, _open_fields(record))
        for position, record in positions
        if position > part.after
    ][: part.limit]


def _open_fields[R: Record](record: R) -> R:
    return type(record).merge_personal(record.split_personal()[0], {})
