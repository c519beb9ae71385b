"""Versions of products in their table: one header each, which is the version's last event."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from insurance.domain.core.errors import StaleRevision, VersionNotFound
from insurance.domain.core.event import Event
from insurance.domain.core.identity import Mode
from insurance.domain.core.stored import Stored
from insurance.domain.product.publishing.release import ProductVersion
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.idempotency_records import IdempotencyRecords
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import add, load, put, query_all, transact
from insurance.operations.command import Command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBKnownVersions:
    """What those who sell read: the headers of a mode, or of one product in it."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
    ) -> None:
        self._client = client
        self._products_table = tables.products

    def known(self, mode: Mode, code: str | None = None) -> Sequence[Stored[ProductVersion]]:
        condition, values = "#mode = :mode", {":mode": codec.text(mode)}
        names = {"#mode": "mode"}
        if code is not None:
            names["#title"] = "title"
            condition += " AND begins_with(#title, :code)"
            values[":code"] = codec.text(f"{code} ")
        items = query_all(
            self._client,
            TableName=self._products_table,
            KeyConditionExpression=condition,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
        )
        return [_read(item) for item in items]


class DynamoDBProductVersions(DynamoDBKnownVersions):
    """The port `ProductVersions` on DynamoDB."""

    def __init__(
        self,
        client: "DynamoDBClient",
        tables: Tables,
        *,
        idempotency: IdempotencyRecords,
    ) -> None:
        super().__init__(client, tables)
        self._events_table = tables.events
        self._idempotency = idempotency

    def get(self, mode: Mode, code: str, version: str) -> Stored[ProductVersion]:
        """One version of a product.

        Raises:
            VersionNotFound: There is none in this mode.
        """
        [item] = load(self._client, [(self._products_table, _key(mode, code, version))])
        if item is None:
            raise VersionNotFound(f"{code} {version}")
        return _read(item)

    def load(self, code: str, version: str, command: Command) -> Stored[ProductVersion] | None:
        item, earlier = load(
            self._client,
            [
                (self._products_table, _key(command.caller.mode, code, version)),
                self._idempotency.key(command.idempotency),
            ],
        )
        self._idempotency.check(command.idempotency, earlier)
        return _read(item) if item else None

    def store(
        self,
        event: Event,
        version: ProductVersion,
        *,
        before: Stored[ProductVersion] | None,
        command: Command,
    ) -> None:
        def stale(_item: Item | None) -> Exception:
            return StaleRevision(version.title)

        item: dict[str, Any] = {
            **_key(event.mode, version.code, version.version),
            **aggregates.head_columns(event.head),
            **aggregates.body_columns(event),
        }
        if before is None:
            header = add(self._products_table, item, stale, key="mode")
        else:
            header = put(
                self._products_table,
                item,
                stale,
                condition=aggregates.AT_REVISION,
                seen=codec.number(before.head.sequence),
            )
        transact(
            self._client,
            [
                header,
                aggregates.append(self._events_table, event, taken=stale),
                self._idempotency.keep(command.idempotency),
            ],
        )


def _key(mode: Mode, code: str, version: str) -> Item:
    return {"mode": codec.text(mode), "title": codec.text(f"{code} {version}")}


def _read(item: Item) -> Stored[ProductVersion]:
    return aggregates.stored_as(
        aggregates.opened(ProductVersion, item, None, item["title"]["S"]), item
    )
