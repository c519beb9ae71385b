"""The ports of claims in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence
from dataclasses import replace

from insurance.domain.claim import Claim
from insurance.domain.claim.context import ClaimContext, NoticeContext
from insurance.domain.claim.evidence import first_seen
from insurance.domain.claim.limits import LimitUsage, movements
from insurance.domain.claim.payee_account import (
    CLAIMS_MAX,
    UNKNOWN,
    PayeeAccount,
)
from insurance.domain.claim.set_off import SetOffEntry
from insurance.domain.core.errors import (
    AccountMoved,
    ClaimNotFound,
    StaleRevision,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, billing_id_for, mode_of, policy_id_for
from insurance.domain.core.money import Money
from insurance.domain.core.running_totals import LimitMovement, Pool, Room
from insurance.domain.core.stored import Stored
from insurance.domain.party.names import comparable
from insurance.domain.party.party import Payee
from insurance.domain.policy import Policy
from insurance.operations.command import Command

from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies


class MemoryClaims:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def load_policy(
        self, policy_id: str, command: Command | None, *, naming: Payee | None = None
    ) -> NoticeContext:
        if command is not None:
            self._memory.check(command.idempotency)
        noticed = self._memory.registers.get(policy_id, ())
        policy = self._policies.get(policy_id)
        account = self._memory.accounts.get(billing_id_for(policy_id))
        return NoticeContext(
            policy,
            noticed,
            len(noticed),
            self._used(policy.record),
            account,
            self._memory.demands_of(policy.record.party),
            self._payee_account(policy_id, naming),
        )

    def notify(
        self,
        event: Event,
        claim: Claim,
        *,
        context: NoticeContext,
        command: Command,
        account: SetOffEntry | None = None,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        self._memory.check(command.idempotency)
        noticed = self._memory.registers.get(claim.policy_id, ())
        stale = len(noticed) != context.register_revision or claim.id in self._memory.claims
        if stale or claim.party in self._memory.erased:
            raise StaleRevision(claim.policy_id)
        self._check_account(account)
        self._memory.give_number(claim.number or claim.id, claim.id)
        self._take((), claim, totals)
        self._change_account(account)
        self._memory.append(event, lambda: StaleRevision(claim.policy_id))
        self._memory.registers[claim.policy_id] = (*noticed, claim.noticed())
        self._memory.claims[claim.id] = Stored(claim, event.head, context.policy.key)
        self._memory.keep(command.idempotency)

    def get(self, claim_id: str) -> Stored[Claim]:
        if claim_id not in self._memory.claims:
            raise ClaimNotFound(claim_id)
        kept = self._memory.claims[claim_id]
        if kept.record.party not in self._memory.erased:
            return kept
        opened, _ = kept.record.split_personal()
        return Stored(Claim.merge_personal(opened, {}), kept.head, None)

    def get_many(self, claim_ids: Sequence[str]) -> Sequence[Stored[Claim]]:
        return [self.get(claim_id) for claim_id in claim_ids]

    def load(self, claim_id: str, command: Command, *, naming: Payee | None = None) -> ClaimContext:
        self._memory.check(command.idempotency)
        policy_id = policy_id_for(claim_id)
        policy = self._policies.get(policy_id).record
        return ClaimContext(
            self.get(claim_id),
            policy,
            self._used(policy),
            account=self._memory.accounts.get(billing_id_for(policy_id)),
            demands=self._memory.demands_of(policy.party),
            payee_account=self._payee_account(claim_id, naming),
        )

    def load_evidence(self, claim_id: str, command: Command) -> ClaimContext:
        seen = self._memory.files.get(policy_id_for(claim_id), {})
        return replace(self.load(claim_id, command), seen=dict(seen), account=None)

    def change(
        self,
        event: Event,
        claim: Claim,
        *,
        before: Stored[Claim],
        command: Command,
        account: SetOffEntry | None = None,
        totals: Sequence[LimitMovement] = (),
    ) -> None:
        self._memory.check(command.idempotency)
        stale = self._memory.claims[claim.id].head != before.head
        if stale or self._memory.is_destroyed(before):
            raise StaleRevision(claim.id)
        files = self._memory.files.setdefault(claim.policy_id, {})
        marks = first_seen(before.record, claim)
        if any(mark in files for mark in marks):
            raise StaleRevision(claim.id)
        self._check_account(account)
        self._take(before.record.limit_usage, claim, totals)
        self._change_account(account)
        files |= dict.fromkeys(marks, claim.id)
        self._memory.append(event, lambda: StaleRevision(claim.id))
        self._memory.claims[claim.id] = Stored(claim, event.head, before.key)
        self._memory.keep(command.idempotency)

    def totals(self, pools: Sequence[Pool], *, look: bool = True) -> Sequence[Room]:
        return MemoryRunningTotals(self._memory).totals(pools, look=look)

    def _payee_account(self, id: str, naming: Payee | None) -> PayeeAccount:
        account = naming.account if naming else None
        noted = self._memory.payee_accounts.get((mode_of(id), account or ""))
        if naming is None or noted is None:
            return UNKNOWN
        claims, approved = noted
        return PayeeAccount(
            frozenset(claim for claim, _ in claims),
            frozenset(claim for claim, name in claims if name == comparable(naming.name)),
            approved=approved,
        )

    def _check_account(self, change: SetOffEntry | None) -> None:
        if change is None:
            return
        stored = self._memory.accounts.get(change.account.id)
        if (stored and stored.head) != (change.before and change.before.head):
            raise AccountMoved(change.account.policy_id)

    def _change_account(self, change: SetOffEntry | None) -> None:
        if change is not None:
            self._memory.append(change.event, lambda: AccountMoved(change.account.policy_id))
            self._memory.accounts[change.account.id] = Stored(
                change.account, change.event.head, None
            )

    def _take(
        self, used_before: Sequence[LimitUsage], claim: Claim, totals: Sequence[LimitMovement]
    ) -> None:
        moved = (*movements(used_before, claim.limit_usage), *totals)
        self._memory.take(moved, claim.policy_id)

    def _used(self, policy: Policy) -> dict[str, int]:
        shared = self._memory.used_for_life.get(policy.shares_with or policy.id, {})
        return self._memory.used.get(policy.id, {}) | shared


class MemoryRunningTotals:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def totals(self, pools: Sequence[Pool], *, look: bool = True) -> Sequence[Room]:
        return [self._room(pool, pool.id or f"total_{pool.name}", look=look) for pool in pools]

    def _room(self, pool: Pool, id: str, *, look: bool) -> Room:
        used = self._memory.used_for_life.get(id, {}).get(pool.total, 0)
        money = Money(amount=used, currency=pool.whole.currency) if look else None
        return Room(pool.total, money, pool.whole, id)


class MemoryPayeeAccounts:
    def __init__(self, memory: Memory) -> None:
        self._accounts = memory.payee_accounts

    def note(self, mode: Mode, payee: Payee, claim_id: str, *, approved: bool) -> None:
        account = payee.account
        if account is None:
            return
        claims, approved_before = self._accounts.get((mode, account), (frozenset(), False))
        if len(claims) < CLAIMS_MAX:
            claims |= {(claim_id, comparable(payee.name))}
        self._accounts[mode, account] = claims, approved_before or approved
