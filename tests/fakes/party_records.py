"""The records of parties in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence
from datetime import datetime

from insurance.domain.core.errors import (
    AlreadyErased,
    PartyNotFound,
    ReferenceTaken,
    StaleRevision,
)
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode, index_token, policy_id_for, quote_id_for
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.party.details import details_of
from insurance.domain.party.record import Party
from insurance.domain.privacy.legal_hold import ContractRecords
from insurance.operations.command import Command
from insurance.operations.parties.ports import Contract, PartyChange, PartyGroup

from tests.fakes.keys import MemoryKey
from tests.fakes.memory import Memory
from tests.fakes.party_contracts import contract_in, unopened


class MemoryIndexKeys:
    """Index keys without KMS: one key a mode."""

    def __init__(self) -> None:
        self._keys = {mode: MemoryKey(b"key") for mode in Mode}

    def token(self, mode: Mode, field: str, value: str) -> str:
        sealed = self._keys[mode].seal({"v": f"{mode} {value}"}, field)
        return index_token(field, sealed)

    def known_token(self, mode: Mode, field: str, value: str) -> str | None:
        return self.token(mode, field, value)


class MemoryKeyCopies:
    """The erasure in memory covers every contract at once: there are no copies."""

    def remove_copies(self, party_id: str, erased_at: datetime) -> None: ...


class MemoryContractDemands:
    """Contracts in memory ask their holder's record: there are no marks."""

    def mark_all(self, party_id: str) -> None: ...

    def mark(self, policy_id: str, party_id: str) -> None: ...


class MemoryParties:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def get(self, party_id: str) -> Stored[Party]:
        if party_id in self._memory.erased:
            raise AlreadyErased(f"party {party_id}")
        if party_id in self._memory.parties:
            return self._memory.parties[party_id]
        quote = self._memory.quotes.get(quote_id_for(party_id))
        if quote is None or quote.record.party != party_id:
            raise PartyNotFound(party_id)
        first = quote.record
        assert first.policyholder is not None
        party = Party.new(
            party_id,
            first.partner,
            details_of(first.policyholder),
            at=first.created_at,
            by=first.created_by,
        )
        return Stored(party, StreamPosition(), quote.key)

    def load(self, party_ids: Sequence[str], command: Command) -> Sequence[Stored[Party]]:
        self._memory.check(command.idempotency)
        return [self.get(party_id) for party_id in party_ids]

    def load_group(self, party_id: str, command: Command) -> PartyGroup:
        [party] = self.load([party_id], command)
        if party.record.merged_into is not None:
            party = self.get(party.record.merged_into)
        return PartyGroup(party, [self.get(member) for member in party.record.members])

    def contracts(self, party: Party) -> Sequence[Contract]:
        contracts = []
        for quote_id, quote in sorted(self._memory.quotes.items()):
            policy = self._memory.policies.get(policy_id_for(quote_id))
            holder = policy.record.party if policy else quote.record.party
            if holder in party.ids:
                contracts.append(Contract(quote_id, policy.record.id if policy else None))
        return contracts

    def register(self, event: Event, party: Party, *, key: PartyKey, command: Command) -> None:
        self._memory.check(command.idempotency)
        if party.id in self._memory.parties or party.id in self._memory.erased:
            raise ReferenceTaken(party.id)
        self.write(event, key)
        self._memory.keep(command.idempotency)

    def change(self, changes: Sequence[PartyChange], *, command: Command) -> None:
        self._memory.check(command.idempotency)
        self._check(changes)
        for change in changes:
            assert change.before.key is not None
            self.write(change.event, change.before.key)
        self._memory.keep(command.idempotency)

    def erase(
        self,
        erased: Sequence[PartyChange],
        *,
        unless_changed: Sequence[ContractRecords] = (),
        command: Command,
    ) -> None:
        self._memory.check(command.idempotency)
        self._check(erased)
        for contract in unless_changed:
            if contract != unopened(contract_in(self._memory, contract.quote.record.id)):
                raise StaleRevision(erased[0].event.stream)
        for each in erased:
            self._append(each.event)
            self._memory.erased.add(each.event.stream)
        self._memory.keep(command.idempotency)

    def erases_at_once(
        self,
        erased: Sequence[object],  # noqa: ARG002 - one step takes any number here
        unless_changed: Sequence[ContractRecords],  # noqa: ARG002
    ) -> bool:
        return True

    def keep(self, party_ids: Sequence[str]) -> None: ...

    def write(self, event: Event, key: PartyKey) -> None:
        """The party as the event leaves it."""
        self._append(event)
        party = Party.merge_personal(event.facts, key.unseal(event.sealed, event.stream))
        self._memory.parties[event.stream] = Stored(party, event.head, key)

    def _check(self, changes: Sequence[PartyChange]) -> None:
        """Nothing is changed where one of them has moved on."""
        for change in changes:
            party_id = change.event.stream
            if party_id in self._memory.erased:
                raise AlreadyErased(f"party {party_id}")
            if self.get(party_id).head != change.before.head:
                raise StaleRevision(party_id)

    def _append(self, event: Event) -> None:
        self._memory.append(event, lambda: StaleRevision(event.stream))
