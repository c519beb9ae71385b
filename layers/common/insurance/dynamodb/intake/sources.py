"""Sources in their table. What a version says is read from the event that brought it into force."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from insurance.domain.core.errors import SourceNotFound, StaleRevision
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode, source_id_for
from insurance.domain.core.stored import Stored
from insurance.domain.intake.source import DataSource, SourceText
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import load, query, read, transact
from insurance.operations.command import Command
from insurance.operations.listing import ListEntry, ListRange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBSources:
    """The port `Sources` on DynamoDB."""

    def __init__(
        self, client: "DynamoDBClient", tables: Tables, *, idempotency: IdempotencyRecords
    ) -> None:
        self._client = client
        self._tables = tables
        self._idempotency = idempotency

    def get(self, mode: Mode, code: str) -> Stored[DataSource]:
        """A source.

        Raises:
            SourceNotFound: There is none.
        """
        item = read(self._client, *self._source(mode, code))
        if item is None:
            raise SourceNotFound(code)
        return aggregates.read_stored(DataSource, item, None)

    def load(self, code: str, command: Command) -> Stored[DataSource] | None:
        records = self._idempotency
        item, earlier = load(
            self._client,
            [self._source(command.caller.mode, code), records.key(command.idempotency)],
        )
        records.check(command.idempotency, earlier)
        return aggregates.read_stored(DataSource, item, None) if item else None

    def text(self, source_id: str, revision: int) -> SourceText:
        key = {"stream": codec.text(source_id), "sequence": codec.number(revision)}
        [item] = load(self._client, [(self._tables.events, key)])
        if item is None:
            raise ValueError(f"event {revision} of {source_id} is missing")
        source = aggregates.open_fields(DataSource, item)
        return source.current()

    def sources(self, mode: Mode, part: ListRange) -> Sequence[ListEntry[DataSource]]:
        items = query(
            self._client,
            consistent=False,
            TableName=self._tables.intake,
            IndexName="list",
            KeyConditionExpression="#list = :list AND place > :after",
            ExpressionAttributeNames={"#list": "list"},
            ExpressionAttributeValues={
                ":list": codec.text(f"{mode}#sources"),
                ":after": codec.text(part.after or " "),
            },
            Limit=part.limit,
        )
        return [
            ListEntry(item["place"]["S"], aggregates.read_stored(DataSource, item, None).record)
            for item in items
        ]

    def store(
        self, event: Event, source: DataSource, before: Stored[DataSource] | None, command: Command
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(source.title)

        tables = self._tables
        columns = {
            "list": codec.text(f"{event.mode}#sources"),
            "place": codec.text(source.code),
        }
        moved = aggregates.moved(tables.intake, tables.events, event, before, stale, columns)
        transact(self._client, [*moved, self._idempotency.keep(command.idempotency)])

    def _source(self, mode: Mode, code: str) -> tuple[str, Item]:
        return self._tables.intake, {"id": codec.text(source_id_for(mode, code))}
