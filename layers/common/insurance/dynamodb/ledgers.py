"""The ledger as it is read: a policy's events, and the control accounts beside them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from insurance.domain.event import Event
from insurance.domain.identity import Mode, billing_id_for
from insurance.domain.ledger import Account
from insurance.domain.money import Currency
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.balances import DynamoDBBalances
from insurance.dynamodb.billing import BillingReader
from insurance.dynamodb.transaction import load, query
from insurance.operations.read_books import Ledger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100


class DynamoDBLedgers:
    """The port `Ledgers` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        reader: BillingReader,
        balances: DynamoDBBalances,
        events_table: str,
    ) -> None:
        self._client = client
        self._reader = reader
        self._balances = balances
        self._events_table = events_table

    def of_policy(self, policy_id: str) -> Ledger:
        file = self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))
        events = self._stream(policy_id)
        if file.account is not None:
            events += self._stream(billing_id_for(policy_id))
        events.sort(key=lambda event: (event.processed_at, event.stream, event.sequence))
        return Ledger(file, events)

    def control_accounts(self, mode: Mode, currency: Currency) -> Mapping[Account, int]:
        return self._balances.sums(mode, currency)

    def _stream(self, stream: str) -> list[Event]:
        """All of a stream: it is bounded by what a policy may change and be paid."""
        found: list[Event] = []
        while True:
            items = query(
                self._client,
                TableName=self._events_table,
                KeyConditionExpression="#stream = :stream AND #sequence > :after",
                ExpressionAttributeNames={"#stream": "stream", "#sequence": "sequence"},
                ExpressionAttributeValues={
                    ":stream": codec.text(stream),
                    ":after": codec.number(found[-1].sequence if found else 0),
                },
                Limit=PAGE,
            )
            found += [aggregates.read_event(item) for item in items]
            if not items:
                return found
