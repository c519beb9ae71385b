"""Functions of the stack reach the database past their rights."""

import asyncio
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from local.aws.cloudformation import REGION
from local.aws.guarded_database import GuardedDatabase
from local.aws.rights import Rights
from tests.support.engine import client, make_tables, template

NOWHERE = "http://127.0.0.1:9"

type Act = Callable[[Any, str], None]


def guarded(upstream: str, act: Act) -> None:
    """Act as a client that quoting's access key was given to."""

    async def run() -> None:
        database = GuardedDatabase(upstream, Rights.of(template()))
        await database.start()
        try:
            await asyncio.to_thread(
                act, _client(database.url), template().resources["QuotesTable"].name
            )
        finally:
            await database.stop()

    asyncio.run(run())


def _client(url: str) -> Any:
    quoting = template().functions["QuotingFunction"].name
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=quoting,
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_what_a_statement_allows_is_done_and_the_rest_is_refused(engine_url: str) -> None:
    make_tables(client(engine_url))

    def act(database: Any, quotes: str) -> None:
        key = {"id": {"S": "quo_1"}}
        for _ in range(2):
            assert "Item" not in database.get_item(TableName=quotes, Key=key)
            with pytest.raises(ClientError) as refused:
                database.delete_item(TableName=quotes, Key=key)
            assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
            assert "dynamodb:DeleteItem" in str(refused.value)

    guarded(engine_url, act)


def test_an_engine_that_is_gone_is_as_gone_behind_it() -> None:
    def act(database: Any, quotes: str) -> None:
        with pytest.raises(HTTPClientError):
            database.get_item(TableName=quotes, Key={"id": {"S": "quo_1"}})

    guarded(NOWHERE, act)
