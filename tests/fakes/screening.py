"""The ports of screening in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence

from insurance.domain.core.errors import (
    ScreeningNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    Mode,
    mode_of,
    quote_id_for,
)
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.screening.screening import (
    ScreeningCase,
    ScreeningStatus,
    ScreeningSubject,
)
from insurance.operations.command import Command
from insurance.operations.listing import ListEntry, ListRange
from insurance.operations.parties.ports import PolicyRange, ScreeningPorts
from insurance.screening import BundledScreening

from tests.fakes.memory import Memory


def screening_ports(memory: Memory) -> ScreeningPorts:
    """Screening in memory, with the bundled sanctions list."""
    screenings = MemoryScreenings(memory)
    return ScreeningPorts(list=BundledScreening(), cases=screenings, policies=screenings)


class MemoryScreenings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._cases: dict[str, Stored[ScreeningCase]] = {}

    def find(self, subject: ScreeningSubject, key: PartyKey) -> Stored[ScreeningCase] | None:
        found = self._cases.get(subject.case_id)
        return Stored(found.record, found.head, key) if found else None

    def load(self, screening_id: str, command: Command) -> Stored[ScreeningCase]:
        self._memory.check(command.idempotency)
        if screening_id not in self._cases:
            raise ScreeningNotFound(screening_id)
        return self._cases[screening_id]

    def store(self, event: Event, *, before: Stored[ScreeningCase] | None) -> None:
        if self._cases.get(event.stream) != before:
            raise StaleRevision(event.stream)
        self._memory.append(event, lambda: StaleRevision(event.stream))
        key = before.key if before else self._memory.quotes[quote_id_for(event.stream)].key
        if key is None:
            raise ValueError("nobody is looked at who was erased")
        case = ScreeningCase.merge_personal(event.facts, key.unseal(event.sealed, event.stream))
        self._cases[event.stream] = Stored(case, event.head, key)

    def decide(self, event: Event, *, before: Stored[ScreeningCase], command: Command) -> None:
        self._memory.check(command.idempotency)
        self.store(event, before=before)
        self._memory.keep(command.idempotency)

    def list_open(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[ScreeningCase]]:
        entries = [
            ListEntry(id, stored.record)
            for id, stored in sorted(self._cases.items())
            if stored.record.status is ScreeningStatus.OPEN
            and id > part.after
            and mode_of(id) is mode
        ]
        return entries[: part.limit]

    def read(self, mode: Mode, after: str) -> PolicyRange:
        policies = [
            stored
            for id, stored in sorted(self._memory.policies.items())
            if mode_of(id) is mode and id > after
        ]
        return PolicyRange(policies, None)
