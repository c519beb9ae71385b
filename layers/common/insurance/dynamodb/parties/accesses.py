"""Access of persons to policies, one item a person; the authorizer reads the parties from it."""

from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.stored import Stored
from insurance.domain.party.party import Access
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load, transact
from insurance.operations.command import Command
from insurance.operations.parties.ports import AccessContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBAccesses:
    """The port `Accesses` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        policies: PolicyReader,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._policies = policies
        self._access_table = tables.access
        self._events_table = tables.events
        self._idempotency = idempotency

    def load(self, policy_id: str, person_id: str, command: Command) -> AccessContext:
        earlier, access, *policy = load(
            self._client,
            [
                self._idempotency.key(command.idempotency),
                (self._access_table, {"id": codec.text(person_id)}),
                *self._policies.wants(policy_id),
            ],
        )
        self._idempotency.check(command.idempotency, earlier)
        return AccessContext(
            policy=self._policies.read(policy_id, policy),
            access=aggregates.read_stored(Access, access, None) if access else None,
        )

    def store(
        self, event: Event, access: Access, *, before: Stored[Access] | None, command: Command
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(access.person_id)

        columns: Item = {"parties": {"SS": list(access.parties)}} if access.parties else {}
        writes = aggregates.moved(
            self._access_table, self._events_table, event, before, stale, columns
        )
        transact(self._client, [*writes, self._idempotency.keep(command.idempotency)])
