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
        events = self._stream(policy_id, file.policy.head.sequence)
        if file.account is not None:
            events += self._stream(billing_id_for(policy_id), file.account.head.sequence)
        events.sort(key=lambda event: (event.processed_at, event.stream, event.sequence))
        return Ledger(file, events)

    def control_accounts(self, mode: Mode, currency: Currency) -> Mapping[Account, int]:
        return self._balances.sums(mode, currency)

    def _stream(self, stream: str, last: int) -> list[Event]:
        """A stream up to where its aggregate stands: bounded by what a policy may change or be
        paid, so mostly one page."""
        found: list[Event] = []
        while not found or found[-1].sequence < last:
            items = query(
                self._client,
                TableName=self._events_table,
                KeyConditionExpression="#stream = :stream AND #sequence BETWEEN :first AND :last",
                ExpressionAttributeNames={"#stream": "stream", "#sequence": "sequence"},
                ExpressionAttributeValues={
                    ":stream": codec.text(stream),
                    ":first": codec.number(found[-1].sequence + 1 if found else 1),
                    ":last": codec.number(last),
                },
                Limit=PAGE,
            )
            if not items:
                break
            found += [aggregates.read_event(item) for item in items]
        return found
