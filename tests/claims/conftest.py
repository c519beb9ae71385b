"""An office for claims: the handlers on a real engine, with policies to claim on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.claims.office import Office, opened
from tests.database import client, make_tables, running_engine

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(scope="session")
def engine() -> Iterator["DynamoDBClient"]:
    with running_engine() as url:
        yield client(url)


@pytest.fixture
def office(engine: "DynamoDBClient") -> Iterator[Office]:
    with opened(engine, make_tables(engine)) as office:
        yield office
