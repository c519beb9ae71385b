"""The books of a house on a real engine: what happens in memory is appended and delivered."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.books.keeper import Keeper
from tests.database import client, make_tables, running_engine
from tests.resilience.conftest import backend, handlers, loaded, running

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def dynamodb() -> Iterator["DynamoDBClient"]:
    with running_engine() as url:
        yield client(url)


@pytest.fixture
def keeper(dynamodb: "DynamoDBClient") -> Keeper:
    return Keeper(dynamodb, make_tables(dynamodb))


__all__ = ["backend", "handlers", "loaded", "running"]
