"""`show`: a stored item as a person can read it, and its events after it.

Personal data are sealed with a key per party and stay so: what is printed is safe to paste into
a ticket.
"""

from __future__ import annotations

import asyncio
import json
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from insurance.dynamodb import codec

from local.aws.clients import dynamodb_client
from local.aws.engine import Database, engine_for
from local.aws.template import Template
from local.lease import running_stack
from local.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]


def show(item_id: str, settings: Settings) -> int:
    """Print every item of this id, in whichever table, and its stream of events."""
    return asyncio.run(_with_database(settings, lambda url: _show(item_id, settings, url)))


async def _with_database(settings: Settings, work: Callable[[str], int]) -> int:
    """Use the engine that is up, or start one on the same data for as long as it takes."""
    running = running_stack(settings.folder)
    if running is not None:
        return await asyncio.to_thread(work, running["database"])
    settings.logs.mkdir(parents=True, exist_ok=True)
    anywhere = replace(settings, ports=replace(settings.ports, database=0))
    database = Database(engine_for(settings), anywhere)
    try:
        await database.start()
        return await asyncio.to_thread(work, database.url)
    finally:
        await database.stop()


def _show(item_id: str, settings: Settings, url: str) -> int:
    tables = dynamodb_client(url)
    found = list(_items(item_id, Template(settings.template), tables))
    if not found:
        print(f"nothing is stored as {item_id}", file=sys.stderr)
        return 1
    for table, item in found:
        print(f"# {table}")
        print(json.dumps(readable(item), indent=2, ensure_ascii=False))
    return 0


def _items(item_id: str, template: Template, tables: DynamoDBClient) -> Iterator[tuple[str, Json]]:
    present = set(tables.list_tables()["TableNames"])
    for declared in template.tables():
        name = declared["TableName"]
        keys = [key["AttributeName"] for key in declared["KeySchema"]]
        if name not in present:
            continue
        if keys == ["id"]:
            item = tables.get_item(TableName=name, Key={"id": {"S": item_id}}).get("Item")
            if item is not None:
                yield name, item
            continue
        pages = tables.get_paginator("query").paginate(
            TableName=name,
            KeyConditionExpression="#key = :id",
            ExpressionAttributeNames={"#key": keys[0]},
            ExpressionAttributeValues={":id": {"S": item_id}},
        )
        for page in pages:
            for event in page["Items"]:
                yield name, event


def readable(item: Json) -> Json:
    """DynamoDB's form undone and packed bodies unpacked; other bytes in hex, sealed ones counted."""
    return {name: _plain(name, attribute) for name, attribute in sorted(item.items())}


def _plain(name: str, attribute: Json) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "B":
            return _opened(name, value)
        case "N":
            return int(value) if value.lstrip("-").isdigit() else value
        case "M":
            return readable(value)
        case "L":
            return [_plain(name, each) for each in value]
    return sorted(value) if kind in {"SS", "NS"} else value


def _opened(name: str, value: bytes) -> Any:
    if name == "sealed":
        return f"{len(value)} bytes, sealed with the party's key"
    try:
        return codec.unpack(value)
    except (zlib.error, ValueError):
        return value.hex()
