"""Policies as servicing changes them: the policy's item, one more event, and the idempotency record, or none of them."""

from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.domain.policy import Policy
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, load, put, transact
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBPolicyChanges:
    """The port `PolicyChanges` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        reader: PolicyReader,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._reader = reader
        self._tables = tables
        self._idempotency = idempotency

    def get(self, policy_id: str) -> Stored[Policy]:
        return self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))

    def load(self, policy_id: str, command: Command) -> Stored[Policy]:
        wanted = [self._idempotency.key(command.idempotency), *self._reader.wants(policy_id)]
        earlier, *items = load(self._client, wanted)
        self._idempotency.check(
            command.idempotency, earlier, self._reader.keys(policy_id, items[-1])
        )
        return self._reader.read(policy_id, items)

    def as_known(self, policy_id: str, known_at: datetime) -> Stored[Policy]:
        return self._reader.as_known(self._client, policy_id, known_at)

    def change(
        self, event: Event, policy: Stored[Policy], *, before: Stored[Policy], command: Command
    ) -> None:
        transact(
            self._client,
            [
                *policy_change(self._tables, event, before=before),
                self._idempotency.keep(
                    command.idempotency, about=policy.record.party_id, key=before.key
                ),
            ],
        )


def policy_change(tables: Tables, event: Event, *, before: Stored[Policy]) -> list[Write]:
    """The writes of a policy's item and of the event that it is as."""

    def stale(_item: Item | None) -> Exception:
        return StaleRevision(event.stream)

    unchanged, values = aggregates.as_read(before, before.record.party)
    if before.head.sequence == 1:  # the policy has no item until its first change
        unchanged = f"attribute_not_exists(id) OR {unchanged}"
    item = {
        "id": codec.text(event.stream),
        **aggregates.head_columns(event.head),
        **aggregates.body_columns(event),
    }
    return [
        put(tables.policies, item, stale, condition=unchanged, **values),
        aggregates.append(tables.events, event, taken=stale),
    ]
