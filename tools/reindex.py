"""Make the search index again: after a loss, or after a change of what finds an object.

It reads the tables Events and Quotes page by page and hands their items to event delivery, which holds the
rights to open and hash what they say; nothing is published or posted again. Quotes are indexed as they are
stored: a new one has no event yet, and one that was deleted stays out of the index. The operator needs the
right to read the tables and to call the function.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import batched, chain
from typing import TYPE_CHECKING, Any

from local.aws.clients import dynamodb_client
from local.aws.schedules import lambda_client
from local.aws.template import Template
from local.lease import running_stack
from local.processes import StackError
from local.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

EVENTS, QUOTES, DELIVERY = "EventsTable", "QuotesTable", "EventDeliveryFunction"
AT_ONCE = 50
"""Items for one call: it takes a few seconds."""


def reindex_local(settings: Settings) -> int:
    """Reindex the stack that is up, and say how many events and quotes were read."""
    running = running_stack(settings.folder)
    if running is None:
        raise StackError("no stack is up: start one with `make serve`")
    template = Template(settings.template)
    count = reindex(
        dynamodb_client(running["database"]),
        lambda_client(running["services"]),
        events=template.resources[EVENTS].name,
        quotes=template.resources[QUOTES].name,
        function=template.resources[DELIVERY].name,
    )
    print(f"{count} events and quotes were indexed again")
    return 0


def reindex(
    tables: DynamoDBClient, functions: Any, *, events: str, quotes: str, function: str
) -> int:
    """Hand every quote, and every event of anything else, to event delivery; the number of them.

    Raises:
        StackError: A call failed; what was indexed stays, and the whole may be run again.
    """
    count = 0
    others = (item for item in _items(tables, events) if not _is_of_quote(item))
    for some in batched(chain(others, _items(tables, quotes)), AT_ONCE, strict=False):
        payload = json.dumps({"Index": some}, default=_base64)
        answer = functions.invoke(FunctionName=function, Payload=payload)
        if "FunctionError" in answer:
            raise StackError(f"event delivery failed after {count} events and quotes")
        count += len(some)
    return count


def _items(tables: DynamoDBClient, table: str) -> Iterator[Json]:
    for page in tables.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from (dict(item) for item in page["Items"])


def _is_of_quote(event: Json) -> bool:
    stream: str = event["stream"]["S"]
    return stream.startswith("quo_")


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
