"""What a quote and an issue write for every bundled product: the words of no product are in the dictionary."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from bench import machine, requests
from bench.goals import Line, count_line
from bench.meter.ours import Handlers
from bench.meter.tally import Meter

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNIT_BYTES = 1024


class Written(NamedTuple):
    """What the life of one product's policy writes until its issue."""

    product: str
    quote_units: float
    issue_units: float
    event_bytes: int
    """The largest of its events, as DynamoDB counts an item."""


def measure(call: Handlers, meter: Meter, database: str) -> Iterator[Written]:
    """Each bundled product, quoted and issued."""
    dynamodb = machine.client(database)
    for code, _version in import_module("insurance.products").versions():
        call(requests.quote_of(code, f"{code}-first"))  # the process reads which versions are sold
        with meter.measuring() as quoted:
            quote_id = call(requests.quote_of(code, code))["id"]
        call(requests.accept(quote_id, code))
        with meter.measuring() as issued:
            policy_id = call(requests.issue(quote_id, code))["id"]
        yield Written(
            code,
            float(quoted.write_units),
            float(issued.write_units),
            max(_event_sizes(dynamodb, (quote_id, policy_id))),
        )


def lines(found: Iterator[Written]) -> Iterator[Line]:
    """One line a figure."""
    for each in found:
        of = each.product
        yield count_line(f"quote, write units, {of}", each.quote_units, at_most=2, raw={})
        yield count_line(f"issue, write units, {of}", each.issue_units, at_most=12, raw={})
        size = each.event_bytes
        yield count_line(f"largest event, bytes, {of}", size, at_most=UNIT_BYTES, raw={})


def _event_sizes(dynamodb: "DynamoDBClient", streams: tuple[str, ...]) -> Iterator[int]:
    [table] = [name for name in dynamodb.list_tables()["TableNames"] if "EventsTable" in name]
    for stream in streams:
        answer = dynamodb.query(
            TableName=table,
            KeyConditionExpression="#stream = :stream",
            ExpressionAttributeNames={"#stream": "stream"},
            ExpressionAttributeValues={":stream": {"S": stream}},
        )
        yield from map(_size, answer["Items"])


def _size(item: Mapping[str, Any]) -> int:
    """As DynamoDB counts it: names, texts and bytes by length, numbers by two digits a byte."""
    return sum(len(name) + _length(value) for name, value in item.items())


def _length(value: Mapping[str, Any]) -> int:
    [(kind, content)] = value.items()
    return 1 + (len(content) + 1) // 2 if kind == "N" else len(content)
