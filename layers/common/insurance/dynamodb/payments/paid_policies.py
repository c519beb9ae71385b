"""Which policy each payment belongs to: all of a policy's ids share one suffix."""

from collections.abc import Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Final

from insurance.domain.core.errors import PolicyNotFound
from insurance.domain.core.identity import policy_id_for
from insurance.domain.policy import Policy
from insurance.dynamodb.policy.policy_reader import PolicyReader
from insurance.dynamodb.transaction import load

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

POLICIES_A_READ: Final = 33
"""Three items each; a BatchGetItem takes 100."""


class DynamoDBPaidPolicies:
    """The port `PaidPolicies` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", *, sealed_policies: PolicyReader) -> None:
        self._client = client
        self._reader = sealed_policies

    def of(self, payment_ids: Sequence[str]) -> Mapping[str, Policy]:
        ids = {
            payment_id: policy_id_for(payment_id.rsplit("_", 1)[0]) for payment_id in payment_ids
        }
        policies: dict[str, Policy] = {}
        for some in batched(dict.fromkeys(ids.values()), POLICIES_A_READ, strict=False):
            wanted = [self._reader.wants(policy_id) for policy_id in some]
            items = iter(load(self._client, [key for keys in wanted for key in keys]))
            for policy_id, keys in zip(some, wanted, strict=True):
                try:
                    stored = self._reader.read(policy_id, [next(items) for _ in keys])
                except PolicyNotFound:
                    continue
                policies[policy_id] = stored.record
        return {
            payment_id: policies[policy_id]
            for payment_id, policy_id in ids.items()
            if policy_id in policies
        }
