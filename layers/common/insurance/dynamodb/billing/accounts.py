"""Billing accounts in their table, one item each; and payments in suspense beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from insurance.domain.billing import BillingAccount, SuspendedPayment, UsedReference
from insurance.domain.core.errors import StaleRevision, SuspenseNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.receipts import DynamoDBReceipts
from insurance.dynamodb.transaction import Write, add, load, transact
from insurance.operations.billing.ports import BillingContext
from insurance.operations.idempotency import Idempotency

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BOOKED_ON = "booked_on"


class BillingReader:
    """Where a policy and its account stand: four keys, all known from the policy's id."""

    def __init__(self, *, policies: PolicyReader, billing_table: str) -> None:
        self._policies = policies
        self._billing_table = billing_table

    def wants(self, policy_id: str) -> list[tuple[str, Item]]:
        account = (self._billing_table, {"id": codec.text(billing_id_for(policy_id))})
        return [account, *self._policies.wants(policy_id)]

    def read(self, policy_id: str, items: Sequence[Item | None]) -> BillingContext:
        """Both from what `wants` asked for; raise PolicyNotFound when there is no policy."""
        account, *rest = items
        policy = self._policies.read(policy_id, rest)
        return BillingContext(
            policy=policy,
            account=aggregates.kept(BillingAccount, account, policy.key) if account else None,
        )


class DynamoDBBilling:
    """The port `Billing` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        policies: PolicyReader,
        billing_table: str,
        events_table: str,
        receipts: DynamoDBReceipts,
    ) -> None:
        self._client = client
        self._policies = policies
        self._reader = BillingReader(policies=policies, billing_table=billing_table)
        self._billing_table = billing_table
        self._events_table = events_table
        self._receipts = receipts

    def get(self, policy_id: str) -> BillingContext:
        return self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))

    def load(self, policy_id: str, receipt: Idempotency) -> BillingContext:
        wanted = [self._receipts.key(receipt), *self._reader.wants(policy_id)]
        earlier, *items = load(self._client, wanted)
        self._receipts.check(receipt, earlier, self._policies.key(items[-1]))
        return self._reader.read(policy_id, items)

    def store(
        self, event: Event, account: BillingAccount, *, file: BillingContext, receipt: Idempotency
    ) -> None:
        transact(
            self._client,
            [*self._moved(event, file.account, account.policy_id), self._kept(receipt, file)],
        )

    def book(
        self,
        event: Event,
        account: BillingAccount,
        *,
        suspense_id: str,
        file: BillingContext,
        receipt: Idempotency,
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(account.policy_id)

        used_up = {"id": codec.text(suspense_id), BOOKED_ON: codec.text(account.policy_id)}
        transact(
            self._client,
            [
                *self._moved(event, file.account, account.policy_id),
                add(self._billing_table, used_up, stale, key="id"),
                self._kept(receipt, file),
            ],
        )

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
        transact(
            self._client,
            [
                *self._moved(event, file.account, account.policy_id),
                *self._moved(moved, before, moved.stream),
                self._kept(receipt, file),
            ],
        )

    def find_replay(self, receipt: Idempotency) -> None:
        self._receipts.look_up(receipt)

    def answer(self, receipt: Idempotency) -> None:
        transact(self._client, [self._receipts.keep(receipt)])

    def suspended(
        self, suspense_id: str, receipt: Idempotency
    ) -> Stored[SuspendedPayment] | UsedReference | None:
        earlier, item = load(self._client, [self._receipts.key(receipt), self._own(suspense_id)])
        self._receipts.check(receipt, earlier)
        return _outside_payment(item)

    def get_suspended(self, suspense_id: str) -> Stored[SuspendedPayment]:
        [item] = load(self._client, [self._own(suspense_id)])
        kept = _outside_payment(item)
        if not isinstance(kept, Stored):
            raise SuspenseNotFound(suspense_id)
        return kept

    def load_suspended(
        self, suspense_id: str, policy_id: str, receipt: Idempotency
    ) -> tuple[Stored[SuspendedPayment] | UsedReference | None, BillingContext]:
        wanted = [
            self._receipts.key(receipt),
            self._own(suspense_id),
            *self._reader.wants(policy_id),
        ]
        earlier, own, *items = load(self._client, wanted)
        self._receipts.check(receipt, earlier, self._policies.key(items[-1]))
        return _outside_payment(own), self._reader.read(policy_id, items)

    def keep_suspended(
        self, event: Event, *, before: Stored[SuspendedPayment], receipt: Idempotency
    ) -> None:
        writes = self._moved(event, before, event.stream)
        transact(self._client, [*writes, self._receipts.keep(receipt)])

    def suspend(self, event: Event, payment: SuspendedPayment, *, receipt: Idempotency) -> None:
        writes = self._moved(event, None, payment.id)
        transact(self._client, [*writes, self._receipts.keep(receipt)])

    def _moved(self, event: Event, before: Stored[Any] | None, about: str) -> list[Write]:
        """The item as the event leaves it, and the event; stale where somebody was first."""

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(about)

        return aggregates.moved(self._billing_table, self._events_table, event, before, stale)

    def _kept(self, receipt: Idempotency, file: BillingContext) -> Write:
        party_id = file.policy.record.party_id
        return self._receipts.keep(receipt, about=party_id, key=file.policy.key)

    def _own(self, id: str) -> tuple[str, Item]:
        return self._billing_table, {"id": codec.text(id)}


def _outside_payment(item: Item | None) -> Stored[SuspendedPayment] | UsedReference | None:
    """What is known by an outside reference."""
    if item is None:
        return None
    if BOOKED_ON in item:
        return UsedReference(item[BOOKED_ON]["S"])
    return aggregates.kept(SuspendedPayment, item, None)
