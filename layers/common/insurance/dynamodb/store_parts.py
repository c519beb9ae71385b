"""What stores on DynamoDB are made of: client, tables, keys, idempotency records, running totals."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from insurance.dynamodb.tables import Tables

# A function loads the parts that it uses and no other: every import below is inside its property.
if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.dynamodb.delivery.expected_reads import ExpectedReads
    from insurance.dynamodb.idempotency_records import IdempotencyRecords
    from insurance.dynamodb.parties.index_keys import DynamoDBIndexKeys
    from insurance.dynamodb.policy.policy_reader import PolicyReader
    from insurance.dynamodb.shared_limits import DynamoDBRunningTotals
    from insurance.operations.parties.ports import Keys


class StoreParts:
    """Each part, made when it is first asked for."""

    def __init__(
        self,
        client: Callable[[], DynamoDBClient],
        table: Callable[[str], str],
        keys: Callable[[], Keys],
        index_ring: Callable[[], Keys],
    ) -> None:
        self._make_client = client
        self._tables = Tables(table)
        self._make_keys = keys
        self._make_index_ring = index_ring

    @cached_property
    def client(self) -> DynamoDBClient:
        """The client of all stores."""
        return self._make_client()

    @cached_property
    def keys(self) -> Keys:
        """The key ring that opens personal data."""
        return self._make_keys()

    @cached_property
    def expected_reads(self) -> ExpectedReads:
        """What the consumers of events will read, read for a whole batch together."""
        from insurance.dynamodb.delivery.expected_reads import ExpectedReads

        return ExpectedReads(self.client, self._tables)

    @cached_property
    def policy_reader(self) -> PolicyReader:
        """How a policy is read together with what hangs on it."""
        from insurance.dynamodb.policy.policy_reader import PolicyReader

        return PolicyReader(self._tables, keys=self.keys)

    @cached_property
    def sealed_policies(self) -> PolicyReader:
        """The same where nobody asks what is personal: it stays sealed, and no key is opened."""
        from insurance.dynamodb.policy.policy_reader import PolicyReader

        return PolicyReader(self._tables, keys=None)

    @cached_property
    def contract_idempotency(self) -> IdempotencyRecords:
        """Idempotency records of commands on quotes and complaints: the key stands with the party, or only
        with the quote."""
        return self._records_with_keys_in("quotes", "parties")

    @cached_property
    def idempotency(self) -> IdempotencyRecords:
        """Idempotency records of commands on what comes after: the key stands with the party."""
        return self._records_with_keys_in("parties")

    @cached_property
    def staff_idempotency(self) -> IdempotencyRecords:
        """Idempotency records of commands that are about nobody: their answers are not sealed."""
        from insurance.dynamodb.idempotency_records import IdempotencyRecords

        return IdempotencyRecords(self.client, self._tables, lambda _about: None)

    @cached_property
    def running_totals(self) -> DynamoDBRunningTotals:
        from insurance.dynamodb.shared_limits import DynamoDBRunningTotals

        return DynamoDBRunningTotals(self.client, self._tables, index_keys=self.index_keys)

    @cached_property
    def index_keys(self) -> DynamoDBIndexKeys:
        from insurance.dynamodb.parties.index_keys import DynamoDBIndexKeys

        return DynamoDBIndexKeys(self.client, self._tables, keys=self._make_index_ring())

    def _records_with_keys_in(self, *holders: str) -> IdempotencyRecords:
        from insurance.dynamodb.idempotency_records import IdempotencyRecords, KeysInTables

        key_of = KeysInTables(self.client, self._tables, lambda: self.keys, holders).of
        return IdempotencyRecords(self.client, self._tables, key_of)
