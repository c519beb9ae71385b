"""The ports of policy in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from insurance.domain.billing import BillingAccount
from insurance.domain.core.errors import (
    AlreadyErased,
    PolicyNotFound,
    QuoteAlreadyIssued,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, billing_id_for, mode_of
from insurance.domain.core.sealed_apart import open_apart
from insurance.domain.core.stored import Naming, PartyKey, Stored
from insurance.domain.party.record import Party
from insurance.domain.policy import Policy
from insurance.domain.policy.corrected_people import SharedPolicy
from insurance.domain.policy.people import customers_on
from insurance.domain.quote.quote import QuoteStatus
from insurance.operations.command import Command
from insurance.operations.policy.ports import (
    CorrectionContext,
    CorrectionEvents,
    ExpiringPolicy,
    Newcomer,
    QuoteEvent,
    QuoteToIssue,
    TransferContext,
)

from demo.samples import PARTNERS
from tests.fakes.controls import MemoryStops
from tests.fakes.memory import Memory
from tests.fakes.party_records import MemoryParties
from tests.fakes.quoting import MemoryQuotes


class MemoryPolicies:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._quotes = MemoryQuotes(memory)

    def load_quote(self, quote_id: str, command: Command) -> QuoteToIssue:
        self._memory.check(command.idempotency)
        stops = MemoryStops(self._memory).leased(command.caller.mode)
        return QuoteToIssue(self._quotes.get(quote_id), stops)

    def issue(
        self,
        event: Event,
        policy: Policy,
        *,
        bound: QuoteEvent,
        ending: TransferContext | None = None,
        account: Event | None = None,
        command: Command,
    ) -> None:
        self._memory.check(command.idempotency)
        if policy.party in self._memory.erased:
            raise StaleRevision(policy.quote_id)
        if policy.id in self._memory.policies:
            raise QuoteAlreadyIssued(policy.quote_id, policy.id)
        if ending and self._memory.policies[ending.policy.record.id].head != ending.policy.head:
            raise StaleRevision(policy.quote_id)
        self._memory.give_number(policy.number.text if policy.number else policy.id, policy.id)
        self._quotes.move(bound.event, bound.after, bound.before)
        self._memory.append(event, lambda: QuoteAlreadyIssued(policy.quote_id, policy.id))
        self._memory.policies[policy.id] = Stored(policy, event.head, bound.before.key)
        if account is not None:
            self._memory.append(account, lambda: QuoteAlreadyIssued(policy.quote_id, policy.id))
            opened = BillingAccount.merge_personal(account.facts, {})
            self._memory.accounts[opened.id] = Stored(opened, account.head, bound.before.key)
        for party_id in customers_on(policy) if ending else ():
            self._memory.named[party_id] += 1
        self._memory.keep(command.idempotency)

    def ending(self, policy_id: str) -> TransferContext:
        return TransferContext(self.get(policy_id), None)

    def get(self, policy_id: str) -> Stored[Policy]:
        if policy_id not in self._memory.policies:
            raise PolicyNotFound(policy_id)
        kept = self._memory.policies[policy_id]
        if kept.record.party in self._memory.erased:
            return Stored(
                kept.record.replace(
                    policyholder=None, answers=None, changed=None, joint_holders=(), interests=None
                ),
                kept.head,
                None,
            )
        joint = [
            each.unreadable() if each.party_id in self._memory.erased else each
            for each in kept.record.joint_holders
        ]
        interests = kept.record.interests
        if interests is not None:
            parties = [
                each.unreadable() if each.party_id in self._memory.erased else each
                for each in interests.parties
            ]
            interests = interests.replace(parties=tuple(parties))
        record = kept.record.replace(joint_holders=tuple(joint), interests=interests)
        return replace(kept, record=record)

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        holder = self.get(policy_id)
        for event in reversed(self._memory.events[policy_id]):
            if event.processed_at <= known_at:
                party = event.facts["party_id"]
                key = self._memory.key_of(party) if party != holder.record.party else holder.key
                personal = key.unseal(event.sealed, policy_id) if key and event.sealed else {}
                personal = open_apart(personal, policy_id, self._memory.key_of_customer)
                return Stored(Policy.merge_personal(event.facts, personal), event.head, key)
        raise PolicyNotFound(policy_id)

    def events(self, policy_id: str, *, after: int, limit: int) -> Sequence[Event]:
        return self._memory.events.get(policy_id, [])[after : after + limit]


class MemoryPolicyChanges:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def get(self, policy_id: str) -> Stored[Policy]:
        return self._policies.get(policy_id)

    def load(self, policy_id: str, command: Command) -> Stored[Policy]:
        self._memory.check(command.idempotency)
        return self.get(policy_id)

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        return self._policies.as_known(policy_id, known_at)

    def change(
        self, event: Event, policy: Stored[Policy], *, before: Stored[Policy], command: Command
    ) -> None:
        self._memory.check(command.idempotency)
        id = policy.record.id
        if self._memory.policies[id].head != before.head or self._memory.is_destroyed(before):
            raise StaleRevision(id)
        self._memory.append(event, lambda: StaleRevision(id))
        self._memory.policies[id] = policy
        self._memory.keep(command.idempotency)


class MemoryPolicyTransfers:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._changes = MemoryPolicyChanges(memory)

    def get(self, policy_id: str) -> TransferContext:
        account = self._memory.accounts.get(billing_id_for(policy_id))
        return TransferContext(self._changes.get(policy_id), None, account)

    def load(self, policy_id: str, command: Command) -> TransferContext:
        self._memory.check(command.idempotency)
        return self.get(policy_id)

    def pass_on(
        self,
        event: Event,
        policy: Stored[Policy],
        *,
        before: TransferContext,
        known: Stored[Party] | None,
        registered: Event | None,
        command: Command,
    ) -> None:
        party_id = policy.record.party
        if registered is None and party_id in self._memory.erased:
            raise AlreadyErased(f"party {party_id}")
        if (
            known
            and registered is None
            and MemoryParties(self._memory).get(party_id).head != known.head
        ):
            raise StaleRevision(party_id)
        self._memory.named[party_id] += 1
        self._memory.keys[before.policy.record.party] = before.policy.key
        if policy.record.partner != before.policy.record.partner:
            self._memory.move(policy.record.id, policy.record.partner)
        self._changes.change(event, policy, before=before.policy, command=command)
        assert policy.key is not None
        if registered is not None:
            MemoryParties(self._memory).write(registered, policy.key)

    def join(
        self,
        event: Event,
        policy: Stored[Policy],
        *,
        newcomers: Sequence[Newcomer],
        before: TransferContext,
        command: Command,
    ) -> None:
        parties = MemoryParties(self._memory)
        for joint, registered in newcomers:
            if joint.record.id in self._memory.erased:
                raise AlreadyErased(f"party {joint.record.id}")
            if registered is None and parties.get(joint.record.id).head != joint.head:
                raise StaleRevision(joint.record.id)
        self._changes.change(event, policy, before=before.policy, command=command)
        for joint, registered in newcomers:
            self._memory.named[joint.record.id] += 1
            assert joint.key is not None
            if registered is not None:
                parties.write(registered, joint.key)


class MemoryCorrections:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._parties = MemoryParties(memory)
        self._policies = MemoryPolicies(memory)
        self._quotes = MemoryQuotes(memory)

    def get(self, party_id: str) -> CorrectionContext:
        party = self._parties.get(party_id)
        if party.record.merged_into is not None:
            party = self._parties.get(party.record.merged_into)
        policies = [
            self._policies.get(policy_id)
            for policy_id, policy in sorted(self._memory.policies.items())
            if policy.record.party in party.record.ids
        ]
        quotes = [
            quote
            for _, quote in sorted(self._memory.quotes.items())
            if quote.record.party in party.record.ids
            and quote.record.status is not QuoteStatus.BOUND
        ]
        namings = {id: Naming(self._memory.named[id]) for id in party.record.ids}
        shared = [
            SharedPolicy(self._policies.get(policy_id), partial(self._key_of, party.record))
            for policy_id, policy in sorted(self._memory.policies.items())
            if {*party.record.ids}.intersection(customers_on(policy.record))
        ]
        return CorrectionContext(
            party, policies, quotes, is_complete=True, namings=namings, shared=shared
        )

    def _key_of(self, party: Party, party_id: str) -> PartyKey | None:
        return self._memory.key_of_customer(party_id) if party_id in party.ids else None

    def load(self, party_id: str, command: Command) -> CorrectionContext:
        self._memory.check(command.idempotency)
        return self.get(party_id)

    def correct(self, events: CorrectionEvents, *, command: Command) -> None:
        self._memory.check(command.idempotency)
        for party_id, naming in events.namings.items():
            if self._memory.named[party_id] != naming.times:
                raise StaleRevision(party_id)
        for policy in events.policies:
            if self._memory.policies[policy.event.stream].head != policy.before.head:
                raise StaleRevision(policy.event.stream)
        for quote in events.quotes:
            if self._memory.quotes[quote.event.stream].head != quote.before.head:
                raise StaleRevision(quote.event.stream)
        self._parties.change([events.party], command=command)
        for quote in events.quotes:
            self._quotes.move(quote.event, quote.after, quote.before)
        for policy in events.policies:
            stale = partial(StaleRevision, policy.event.stream)
            self._memory.append(policy.event, stale)
            self._memory.policies[policy.event.stream] = policy.after


class MemoryRegisteredPartners:
    """The partners of the sample applications."""

    def is_registered(self, partner: str, mode: Mode) -> bool:
        return any(
            one.partner == partner and one.status == "active" and one.mode == mode
            for one in PARTNERS
        )


class MemoryRenewals:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def expiring(self, policy_id: str) -> ExpiringPolicy:
        noticed = self._memory.registers.get(policy_id, ())
        claims = [self._memory.claims[each.claim_id].record for each in noticed]
        policy = self._policies.get(policy_id)
        stops = MemoryStops(self._memory).leased(mode_of(policy_id))
        return ExpiringPolicy(policy, claims, self._memory.demands_of(policy.record.party), stops)
