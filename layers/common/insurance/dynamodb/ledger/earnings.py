"""Earned premium that was posted: one item for each policy, beside its billing account."""

from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import earnings_id_for
from insurance.domain.ledger.earnings import EarnedPremium
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, put, transact
from insurance.operations.ledger.ports import EarningsContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBEarnings:
    """The port `Earnings` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        policies: PolicyReader,
    ) -> None:
        self._client = client
        self._policies = policies
        self._billing_table = tables.billing
        self._events_table = tables.events

    def load(self, policy_id: str) -> EarningsContext:
        own = (self._billing_table, {"id": codec.text(earnings_id_for(policy_id))})
        item, *rest = load(self._client, [own, *self._policies.wants(policy_id)])
        policy = self._policies.read(policy_id, rest)
        earned = aggregates.read_stored(EarnedPremium, item, None) if item else None
        return EarningsContext(policy, earned)

    def store(self, event: Event, *, context: EarningsContext) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(event.stream)

        item = {
            "id": codec.text(event.stream),
            **aggregates.head_columns(event.head),
            **aggregates.body_columns(event),
        }
        if context.earned is None:
            stored: Write = add(self._billing_table, item, stale, key="id")
        else:
            seen = codec.number(context.earned.head.sequence)
            stored = put(
                self._billing_table, item, stale, condition=aggregates.AT_REVISION, seen=seen
            )
        events = aggregates.append(self._events_table, event, taken=stale)
        transact(self._client, [stored, events])
