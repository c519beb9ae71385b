"""The ports of products in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence

from insurance.domain.core.errors import (
    StaleRevision,
    VersionNotFound,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    Mode,
)
from insurance.domain.core.stored import Stored
from insurance.domain.product.publishing.release import ProductVersion
from insurance.operations.command import Command

from tests.fakes.memory import Memory


class MemoryProductVersions:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, mode: Mode, code: str, version: str) -> Stored[ProductVersion]:
        found = self._memory.versions.get((mode, code, version))
        if found is None:
            raise VersionNotFound(f"{code} {version}")
        return found

    def load(self, code: str, version: str, command: Command) -> Stored[ProductVersion] | None:
        self._memory.check(command.idempotency)
        return self._memory.versions.get((command.caller.mode, code, version))

    def store(
        self,
        event: Event,
        version: ProductVersion,
        *,
        before: Stored[ProductVersion] | None,
        command: Command,
    ) -> None:
        self._memory.check(command.idempotency)
        place = (event.mode, version.code, version.version)
        there = self._memory.versions.get(place)
        if (there and there.head) != (before and before.head):
            raise StaleRevision(version.title)
        self._memory.append(event, lambda: StaleRevision(version.title))
        self._memory.versions[place] = Stored(version, event.head, None)
        self._memory.keep(command.idempotency)

    def known(self, mode: Mode, code: str | None = None) -> Sequence[Stored[ProductVersion]]:
        return [
            kept
            for (of, product, _), kept in sorted(self._memory.versions.items())
            if of is mode and code in {None, product}
        ]
