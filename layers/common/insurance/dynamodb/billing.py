"""Billing accounts in their table, one item each; and payments in suspense beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from insurance.domain.billing import BillingAccount, SuspendedPayment
from insurance.domain.errors import StaleRevision
from insurance.domain.event import Event
from insurance.domain.identity import billing_id_for
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.policy_reader import PolicyReader
from insurance.dynamodb.receipts import DynamoDBReceipts
from insurance.dynamodb.transaction import Write, add, load, put, transact
from insurance.operations.ports import BillingFile
from insurance.operations.receipt import Receipt

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


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
            account=aggregates.kept(BillingAccount, account, None) if account else None,
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
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(account.policy_id)

        if file.account is None:
            write: Write = add(self._billing_table, _item(event), stale, key="id")
        else:
            write = put(
                self._billing_table,
                _item(event),
                stale,
                condition=aggregates.AT_REVISION,
                seen=codec.number(file.account.head.sequence),
            )
        kept = self._receipts.keep(receipt, about=file.policy.record.party_id, key=file.policy.key)
        events = aggregates.append(self._events_table, event, taken=stale)
        transact(self._client, [write, events, kept])

    def suspended(self, suspense_id: str, receipt: Receipt) -> SuspendedPayment | None:
        wanted = [
            self._receipts.key(receipt),
            (self._billing_table, {"id": codec.text(suspense_id)}),
        ]
        earlier, item = load(self._client, wanted)
        self._receipts.check(receipt, earlier)
        if item is None:
            return None
        return aggregates.read_record(SuspendedPayment, item, None, suspense_id)

    def suspend(self, event: Event, payment: SuspendedPayment, *, receipt: Receipt) -> None:
        def there(_item: Item | None) -> Exception:
            return StaleRevision(payment.id)

        transact(
            self._client,
            [
                add(self._billing_table, _item(event), there, key="id"),
                aggregates.append(self._events_table, event, taken=there),
                self._receipts.keep(receipt),
            ],
        )


def _item(event: Event) -> Item:
    return {
        "id": codec.text(event.stream),
        **aggregates.head_columns(event.head),
        **aggregates.body_columns(event),
    }
