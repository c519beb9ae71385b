"""Events of the Events table as a delivery takes them up again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from insurance.dynamodb import codec
from insurance.dynamodb.aggregates import read_event
from insurance.dynamodb.codec import Item
from insurance.dynamodb.streams import stream_items
from insurance.dynamodb.tables import Tables
from insurance.operations.delivery.streams import StreamedEvent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBStoredEvents:
    """The port `StoredEvents` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.events

    def after(self, stream: str, sequence: int, *, last: int) -> Sequence[StreamedEvent]:
        items = stream_items(self._client, self._table, stream, after=sequence, last=last)
        return [streamed(item) for item in items]


def streamed(item: Item) -> StreamedEvent:
    """An item, not read yet beyond its keys."""
    return StreamedEvent(
        item["stream"]["S"],
        int(item["sequence"]["N"]),
        _at(item),
        partial(read_event, item),
    )


def _at(item: Item) -> datetime:
    """When its command was; long ago where the item does not say it: reading it says what is wrong."""
    try:
        return codec.read_instant(item["at"])
    except (KeyError, ValueError):
        return datetime.fromtimestamp(0, UTC)
