"""The ports of billing in memory: held to the same contract as the stores on DynamoDB (tests/contract)."""

from insurance.domain.billing import BillingAccount, SuspendedPayment, UsedReference
from insurance.domain.core.errors import (
    StaleRevision,
    SuspenseNotFound,
)
from insurance.domain.core.event import Event
from insurance.domain.core.identity import (
    billing_id_for,
)
from insurance.domain.core.stored import Stored
from insurance.operations.billing.ports import BillingContext
from insurance.operations.idempotency import Idempotency

from tests.fakes.memory import Memory
from tests.fakes.policy import MemoryPolicies


class MemoryBilling:
    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._policies = MemoryPolicies(memory)

    def get(self, policy_id: str) -> BillingContext:
        account = self._memory.accounts.get(billing_id_for(policy_id))
        return BillingContext(self._policies.get(policy_id), account)

    def load(self, policy_id: str, receipt: Idempotency) -> BillingContext:
        self._memory.check(receipt)
        return self.get(policy_id)

    def store(
        self, event: Event, account: BillingAccount, *, file: BillingContext, receipt: Idempotency
    ) -> None:
        self._memory.check(receipt)
        if self._memory.accounts.get(account.id) != file.account:
            raise StaleRevision(account.policy_id)
        self._memory.append(event, lambda: StaleRevision(account.policy_id))
        self._memory.accounts[account.id] = Stored(account, event.head, None)
        self._memory.keep(receipt)

    def find_replay(self, receipt: Idempotency) -> None:
        self._memory.check(receipt)

    def answer(self, receipt: Idempotency) -> None:
        self._memory.check(receipt)
        self._memory.keep(receipt)

    def book(
        self,
        event: Event,
        account: BillingAccount,
        *,
        suspense_id: str,
        file: BillingContext,
        receipt: Idempotency,
    ) -> None:
        if suspense_id in self._memory.suspense:
            raise StaleRevision(account.policy_id)
        self.store(event, account, file=file, receipt=receipt)
        self._memory.suspense[suspense_id] = UsedReference(account.policy_id)

    def suspended(
        self, suspense_id: str, receipt: Idempotency
    ) -> Stored[SuspendedPayment] | UsedReference | None:
        self._memory.check(receipt)
        return self._memory.suspense.get(suspense_id)

    def get_suspended(self, suspense_id: str) -> Stored[SuspendedPayment]:
        kept = self._memory.suspense.get(suspense_id)
        if not isinstance(kept, Stored):
            raise SuspenseNotFound(suspense_id)
        return kept

    def load_suspended(
        self, suspense_id: str, policy_id: str, receipt: Idempotency
    ) -> tuple[Stored[SuspendedPayment] | UsedReference | None, BillingContext]:
        self._memory.check(receipt)
        return self._memory.suspense.get(suspense_id), self.get(policy_id)

    def suspend(self, event: Event, payment: SuspendedPayment, *, receipt: Idempotency) -> None:
        self._memory.check(receipt)
        self._memory.append(event, lambda: StaleRevision(payment.id))
        self._memory.suspense[payment.id] = Stored(payment, event.head, None)
        self._memory.keep(receipt)

    def keep_suspended(
        self, event: Event, *, before: Stored[SuspendedPayment], receipt: Idempotency
    ) -> None:
        self._memory.check(receipt)
        self._move(event, before)
        self._memory.keep(receipt)

    def allocate(
        self,
        event: Event,
        account: BillingAccount,
        *,
        file: BillingContext,
        moved: Event,
        before: Stored[SuspendedPayment],
        receipt: Idempotency,
    ) -> None:
        if self.get_suspended(moved.stream).head != before.head:
            raise StaleRevision(moved.stream)
        self.store(event, account, file=file, receipt=receipt)
        self._move(moved, before)

    def _move(self, event: Event, before: Stored[SuspendedPayment]) -> None:
        if self.get_suspended(event.stream).head != before.head:
            raise StaleRevision(event.stream)
        self._memory.append(event, lambda: StaleRevision(event.stream))
        payment = SuspendedPayment.merge_personal(event.facts, {})
        self._memory.suspense[event.stream] = Stored(payment, event.head, None)
