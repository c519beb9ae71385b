"""Make the search index again from all events: after a loss, or after a change of what finds an object.

It reads the Events table page by page and hands its items to event delivery, which holds the rights to
open and hash what they say; nothing is published or posted again. The operator needs the right to read the
table and to call the function.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from itertools import batched
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

EVENTS, DELIVERY = "EventsTable", "EventDeliveryFunction"
AT_ONCE = 50
"""Events for one call: it takes a few seconds."""


def reindex_local(settings: Settings) -> int:
    """Reindex the stack that is up, and say how many events were read."""
    running = running_stack(settings.folder)
    if running is None:
        raise StackError("no stack is up: start one with `make serve`")
    template = Template(settings.template)
    count = reindex(
        dynamodb_client(running["database"]),
        lambda_client(running["services"]),
        table=template.resources[EVENTS].name,
        function=template.resources[DELIVERY].name,
    )
    print(f"{count} events were indexed again")
    return 0


def reindex(tables: DynamoDBClient, functions: Any, *, table: str, function: str) -> int:
    """Hand every event to event delivery, to be indexed; the number of them.

    Raises:
        StackError: A call failed; what was indexed stays, and the whole may be run again.
    """
    count = 0
    for some in batched(_items(tables, table), AT_ONCE, strict=False):
        payload = json.dumps({"Index": some}, default=_base64)
        answer = functions.invoke(FunctionName=function, Payload=payload)
        if "FunctionError" in answer:
            raise StackError(f"event delivery failed after {count} events")
        count += len(some)
    return count


def _items(tables: DynamoDBClient, table: str) -> Iterator[Json]:
    for page in tables.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from (dict(item) for item in page["Items"])


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
