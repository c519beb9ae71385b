"""The accounting calendar in its table; it also closes the totals to which nothing may be added."""

from typing import TYPE_CHECKING

from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode
from insurance.domain.core.money import Currency
from insurance.domain.core.stored import Stored
from insurance.domain.ledger.calendar import Calendar
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.ledger.control_accounts import (
    SHARDS,
    calendar_key_for,
    total_key,
)
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, load, put, transact, update
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBCalendars:
    """The port `Calendars` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
    ) -> None:
        self._client = client
        self._balances_table = tables.balances
        self._events_table = tables.events
        self._idempotency = idempotency

    def load(self, mode: Mode, command: Command) -> Stored[Calendar]:
        wanted = [
            self._idempotency.key(command.idempotency),
            (self._balances_table, calendar_key_for(mode)),
        ]
        earlier, item = load(self._client, wanted)
        self._idempotency.check(command.idempotency, earlier)
        if item is None:
            return Stored(Calendar.of(mode), StreamPosition(), None)
        return aggregates.stored_as(aggregates.opened(Calendar, item, None, "the calendar"), item)

    def store(
        self, event: Event, calendar: Calendar, *, before: Stored[Calendar], command: Command
    ) -> None:
        """The totals are closed in the same transaction, so a posting meets the old calendar or the new."""

        def stale(_item: Item | None) -> Exception:
            return StaleRevision(calendar.id)

        item = {
            **calendar_key_for(event.mode),
            **aggregates.head_columns(event.head),
            **aggregates.body_columns(event),
        }
        if before.head.sequence:
            seen = codec.number(before.head.sequence)
            stored: Write = put(
                self._balances_table, item, stale, condition=aggregates.AT_REVISION, seen=seen
            )
        else:
            stored = add(self._balances_table, item, stale, key="account")
        moved = calendar.closed_through != before.record.closed_through
        closing = self._close_totals(event.mode, calendar, before.record) if moved else []
        events = aggregates.append(self._events_table, event, taken=stale)
        transact(
            self._client, [stored, *closing, events, self._idempotency.keep(command.idempotency)]
        )

    def _close_totals(self, mode: Mode, calendar: Calendar, before: Calendar) -> list[Write]:
        """Write to every total through which month nothing is added any more."""
        if calendar.closed_through is None:
            raise ValueError("a calendar that was closed once stays closed through some month")

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
