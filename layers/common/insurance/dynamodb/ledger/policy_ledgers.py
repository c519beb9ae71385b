"""A policy's ledger as it is read: its events, and those of its account."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for, earnings_id_for
from insurance.domain.ledger.sub_ledger import PostingDate
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.billing.accounts import BillingReader
from insurance.dynamodb.ledger.general_ledger import DynamoDBGeneralLedger
from insurance.dynamodb.transaction import load, query
from insurance.operations.ledger.ports import LedgerContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 100
SEQUENCE_MAX = 10**6


class DynamoDBPolicyLedgers:
    """The port `PolicyLedgers` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        reader: BillingReader,
        general_ledger: DynamoDBGeneralLedger,
        events_table: str,
    ) -> None:
        self._client = client
        self._reader = reader
        self._general_ledger = general_ledger
        self._events_table = events_table

    def load(self, policy_id: str) -> LedgerContext:
        billing = self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))
        events = self._stream(policy_id, billing.policy.head.sequence)
        if billing.account is not None:
            events += self._stream(billing_id_for(policy_id), billing.account.head.sequence)
        events += self._stream(earnings_id_for(policy_id), None)
        events.sort(key=lambda event: (event.processed_at, event.stream, event.sequence))
        return LedgerContext(billing, events)

    def posting_dates(self, stream: str) -> Mapping[int, PostingDate]:
        return self._general_ledger.posting_dates(stream)

    def _stream(self, stream: str, last: int | None) -> list[Event]:
        """Read a stream up to the last event of its aggregate, or to its end: mostly one page, for a
        policy has a limited number of changes, payments and months."""
        events: list[Event] = []
        while last is None or not events or events[-1].sequence < last:
            items = query(
                self._client,
                TableName=self._events_table,
                KeyConditionExpression="#stream = :stream AND #sequence BETWEEN :first AND :last",
                ExpressionAttributeNames={"#stream": "stream", "#sequence": "sequence"},
                ExpressionAttributeValues={
                    ":stream": codec.text(stream),
                    ":first": codec.number(events[-1].sequence + 1 if events else 1),
                    ":last": codec.number(last or SEQUENCE_MAX),
                },
                Limit=PAGE,
            )
            if not items:
                break
            events += [aggregates.read_event(item) for item in items]
            if len(items) < PAGE:
                break
        return events
