"""The ports of ledger in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from insurance.domain.core.errors import (
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    earnings_id_for,
)
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.earnings import EarnedPremium
from insurance.operations.ledger.ports import EarningsContext

from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies


class MemoryEarnings:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def load(self, policy_id: str) -> EarningsContext:
        found = self._memory.earned.get(earnings_id_for(policy_id))
        return EarningsContext(self._policies.get(policy_id), found)

    def store(self, event: Event, *, context: EarningsContext) -> None:
        if self._memory.earned.get(event.stream) != context.earned:
            raise StaleRevision(event.stream)
        self._memory.append(event, lambda: StaleRevision(event.stream))
        record = EarnedPremium.merge_personal(event.facts, {})
        self._memory.earned[event.stream] = Stored(record, event.head, None)
