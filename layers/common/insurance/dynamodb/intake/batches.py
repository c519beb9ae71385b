"""Batches in their table, each with its key; their rows in quarantine; and what came of each slice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from insurance.domain.core.errors import BatchExists, BatchNotFound, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, row_id_for
from insurance.domain.core.stored import PartyKey, Stored
from insurance.domain.intake.batch import DataBatch
from insurance.domain.intake.quality import BATCHES_MAX, BatchQuality
from insurance.domain.intake.quarantined_row import QuarantinedRow, RowStatus
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.contract_keys import KEY
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.intake.items import (
    PERSONS,
    batch_columns,
    latest_first,
    persons_in,
    read_batch,
    read_row,
    row_columns,
)
from insurance.dynamodb.intake.person_rows import person_entries
from insurance.dynamodb.kinds import BATCH_QUALITY, BATCH_SLICE
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import Write, add, check, load, query, read, transact
from insurance.operations.command import Command
from insurance.operations.intake.ports import (
    LoadedRow,
    NewRow,
    ResolvedRow,
    RowOutcome,
    WorkedSlice,
)
from insurance.operations.listing import ListEntry, ListRange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.operations.parties.ports import Keys


class LastBatches(NamedTuple):
    """The part of a source's list that its score is made of."""

    after: str = ""
    limit: int = BATCHES_MAX


class DynamoDBBatches:
    """The port `Batches` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
        keys: "Keys",
    ) -> None:
        self._client = client
        self._tables = tables
        self._idempotency = idempotency
        self._keys = keys

    def get(self, batch_id: str) -> Stored[DataBatch]:
        """A batch as it stands, with its key.

        Raises:
            BatchNotFound: There is none.
        """
        item = read(self._client, *self._place(batch_id))
        if item is None:
            raise BatchNotFound(batch_id)
        return self._batch(item)

    def load(self, batch_id: str, command: Command) -> Stored[DataBatch] | None:
        records = self._idempotency
        item, earlier = load(
            self._client, [self._place(batch_id), records.key(command.idempotency)]
        )
        records.check(command.idempotency, earlier)
        return self._batch(item) if item else None

    def load_row(self, batch_id: str, number: int, command: Command) -> LoadedRow:
        """A row in quarantine and its batch.

        Raises:
            BatchNotFound: There is no such batch.
        """
        records = self._idempotency
        places = [
            self._place(batch_id),
            self._place(row_id_for(batch_id, number)),
            records.key(command.idempotency),
        ]
        item, row, earlier = load(self._client, places)
        records.check(command.idempotency, earlier)
        if item is None:
            raise BatchNotFound(batch_id)
        batch = self._batch(item)
        if row is None:
            return LoadedRow(batch, None)
        return LoadedRow(batch, read_row(row, self._keys), persons_in(row))

    def batches(
        self, mode: Mode, partner: str | None, part: ListRange
    ) -> Sequence[ListEntry[DataBatch]]:
        whose = f"{mode}#batches" if partner is None else f"{mode}#batches#{partner}"
        index, column = ("list", "list") if partner is None else ("book", "book")
        return [
            ListEntry(item["place"]["S"], self._batch(item).record)
            for item in self._listed(index, column, whose, part)
        ]

    def rows(
        self, batch: Stored[DataBatch], status: RowStatus, part: ListRange
    ) -> Sequence[ListEntry[QuarantinedRow]]:
        return [
            ListEntry(item["place"]["S"], read_row(item, self._keys).record)
            for item in self._listed("list", "list", f"{batch.record.id}#{status}", part)
        ]

    def rows_at(self, batch_id: str, numbers: Sequence[int]) -> Sequence[QuarantinedRow]:
        places = [self._place(row_id_for(batch_id, number)) for number in numbers]
        items = load(self._client, places) if places else []
        return [aggregates.read_stored(QuarantinedRow, item, None).record for item in items if item]

    def outcomes(self, batch_id: str, part: ListRange) -> Sequence[ListEntry[Sequence[RowOutcome]]]:
        return [
            ListEntry(item["place"]["S"], _outcomes(item))
            for item in self._listed("list", "list", f"{batch_id}#outcomes", part)
        ]

    def slice_of(self, batch_id: str, number: int) -> Sequence[RowOutcome]:
        item = read(self._client, *self._place(f"slice#{batch_id}#{number}"))
        return _outcomes(item) if item else ()

    def qualities(self, source_id: str) -> Sequence[BatchQuality]:
        listed = self._listed("list", "list", f"{source_id}#quality", LastBatches())
        return [
            codec.read_value(BatchQuality, codec.unpack(BATCH_QUALITY.current(item)["body"]["B"]))
            for item in listed
        ]

    def add(self, event: Event, batch: DataBatch, key: PartyKey, command: Command) -> None:
        """Store a new batch, its key and the command's answer.

        Raises:
            BatchExists: This file was brought before, for this version of the source.
        """
        columns = batch_columns(batch, key)
        tables = self._tables
        moved = aggregates.moved(
            tables.intake,
            tables.events,
            event,
            None,
            lambda _item: BatchExists(batch.id),
            columns,
        )
        transact(self._client, [*moved, self._idempotency.keep(command.idempotency)])

    def store(self, event: Event, before: Stored[DataBatch], command: Command) -> None:
        answer = self._idempotency.keep(command.idempotency)
        transact(self._client, [*self._moved(event, before), answer])

    def store_slice(self, worked: WorkedSlice, before: Stored[DataBatch]) -> None:
        batch, event = worked.batch, worked.event
        rows = [write for row in worked.quarantined for write in self._new_row(row)]
        writes = [*self._moved(event, before), *rows]
        if worked.outcomes:
            writes.append(self._slice(batch, worked.outcomes))
        if worked.quality is not None:
            writes.append(self._quality(worked.quality))
        transact(self._client, writes)

    def store_hold(self, event: Event, row: QuarantinedRow, before: LoadedRow) -> None:
        batch = before.batch
        unmoved = check(
            *self._place(row.batch_id),
            lambda _item: StaleRevision(row.batch_id),
            condition=aggregates.AT_REVISION,
            names={},
            seen=codec.number(batch.head.sequence),
        )
        transact(self._client, [*self._row_moved(event, row, before.persons, before), unmoved])

    def store_row(self, resolved: ResolvedRow, before: LoadedRow, command: Command) -> None:
        row = resolved.row
        moved = self._row_moved(resolved.event, row, resolved.persons, before)
        entries = person_entries(
            self._tables.intake, row.id, row.batch_id, resolved.persons - before.persons
        )
        answer = self._idempotency.keep(command.idempotency)
        counted = self._moved(resolved.counted, before.batch)
        transact(self._client, [*moved, *entries, *counted, answer])

    def _row_moved(
        self, event: Event, row: QuarantinedRow, persons: frozenset[str], before: LoadedRow
    ) -> list[Write]:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(row.id)

        key = before.row.key if before.row else None
        columns = row_columns(row) | _personal_columns(key, persons)
        tables = self._tables
        return aggregates.moved(tables.intake, tables.events, event, before.row, stale, columns)

    def _moved(self, event: Event, before: Stored[DataBatch]) -> list[Write]:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(event.stream)

        tables = self._tables
        columns = batch_columns(codec.read_value(DataBatch, event.facts), before.key)
        return aggregates.moved(tables.intake, tables.events, event, before, stale, columns)

    def _new_row(self, new: NewRow) -> list[Write]:
        row, tables = new.row, self._tables
        moved = aggregates.moved(
            tables.intake,
            tables.events,
            new.event,
            None,
            lambda _item: StaleRevision(row.id),
            row_columns(row) | _personal_columns(new.key, new.persons),
        )
        return [*moved, *person_entries(tables.intake, row.id, row.batch_id, new.persons)]

    def _slice(self, batch: DataBatch, outcomes: Sequence[RowOutcome]) -> Write:
        item = {
            "id": codec.text(f"slice#{batch.id}#{batch.slices}"),
            "v": BATCH_SLICE.mark,
            "list": codec.text(f"{batch.id}#outcomes"),
            "place": codec.text(f"{batch.slices:08d}"),
            "body": codec.binary(codec.pack({"rows": [list(outcome) for outcome in outcomes]})),
        }
        return add(self._tables.intake, item, lambda _item: StaleRevision(batch.id), key="id")

    def _quality(self, quality: BatchQuality) -> Write:
        item = {
            "id": codec.text(f"quality#{quality.batch_id}"),
            "v": BATCH_QUALITY.mark,
            "list": codec.text(f"{quality.source_id}#quality"),
            "place": codec.text(f"{latest_first(quality.ended_at)}#{quality.batch_id}"),
            "body": codec.binary(codec.pack(quality.model_dump(mode="json"))),
        }
        return add(
            self._tables.intake, item, lambda _item: StaleRevision(quality.batch_id), key="id"
        )

    def _listed(self, index: str, column: str, name: str, part: ListRange) -> Sequence[Item]:
        return query(
            self._client,
            consistent=False,
            TableName=self._tables.intake,
            IndexName=index,
            KeyConditionExpression="#list = :list AND place > :after",
            ExpressionAttributeNames={"#list": column},
            ExpressionAttributeValues={
                ":list": codec.text(name),
                ":after": codec.text(part.after or " "),
            },
            Limit=part.limit,
        )

    def _batch(self, item: Item) -> Stored[DataBatch]:
        return read_batch(item, self._keys)

    def _place(self, id: str) -> tuple[str, Item]:
        return self._tables.intake, {"id": codec.text(id)}


def _outcomes(item: Item) -> Sequence[RowOutcome]:
    packed = codec.unpack(BATCH_SLICE.current(item)["body"]["B"])
    return [RowOutcome(*row) for row in packed["rows"]]


def _personal_columns(key: PartyKey | None, persons: frozenset[str]) -> Item:
    """A row's key, and whom it names."""
    columns = {KEY: codec.binary(key.wrapped)} if key else {}
    return columns | ({PERSONS: {"SS": sorted(persons)}} if persons else {})
