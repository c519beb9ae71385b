"""The ports of stops and access policies in memory: held to the same contract as on DynamoDB (tests/contract)."""

from insurance.domain.control.stop import Stops
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command

from tests.fakes.memory import Memory


class MemoryStops:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, mode: Mode) -> Stored[Stops]:
        return self._memory.stops.get(mode) or Stored(Stops.of(mode), StreamPosition(), None)

    def leased(self, mode: Mode) -> Stops:
        return self.get(mode).record

    def load(self, mode: Mode, command: Command) -> Stored[Stops]:
        self._memory.check(command.idempotency)
        return self.get(mode)

    def store(self, event: Event, before: Stored[Stops], command: Command) -> None:
        self._memory.check(command.idempotency)
        if self.get(event.mode).head != before.head:
            raise StaleRevision("the stops")
        self._memory.append(event, lambda: StaleRevision("the stops"))
        stops = Stops.merge_personal(event.facts, {})
        self._memory.stops[event.mode] = Stored(stops, event.head, None)
        self._memory.keep(command.idempotency)
