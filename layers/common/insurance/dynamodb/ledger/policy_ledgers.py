"""A policy's ledger as it is read: its events, and those of its account."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for, earnings_id_for
from insurance.domain.ledger.booking import Booked
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.billing.accounts import BillingReader
from insurance.dynamodb.ledger.books import DynamoDBBooks
from insurance.dynamodb.transaction import load, query
from insurance.operations.ledger.read_books import Ledger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100
SEQUENCE_MAX = 10**6


class DynamoDBLedgers:
    """The port `Ledgers` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        reader: BillingReader,
        books: DynamoDBBooks,
        events_table: str,
    ) -> None:
        self._client = client
        self._reader = reader
        self._books = books
        self._events_table = events_table

    def of_policy(self, policy_id: str) -> Ledger:
        file = self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))
        events = self._stream(policy_id, file.policy.head.sequence)
        if file.account is not None:
            events += self._stream(billing_id_for(policy_id), file.account.head.sequence)
        events += self._stream(earnings_id_for(policy_id), None)
        events.sort(key=lambda event: (event.processed_at, event.stream, event.sequence))
        return Ledger(file, events)

    def booked(self, stream: str) -> Mapping[int, Booked]:
        return self._books.booked(stream)

    def _stream(self, stream: str, last: int | None) -> list[Event]:
        """A stream up to where its aggregate stands, or to its end: bounded by what a policy may
        change, be paid or earn, so mostly one page."""
        found: list[Event] = []
        while last is None or not found or found[-1].sequence < last:
            items = query(
                self._client,
                TableName=self._events_table,
                KeyConditionExpression="#stream = :stream AND #sequence BETWEEN :first AND :last",
                ExpressionAttributeNames={"#stream": "stream", "#sequence": "sequence"},
                ExpressionAttributeValues={
                    ":stream": codec.text(stream),
                    ":first": codec.number(found[-1].sequence + 1 if found else 1),
                    ":last": codec.number(last or SEQUENCE_MAX),
                },
                Limit=PAGE,
            )
            if not items:
                break
            found += [aggregates.read_event(item) for item in items]
            if len(items) < PAGE:
                break
        return found
