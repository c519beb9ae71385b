"""What a renewal stands on: the policy that ends, and its claims."""

from typing import TYPE_CHECKING

from insurance.domain.claim import Claim
from insurance.domain.core.identity import mode_of
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.claims.claim_items import read_register
from insurance.dynamodb.controls.stops import stops_key, stops_of
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load
from insurance.operations.policy.ports import ExpiringPolicy

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBRenewals:
    """The port `Renewals` on DynamoDB: one read, and one more where there are claims."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        policies: PolicyReader,
    ) -> None:
        self._client = client
        self._policies = policies
        self._tables = tables
        self._claims_table = tables.claims

    def expiring(self, policy_id: str) -> ExpiringPolicy:
        register_key = (self._claims_table, {"id": codec.text(policy_id)})
        stops_there = stops_key(self._tables, mode_of(policy_id))
        wanted = [register_key, stops_there, *self._policies.wants(policy_id)]
        register, stops_item, *rest = load(self._client, wanted)
        stops = stops_of(mode_of(policy_id), stops_item).record
        policy = self._policies.read(policy_id, rest)
        keys = self._policies.keys(policy_id, rest[-1])
        noticed = read_register(register)
        if not noticed:
            return ExpiringPolicy(policy, (), keys.demands, stops)
        items = load(
            self._client,
            [(self._claims_table, {"id": codec.text(each.claim_id)}) for each in noticed],
        )
        claims = [aggregates.read_stored(Claim, item, keys).record for item in items if item]
        return ExpiringPolicy(policy, claims, keys.demands, stops)
