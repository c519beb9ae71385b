"""The ports of stops and access policies in memory: held to the same contract as on DynamoDB (tests/contract)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from insurance.domain.control.access_policy import AccessPolicy, PoliciesInForce, RuleHits
from insurance.domain.control.decision import CompiledRule, Ruleset, compile_policies
from insurance.domain.control.stop import Stops
from insurance.domain.core.errors import AccessPolicyNotFound, StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode, access_policy_id_for, mode_of
from insurance.domain.core.stored import Stored
from insurance.operations.command import Command
from insurance.operations.controls.ports import LoadedPolicy
from insurance.operations.listing import ListEntry, ListRange

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


class MemoryAccessPolicies:
    """The ports `AccessPolicies` and `AccessRules`."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def ruleset(self, mode: Mode) -> Ruleset | None:
        policies = self.in_force(mode)
        return compile_policies(policies) if policies else None

    def get(self, mode: Mode, code: str) -> Stored[AccessPolicy]:
        found = self._memory.access_policies.get(access_policy_id_for(mode, code))
        if found is None:
            raise AccessPolicyNotFound(code)
        return found

    def note_refusal(self, by: CompiledRule, mode: Mode, at: datetime) -> None:
        counted = self._memory.rule_hits.setdefault((mode, by.policy), {})
        known = counted.get(by.rule.code)
        counted[by.rule.code] = RuleHits(
            known.refused + 1 if known else 1, at.replace(microsecond=0)
        )

    def hits(self, mode: Mode, code: str) -> Mapping[str, RuleHits]:
        return dict(self._memory.rule_hits.get((mode, code), {}))

    def in_force(self, mode: Mode) -> PoliciesInForce:
        return dict(self._memory.policies_in_force.get(mode, (0, {}))[1])

    def policies(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[AccessPolicy]]:
        codes = {
            stored.record.code: stored.record
            for id, stored in self._memory.access_policies.items()
            if mode_of(id) is mode and stored.record.code > part.after
        }
        return [ListEntry(code, codes[code]) for code in sorted(codes)[: part.limit]]

    def load(self, code: str, command: Command) -> LoadedPolicy:
        self._memory.check(command.idempotency)
        mode = command.caller.mode
        policy = self._memory.access_policies.get(access_policy_id_for(mode, code))
        revision, policies = self._memory.policies_in_force.get(mode, (0, {}))
        return LoadedPolicy(policy, dict(policies), revision)

    def store(
        self, event: Event, policy: AccessPolicy, before: LoadedPolicy, command: Command
    ) -> None:
        self._memory.check(command.idempotency)
        there = self._memory.access_policies.get(policy.id)
        revision, policies = self._memory.policies_in_force.get(event.mode, (0, {}))
        moves = before.in_force.get(policy.code) != policy.in_force
        if (there and there.head) != (before.policy and before.policy.head) or (
            moves and revision != before.revision
        ):
            raise StaleRevision(policy.title)
        self._memory.append(event, lambda: StaleRevision(policy.title))
        self._memory.access_policies[policy.id] = Stored(policy, event.head, None)
        if moves:
            rest = {code: text for code, text in policies.items() if code != policy.code}
            after = rest | ({policy.code: policy.in_force} if policy.in_force else {})
            self._memory.policies_in_force[event.mode] = (revision + 1, after)
        self._memory.keep(command.idempotency)
