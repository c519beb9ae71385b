"""Billing accounts in their table, one item each; and payments in suspense beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from insurance.domain.billing import BillingAccount, BookedOn, SuspendedPayment
from insurance.domain.errors import StaleRevision, SuspenseNotFound
from insurance.domain.event import Event
from insurance.domain.identity import billing_id_for
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.policy_reader import PolicyReader
from insurance.dynamodb.receipts import DynamoDBReceipts
from insurance.dynamodb.transaction import Write, add, load, transact
from insurance.operations.ports import BillingFile, Kept
from insurance.operations.receipt import Receipt

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

    def read(self, policy_id: str, items: Sequence[Item | None]) -> BillingFile:
        """Both from what `wants` asked for; raise PolicyNotFound when there is no policy."""
        account, *rest = items
        policy = self._policies.read(policy_id, rest)
        return BillingFile(
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

    def get(self, policy_id: str) -> BillingFile:
        return self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))

    def load(self, policy_id: str, receipt: Receipt) -> BillingFile:
        wanted = [self._receipts.key(receipt), *self._reader.wants(policy_id)]
        earlier, *items = load(self._client, wanted)
        self._receipts.check(receipt, earlier, self._policies.key(items[-1]))
        return self._reader.read(policy_id, items)

    def store(
        self, event: Event, account: BillingAccount, *, file: BillingFile, receipt: Receipt
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
        file: BillingFile,
        receipt: Receipt,
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
        file: BillingFile,
        moved: Event,
        was: Kept[SuspendedPayment],
        receipt: Receipt,
    ) -> None:
        transact(
            self._client,
            [
                *self._moved(event, file.account, account.policy_id),
                *self._moved(moved, was, moved.stream),
                self._kept(receipt, file),
            ],
        )

    def recall(self, receipt: Receipt) -> None:
        self._receipts.recall(receipt)

    def answer(self, receipt: Receipt) -> None:
        transact(self._client, [self._receipts.keep(receipt)])

    def suspended(
        self, suspense_id: str, receipt: Receipt
    ) -> Kept[SuspendedPayment] | BookedOn | None:
        earlier, item = load(self._client, [self._receipts.key(receipt), self._own(suspense_id)])
        self._receipts.check(receipt, earlier)
        return _outside_payment(item)

    def get_suspended(self, suspense_id: str) -> Kept[SuspendedPayment]:
        [item] = load(self._client, [self._own(suspense_id)])
        kept = _outside_payment(item)
        if not isinstance(kept, Kept):
            raise SuspenseNotFound(suspense_id)
        return kept

    def load_suspended(
        self, suspense_id: str, policy_id: str, receipt: Receipt
    ) -> tuple[Kept[SuspendedPayment] | BookedOn | None, BillingFile]:
        wanted = [
            self._receipts.key(receipt),
            self._own(suspense_id),
            *self._reader.wants(policy_id),
        ]
        earlier, own, *items = load(self._client, wanted)
        self._receipts.check(receipt, earlier, self._policies.key(items[-1]))
        return _outside_payment(own), self._reader.read(policy_id, items)

    def keep_suspended(
        self, event: Event, *, was: Kept[SuspendedPayment], receipt: Receipt
    ) -> None:
        writes = self._moved(event, was, event.stream)
        transact(self._client, [*writes, self._receipts.keep(receipt)])

    def suspend(self, event: Event, payment: SuspendedPayment, *, receipt: Receipt) -> None:
        writes = self._moved(event, None, payment.id)
        transact(self._client, [*writes, self._receipts.keep(receipt)])

    def _moved(self, event: Event, was: Kept[Any] | None, about: str) -> list[Write]:
        """The item as the event leaves it, and the event; stale where somebody was first."""

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(about)

        return aggregates.moved(self._billing_table, self._events_table, event, was, stale)

    def _kept(self, receipt: Receipt, file: BillingFile) -> Write:
        party_id = file.policy.record.party_id
        return self._receipts.keep(receipt, about=party_id, key=file.policy.key)

    def _own(self, id: str) -> tuple[str, Item]:
        return self._billing_table, {"id": codec.text(id)}


def _outside_payment(item: Item | None) -> Kept[SuspendedPayment] | BookedOn | None:
    """What is known by an outside reference."""
    if item is None:
        return None
    if BOOKED_ON in item:
        return BookedOn(item[BOOKED_ON]["S"])
    return aggregates.kept(SuspendedPayment, item, None)
