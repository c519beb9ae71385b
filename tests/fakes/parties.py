"""The ports of parties in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from insurance.domain.core.errors import (
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Access
from insurance.operations.command import Command
from insurance.operations.parties.ports import AccessContext

from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies


class MemoryAccesses:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load(self, policy_id: str, person_id: str, command: Command) -> AccessContext:
        self._memory.check(command.idempotency)
        policy = MemoryPolicies(self._memory).get(policy_id)
        return AccessContext(policy, self._memory.accesses.get(person_id))

    def store(
        self, event: Event, access: Access, *, before: Stored[Access] | None, command: Command
    ) -> None:
        self._memory.check(command.idempotency)
        if self._memory.accesses.get(access.person_id) != before:
            raise StaleRevision(access.person_id)
        self._memory.append(event, lambda: StaleRevision(access.person_id))
        self._memory.accesses[access.person_id] = Stored(access, event.head, None)
        self._memory.keep(command.idempotency)
