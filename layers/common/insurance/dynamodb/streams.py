"""Streams of events as the Events table holds them: one page of a stream, or all of it."""

from typing import TYPE_CHECKING

from insurance.domain.core.event import Event
from insurance.dynamodb import aggregates, codec
from insurance.dynamodb.codec import Item
from insurance.dynamodb.transaction import query

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SEQUENCE_MAX = 10**9
PAGE = 100


def stream_items(
    client: "DynamoDBClient",
    table: str,
    stream: str,
    *,
    after: int = 0,
    last: int = SEQUENCE_MAX,
    limit: int = PAGE,
) -> list[Item]:
    """The items of the events that follow number `after`, up to number `last`, in order."""
    return _page(client, table, stream, range(after + 1, last + 1), limit, forward=True)


def newest_items(
    client: "DynamoDBClient", table: str, stream: str, *, before: int = SEQUENCE_MAX, limit: int
) -> list[Item]:
    """The items of the events in front of number `before`, the newest first."""
    return _page(client, table, stream, range(1, before), limit, forward=False)


def whole_stream(
    client: "DynamoDBClient", table: str, stream: str, *, last: int = SEQUENCE_MAX
) -> list[Event]:
    """Every event up to number `last`: mostly one page, since what one aggregate goes through is bounded."""
    events: list[Event] = []
    while not events or events[-1].sequence < last:
        after = events[-1].sequence if events else 0
        items = stream_items(client, table, stream, after=after, last=last)
        events += [aggregates.read_event(item) for item in items]
        if len(items) < PAGE:
            break
    return events


def _page(
    client: "DynamoDBClient",
    table: str,
    stream: str,
    numbers: range,
    limit: int,
    *,
    forward: bool,
) -> list[Item]:
    if not numbers:
        return []
    return query(
        client,
        TableName=table,
        KeyConditionExpression="#stream = :stream AND #sequence BETWEEN :first AND :last",
        ExpressionAttributeNames={"#stream": "stream", "#sequence": "sequence"},
        ExpressionAttributeValues={
            ":stream": codec.text(stream),
            ":first": codec.number(numbers[0]),
            ":last": codec.number(numbers[-1]),
        },
        ScanIndexForward=forward,
        Limit=limit,
    )
