"""Matches, in the table of the parties that they are of: a link changes all three in one transaction."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from insurance.domain.core.errors import MatchNotFound, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import MatchId, Mode, PartyId
from insurance.domain.core.stored import Stored
from insurance.domain.party.match import Match, MatchStatus
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.parties.parties import party_change
from insurance.dynamodb.parties.party_items import party_places, read_party
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load, transact
from insurance.dynamodb.work_queue_index import (
    QUEUE,
    WAITS,
    Queue,
    QueueIndex,
    match_queue,
    read_queue,
    waiting_columns,
)
from insurance.operations.command import Command
from insurance.operations.listing import ListEntry, ListRange
from insurance.operations.parties.match_ports import Pair
from insurance.operations.parties.ports import Keys, PartyChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBMatches:
    """The port `Matches` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
        keys: Keys,
    ) -> None:
        self._client = client
        self._tables = tables
        self._idempotency = idempotency
        self._keys = keys

    def get(self, match_id: MatchId) -> Stored[Match]:
        [item] = load(self._client, [self._place(match_id)])
        return _found(match_id, item)

    def load(self, match_id: MatchId, command: Command) -> Stored[Match]:
        records = self._idempotency
        item, earlier = load(
            self._client, [self._place(match_id), records.key(command.idempotency)]
        )
        records.check(command.idempotency, earlier)
        return _found(match_id, item)

    def load_pair(self, match_id: MatchId, parties: tuple[PartyId, PartyId]) -> Pair:
        places = [place for id in parties for place in party_places(self._tables, id)]
        match, *items = load(self._client, [self._place(match_id), *places])
        one, other = (
            read_party(self._keys, id, items[2 * at : 2 * at + 2]) for at, id in enumerate(parties)
        )
        return Pair((one, other), _found(match_id, match) if match else None)

    def any_different(self, match_ids: Sequence[MatchId]) -> bool:
        items = load(self._client, [self._place(id) for id in match_ids])
        matches = [aggregates.open_fields(Match, item) for item in items if item]
        return any(match.status is MatchStatus.DIFFERENT for match in matches)

    def store(
        self,
        event: Event,
        before: Stored[Match] | None,
        changes: Sequence[PartyChange],
        command: Command,
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(event.stream)

        match = Match.merge_personal(event.facts, {})
        columns = waiting_columns(match.id, match_queue(match.status), match.found_at)
        tables = self._tables
        writes = [write for change in changes for write in party_change(tables, change)]
        moved = aggregates.moved(tables.parties, tables.events, event, before, stale, columns)
        answer = self._idempotency.keep(command.idempotency)
        transact(self._client, [*moved, *writes, answer])

    def list_by(
        self, mode: Mode, status: MatchStatus, part: ListRange
    ) -> Sequence[ListEntry[Match]]:
        index = QueueIndex(self._tables.parties, QUEUE, WAITS)
        queued = read_queue(self._client, [(index, Queue(mode, match_queue(status)))], part)
        return [
            ListEntry(
                each.position, aggregates.open_fields(Match, each.item) if each.item else None
            )
            for each in queued
        ]

    def _place(self, match_id: MatchId) -> tuple[str, Item]:
        return self._tables.parties, {"id": codec.text(match_id)}


def _found(match_id: MatchId, item: Item | None) -> Stored[Match]:
    if item is None:
        raise MatchNotFound(match_id)
    return aggregates.read_stored(Match, item, None)
