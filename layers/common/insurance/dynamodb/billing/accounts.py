"""Billing accounts in their table, one item each; and payments in suspense beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from insurance.domain.billing import BillingAccount, SuspendedPayment, UsedReference
from insurance.domain.core.errors import LimitMoved, StaleRevision, SuspenseNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for
from insurance.domain.core.running_totals import LimitMovement
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.kinds import USED_REFERENCE
from insurance.dynamodb.payment_queue import recalls
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.shared_limits import DynamoDBRunningTotals
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, transact
from insurance.operations.billing.ports import AccountChange, BillingContext, SuspenseChange
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

POSTED_ON = "posted_on"


class BillingReader:
    """Where a policy and its account stand: four keys, all known from the policy's id."""

    def __init__(
        self,
        tables: Tables,
        *,
        policies: PolicyReader,
    ) -> None:
        self._policies = policies
        self._billing_table = tables.billing

    def wants(self, policy_id: str) -> list[tuple[str, Item]]:
        account = (self._billing_table, {"id": codec.text(billing_id_for(policy_id))})
        return [account, *self._policies.wants(policy_id)]

    def read(self, policy_id: str, items: Sequence[Item | None]) -> BillingContext:
        """Both from what `wants` asked for.

        Raises:
            PolicyNotFound: There is no such policy.
        """
        account, *rest = items
        policy = self._policies.read(policy_id, rest)
        keys = self._policies.keys(policy_id, rest[-1])
        return BillingContext(
            policy=policy,
            account=aggregates.read_stored(BillingAccount, account, keys) if account else None,
        )


class DynamoDBBilling:
    """The port `Billing` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        policies: PolicyReader,
        idempotency: IdempotencyRecords,
        running_totals: DynamoDBRunningTotals,
    ) -> None:
        self._client = client
        self._policies = policies
        self._running_totals = running_totals
        self._reader = BillingReader(tables, policies=policies)
        self._tables = tables  # the payments' is asked for by what recalls one alone
        self._billing_table = tables.billing
        self._events_table = tables.events
        self._idempotency = idempotency

    def get(self, policy_id: str) -> BillingContext:
        return self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))

    def load(self, policy_id: str, command: Command) -> BillingContext:
        wanted = [self._idempotency.key(command.idempotency), *self._reader.wants(policy_id)]
        earlier, *items = load(self._client, wanted)
        self._idempotency.check(
            command.idempotency, earlier, self._policies.keys(policy_id, items[-1])
        )
        return self._reader.read(policy_id, items)

    def store(
        self, change: AccountChange, *, command: Command, totals: Sequence[LimitMovement] = ()
    ) -> None:
        counted = self._counted(totals, change.account.policy_id)
        answer = self._answer(command, change.before)
        stored, account = change.before.account, change.account
        recalled = recalls(self._tables, stored.record.refunds if stored else (), account.refunds)
        transact(self._client, [*self._changed(change), *recalled, *counted, answer])

    def post(self, change: AccountChange, *, suspense_id: str, command: Command) -> None:
        policy_id = change.account.policy_id

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(policy_id)

        reference = {
            "id": codec.text(suspense_id),
            "v": USED_REFERENCE.mark,
            POSTED_ON: codec.text(policy_id),
        }
        transact(
            self._client,
            [
                *self._changed(change),
                add(self._billing_table, reference, stale, key="id"),
                self._answer(command, change.before),
            ],
        )

    def allocate(
        self, change: AccountChange, suspense: SuspenseChange, *, command: Command
    ) -> None:
        transact(
            self._client,
            [
                *self._changed(change),
                *self._moved(suspense.event, suspense.before, suspense.event.stream),
                self._answer(command, change.before),
            ],
        )

    def find_replay(self, command: Command) -> None:
        self._idempotency.find_replay(command)

    def record_answer(self, command: Command) -> None:
        transact(self._client, [self._idempotency.keep(command.idempotency)])

    def get_suspense(self, suspense_id: str) -> Stored[SuspendedPayment]:
        """A payment in suspense.

        Raises:
            SuspenseNotFound: There is no such payment.
        """
        [item] = load(self._client, [self._own(suspense_id)])
        stored = _suspense(item)
        if not isinstance(stored, Stored):
            raise SuspenseNotFound(suspense_id)
        return stored

    def load_suspense(
        self, suspense_id: str, command: Command
    ) -> Stored[SuspendedPayment] | UsedReference | None:
        wanted = [self._idempotency.key(command.idempotency), self._own(suspense_id)]
        earlier, item = load(self._client, wanted)
        self._idempotency.check(command.idempotency, earlier)
        return _suspense(item)

    def load_with_suspense(
        self, policy_id: str, suspense_id: str, command: Command
    ) -> tuple[BillingContext, Stored[SuspendedPayment] | UsedReference | None]:
        wanted = [
            self._idempotency.key(command.idempotency),
            self._own(suspense_id),
            *self._reader.wants(policy_id),
        ]
        earlier, own, *items = load(self._client, wanted)
        self._idempotency.check(
            command.idempotency, earlier, self._policies.keys(policy_id, items[-1])
        )
        return self._reader.read(policy_id, items), _suspense(own)

    def add_suspense(self, event: Event, payment: SuspendedPayment, *, command: Command) -> None:
        writes = self._moved(event, None, payment.id)
        transact(self._client, [*writes, self._idempotency.keep(command.idempotency)])

    def change_suspense(
        self, change: SuspenseChange, *, command: Command, totals: Sequence[LimitMovement] = ()
    ) -> None:
        writes = self._moved(change.event, change.before, change.event.stream)
        counted = self._counted(totals, change.event.stream)
        transact(self._client, [*writes, *counted, self._idempotency.keep(command.idempotency)])

    def _counted(self, totals: Sequence[LimitMovement], about: str) -> list[Write]:
        return self._running_totals.moved(totals, lambda _item: LimitMoved(about))

    def _changed(self, change: AccountChange) -> list[Write]:
        return self._moved(change.event, change.before.account, change.account.policy_id)

    def _moved(self, event: Event, before: Stored[Any] | None, about: str) -> list[Write]:
        """The item as the event leaves it, and the event; stale where another write was first."""

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(about)

        return aggregates.moved(self._billing_table, self._events_table, event, before, stale)

    def _answer(self, command: Command, context: BillingContext) -> Write:
        party_id = context.policy.record.party_id
        return self._idempotency.keep(command.idempotency, about=party_id, key=context.policy.key)

    def _own(self, id: str) -> tuple[str, Item]:
        return self._billing_table, {"id": codec.text(id)}


def _suspense(item: Item | None) -> Stored[SuspendedPayment] | UsedReference | None:
    """What is stored under a bank reference."""
    if item is None:
        return None
    if POSTED_ON in item:
        return UsedReference(USED_REFERENCE.current(item)[POSTED_ON]["S"])
    return aggregates.read_stored(SuspendedPayment, item, None)
