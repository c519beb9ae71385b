"""A policy's ledger as it is read: its events, and those of its account."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from insurance.domain.core.event import Event
from insurance.domain.core.identity import billing_id_for, earnings_id_for
from insurance.domain.ledger.sub_ledger import PostingDate
from insurance.dynamodb.billing.accounts import BillingReader
from insurance.dynamodb.ledger.general_ledger import DynamoDBGeneralLedger
from insurance.dynamodb.streams import SEQUENCE_MAX, whole_stream
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load
from insurance.operations.ledger.ports import LedgerContext

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBPolicyLedgers:
    """The port `PolicyLedgers` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        reader: BillingReader,
        general_ledger: DynamoDBGeneralLedger,
    ) -> None:
        self._client = client
        self._reader = reader
        self._general_ledger = general_ledger
        self._events_table = tables.events

    def load(self, policy_id: str) -> LedgerContext:
        billing = self._reader.read(policy_id, load(self._client, self._reader.wants(policy_id)))
        events = self._events_of(policy_id, billing.policy.head.sequence)
        if billing.account is not None:
            events += self._events_of(billing_id_for(policy_id), billing.account.head.sequence)
        events += self._events_of(earnings_id_for(policy_id))
        events.sort(key=lambda event: (event.processed_at, event.stream, event.sequence))
        return LedgerContext(billing, events)

    def posting_dates(self, stream: str) -> Mapping[int, PostingDate]:
        return self._general_ledger.posting_dates(stream)

    def _events_of(self, stream: str, last: int = SEQUENCE_MAX) -> list[Event]:
        return whole_stream(self._client, self._events_table, stream, last=last)
