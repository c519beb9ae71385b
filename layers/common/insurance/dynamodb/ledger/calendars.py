"""The calendar of the books in its table, and with it every total that nothing may be added to."""

from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import Calendar
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.ledger.balances import (
    SHARDS,
    calendar_key_of,
    read_calendar,
    total_key,
)
from insurance.dynamodb.receipts import DynamoDBReceipts
from insurance.dynamodb.transaction import Write, add, load, put, transact, update
from insurance.operations.idempotency import Idempotency

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBCalendars:
    """The port `Calendars` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        balances_table: str,
        events_table: str,
        receipts: DynamoDBReceipts,
    ) -> None:
        self._client = client
        self._balances_table = balances_table
        self._events_table = events_table
        self._receipts = receipts

    def load(self, mode: Mode, receipt: Idempotency) -> Stored[Calendar]:
        wanted = [self._receipts.key(receipt), (self._balances_table, calendar_key_of(mode))]
        earlier, item = load(self._client, wanted)
        self._receipts.check(receipt, earlier)
        head = aggregates.read_head(item) if item else StreamPosition()
        return Stored(read_calendar(item, mode), head, None)

    def store(
        self, event: Event, calendar: Calendar, *, before: Stored[Calendar], receipt: Idempotency
    ) -> None:
        """The totals are shut in the same transaction: a booking meets the old calendar or the new."""

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(calendar.id)

        item = {
            **calendar_key_of(event.mode),
            **aggregates.head_columns(event.head),
            **aggregates.body_columns(event),
        }
        if before.head.sequence:
            seen = codec.number(before.head.sequence)
            kept: Write = put(
                self._balances_table, item, stale, condition=aggregates.AT_REVISION, seen=seen
            )
        else:
            kept = add(self._balances_table, item, stale, key="account")
        moved = calendar.closed_through != before.record.closed_through
        shut = self._shut(event.mode, calendar, before.record) if moved else []
        events = aggregates.append(self._events_table, event, taken=stale)
        transact(self._client, [kept, *shut, events, self._receipts.keep(receipt)])

    def _shut(self, mode: Mode, calendar: Calendar, before: Calendar) -> list[Write]:
        """Every total learns through when nothing is added any more."""
        if calendar.closed_through is None:
            raise ValueError("what was closed once is closed through some month")

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(calendar.id)

        columns = {"closed_through": codec.text(calendar.closed_through)}
        condition = "attribute_not_exists(closed_through) OR closed_through = :before"
        closed = codec.text(before.closed_through or "")
        return [
            update(
                self._balances_table,
                total_key(mode, currency, shard),
                columns,
                stale,
                condition=condition,
                before=closed,
            )
            for currency in Currency
            for shard in range(SHARDS)
        ]
