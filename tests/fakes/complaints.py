"""The ports of complaints in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence

from insurance.domain.complaint import Complaint
from insurance.domain.core.errors import (
    ComplaintNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import quote_id_for
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import PartyKey, Stored
from insurance.operations.command import Command
from insurance.operations.complaints.ports import ComplaintContext

from tests.fakes.memory import Memory


class MemoryComplaints:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load_context(self, about: str, command: Command) -> ComplaintContext | None:
        self._memory.check(command.idempotency)
        stored = self._memory.quotes.get(quote_id_for(about))
        subjects = (self._memory.quotes, self._memory.policies, self._memory.claims)
        if stored is None or not any(about in objects for objects in subjects):
            return None
        quote = stored.record
        key = None if quote.party in self._memory.erased else stored.key
        return ComplaintContext(quote.partner, quote.party, quote.product, quote.territory, key)

    def add(self, event: Event, complaint: Complaint, *, key: PartyKey, command: Command) -> None:
        self._memory.check(command.idempotency)
        if complaint.id in self._memory.complaints or complaint.party in self._memory.erased:
            raise StaleRevision(complaint.id)
        self._memory.append(event, lambda: StaleRevision(complaint.id))
        self._memory.complaints[complaint.id] = Stored(complaint, event.head, key)
        self._memory.keep(command.idempotency)

    def get(self, complaint_id: str) -> Stored[Complaint]:
        if complaint_id not in self._memory.complaints:
            raise ComplaintNotFound(complaint_id)
        stored = self._memory.complaints[complaint_id]
        if stored.record.party not in self._memory.erased:
            return stored
        return Stored(
            Complaint.merge_personal(stored.record.split_personal()[0], {}), stored.head, None
        )

    def load(self, complaint_id: str, command: Command) -> Stored[Complaint]:
        self._memory.check(command.idempotency)
        return self.get(complaint_id)

    def change(
        self,
        event: Event,
        complaint: Complaint,
        *,
        before: Stored[Complaint],
        command: Command,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        self._memory.check(command.idempotency)
        stale = self._memory.complaints[complaint.id].head != before.head
        if stale or self._memory.is_destroyed(before):
            raise StaleRevision(complaint.id)
        self._memory.take(totals, complaint.id)
        self._memory.append(event, lambda: StaleRevision(complaint.id))
        self._memory.complaints[complaint.id] = Stored(complaint, event.head, before.key)
        self._memory.keep(command.idempotency)
