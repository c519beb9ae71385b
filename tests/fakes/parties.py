"""The ports of parties in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from datetime import datetime

from insurance.domain.core.errors import (
    AlreadyErased,
    PartyNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode, index_token, quote_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Access
from insurance.operations.command import Command
from insurance.operations.parties.ports import AccessContext

from tests.fakes.keys import MemoryKey
from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies


class MemoryIndexKeys:
    """Index keys without KMS: one key a mode."""

    def __init__(self) -> None:
        self._keys = {mode: MemoryKey(b"key") for mode in Mode}

    def token(self, mode: Mode, field: str, value: str) -> str:
        sealed = self._keys[mode].seal({"v": f"{mode} {value}"}, field)
        return index_token(field, sealed)


class MemoryKeyCopies:
    """The erasure in memory covers every contract at once: there are no copies."""

    def remove_copies(self, party_id: str, erased_at: datetime) -> None: ...


class MemoryParties:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def load(self, party_id: str, command: Command) -> StreamPosition:
        self._memory.check(command.idempotency)
        if quote_id_for(party_id) not in self._memory.quotes:
            raise PartyNotFound(party_id)
        if party_id in self._memory.erased:
            raise AlreadyErased(f"party {party_id}")
        return StreamPosition()

    def erase(self, event: Event, *, party_id: str, command: Command) -> None:
        self._memory.check(command.idempotency)
        if party_id in self._memory.erased:
            raise AlreadyErased(f"party {party_id}")
        self._memory.append(event, lambda: AlreadyErased(f"party {party_id}"))
        self._memory.erased.add(party_id)
        self._memory.keep(command.idempotency)


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
