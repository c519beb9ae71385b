"""The ports of complaints in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from insurance.domain.complaint import Complaint
from insurance.domain.core.errors import (
    ComplaintNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    party_id_for,
    quote_id_for,
)
from insurance.domain.core.stored import PartyKey, Stored
from insurance.operations.complaints.ports import Cause
from insurance.operations.idempotency import Idempotency

from tests.fakes.memory import Memory


class MemoryComplaints:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load_cause(self, about: str, receipt: Idempotency) -> Cause | None:
        self._memory.check(receipt)
        kept = self._memory.quotes.get(quote_id_for(about))
        there = (self._memory.quotes, self._memory.policies, self._memory.claims)
        if kept is None or not any(about in stored for stored in there):
            return None
        key = None if party_id_for(about) in self._memory.erased else kept.key
        quote = kept.record
        return Cause(quote.partner, quote.product, quote.territory, key)

    def add(
        self, event: Event, complaint: Complaint, *, key: PartyKey, receipt: Idempotency
    ) -> None:
        self._memory.check(receipt)
        if complaint.id in self._memory.complaints:
            raise StaleRevision(complaint.id)
        self._memory.append(event, lambda: StaleRevision(complaint.id))
        self._memory.complaints[complaint.id] = Stored(complaint, event.head, key)
        self._memory.keep(receipt)

    def get(self, complaint_id: str) -> Stored[Complaint]:
        if complaint_id not in self._memory.complaints:
            raise ComplaintNotFound(complaint_id)
        kept = self._memory.complaints[complaint_id]
        if party_id_for(complaint_id) not in self._memory.erased:
            return kept
        return Stored(
            Complaint.merge_personal(kept.record.split_personal()[0], {}), kept.head, None
        )

    def load(self, complaint_id: str, receipt: Idempotency) -> Stored[Complaint]:
        self._memory.check(receipt)
        return self.get(complaint_id)

    def change(
        self, event: Event, complaint: Complaint, *, before: Stored[Complaint], receipt: Idempotency
    ) -> None:
        self._memory.check(receipt)
        if self._memory.complaints[complaint.id].head != before.head:
            raise StaleRevision(complaint.id)
        self._memory.append(event, lambda: StaleRevision(complaint.id))
        self._memory.complaints[complaint.id] = Stored(complaint, event.head, before.key)
        self._memory.keep(receipt)
