"""The ports of billing in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from collections.abc import Sequence

from insurance.domain.billing import SuspendedPayment, UsedReference
from insurance.domain.core.errors import (
    StaleRevision,
    SuspenseNotFound,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    billing_id_for,
)
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import Stored
from insurance.operations.billing.ports import AccountChange, BillingContext, SuspenseChange
from insurance.operations.command import Command

from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies


class MemoryBilling:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def get(self, policy_id: str) -> BillingContext:
        account = self._memory.accounts.get(billing_id_for(policy_id))
        return BillingContext(self._policies.get(policy_id), account)

    def load(self, policy_id: str, command: Command) -> BillingContext:
        self._memory.check(command.idempotency)
        return self.get(policy_id)

    def store(
        self, change: AccountChange, *, command: Command, totals: Sequence[LimitMovement] = ()
    ) -> None:
        self._memory.check(command.idempotency)
        self._change(change, totals)
        self._memory.keep(command.idempotency)

    def post(self, change: AccountChange, *, suspense_id: str, command: Command) -> None:
        if suspense_id in self._memory.suspense:
            raise StaleRevision(change.account.policy_id)
        self.store(change, command=command)
        self._memory.suspense[suspense_id] = UsedReference(change.account.policy_id)

    def find_replay(self, command: Command) -> None:
        self._memory.check(command.idempotency)

    def record_answer(self, command: Command) -> None:
        self._memory.check(command.idempotency)
        self._memory.keep(command.idempotency)

    def get_suspense(self, suspense_id: str) -> Stored[SuspendedPayment]:
        stored = self._memory.suspense.get(suspense_id)
        if not isinstance(stored, Stored):
            raise SuspenseNotFound(suspense_id)
        return stored

    def load_suspense(
        self, suspense_id: str, command: Command
    ) -> Stored[SuspendedPayment] | UsedReference | None:
        self._memory.check(command.idempotency)
        return self._memory.suspense.get(suspense_id)

    def load_with_suspense(
        self, policy_id: str, suspense_id: str, command: Command
    ) -> tuple[BillingContext, Stored[SuspendedPayment] | UsedReference | None]:
        self._memory.check(command.idempotency)
        return self.get(policy_id), self._memory.suspense.get(suspense_id)

    def add_suspense(self, event: Event, payment: SuspendedPayment, *, command: Command) -> None:
        self._memory.check(command.idempotency)
        self._memory.append(event, lambda: StaleRevision(payment.id))
        self._memory.suspense[payment.id] = Stored(payment, event.head, None)
        self._memory.keep(command.idempotency)

    def change_suspense(
        self, change: SuspenseChange, *, command: Command, totals: Sequence[LimitMovement] = ()
    ) -> None:
        self._memory.check(command.idempotency)
        self._change_suspense(change, totals)
        self._memory.keep(command.idempotency)

    def allocate(
        self, change: AccountChange, suspense: SuspenseChange, *, command: Command
    ) -> None:
        if self.get_suspense(suspense.event.stream).head != suspense.before.head:
            raise StaleRevision(suspense.event.stream)
        self.store(change, command=command)
        self._change_suspense(suspense)

    def _change(self, change: AccountChange, totals: Sequence[LimitMovement]) -> None:
        event, account, before = change
        stale = self._memory.accounts.get(account.id) != before.account
        if stale or (before.account and self._memory.is_destroyed(before.policy)):
            raise StaleRevision(account.policy_id)
        self._memory.take(totals, account.policy_id)
        self._memory.append(event, lambda: StaleRevision(account.policy_id))
        self._memory.accounts[account.id] = Stored(account, event.head, None)

    def _change_suspense(
        self, change: SuspenseChange, totals: Sequence[LimitMovement] = ()
    ) -> None:
        event = change.event
        if self.get_suspense(event.stream).head != change.before.head:
            raise StaleRevision(event.stream)
        self._memory.take(totals, event.stream)
        self._memory.append(event, lambda: StaleRevision(event.stream))
        payment = SuspendedPayment.merge_personal(event.facts, {})
        self._memory.suspense[event.stream] = Stored(payment, event.head, None)
