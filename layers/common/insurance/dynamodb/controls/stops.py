"""The stops of each mode: one item, which the commands that they hold read beside their own."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from insurance.domain.control.stop import QUOTE_LEASE_SECONDS, Stops
from insurance.domain.core.errors import StaleRevision
from insurance.domain.core.event import Event, StreamPosition
from insurance.domain.core.identity import Mode, stops_id_for
from insurance.domain.core.stored import Stored
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load, read, transact
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def stops_key(tables: Tables, mode: Mode) -> tuple[str, Item]:
    """Where a mode's stops stand: for the read of any command that they may hold."""
    return tables.controls, {"id": codec.text(stops_id_for(mode))}


def stops_of(mode: Mode, item: Item | None) -> Stored[Stops]:
    """The stops in that item."""
    if item is None:
        return Stored(Stops.of(mode), StreamPosition(), None)
    return aggregates.read_stored(Stops, item, None)


class DynamoDBStops:
    """The ports `StopRegister` and `StopsInForce` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: Callable[[], IdempotencyRecords],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._tables = tables
        self._idempotency = idempotency
        self._now = now
        self._leases: dict[Mode, tuple[float, Stops]] = {}

    def get(self, mode: Mode) -> Stored[Stops]:
        return stops_of(mode, read(self._client, *stops_key(self._tables, mode)))

    def leased(self, mode: Mode) -> Stops:
        read_at, stops = self._leases.get(mode, (0.0, Stops.of(mode)))
        now = self._now()  # before the read: what it brings is no older
        if not 0 <= now - read_at < QUOTE_LEASE_SECONDS:
            stops = self.get(mode).record
            self._leases[mode] = now, stops
        return stops

    def load(self, mode: Mode, command: Command) -> Stored[Stops]:
        records = self._idempotency()
        item, earlier = load(
            self._client,
            [stops_key(self._tables, mode), records.key(command.idempotency)],
        )
        records.check(command.idempotency, earlier)
        return stops_of(mode, item)

    def store(self, event: Event, before: Stored[Stops], command: Command) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision("the stops")

        known = before if before.head.sequence else None
        moved = aggregates.moved(self._tables.controls, self._tables.events, event, known, stale)
        transact(self._client, [*moved, self._idempotency().keep(command.idempotency)])
