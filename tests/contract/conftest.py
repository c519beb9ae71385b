"""One promise, two stores: every test here runs on the stores in memory and on a real engine."""

from typing import TYPE_CHECKING

import pytest

from tests.support.engine import make_tables
from tests.support.stores import Stores, in_memory, on_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture(params=["memory", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "memory":
        return in_memory()
    dynamodb = request.getfixturevalue("dynamodb")
    return on_dynamodb(dynamodb, make_tables(dynamodb))


@pytest.fixture
def dynamodb_stores(dynamodb: "DynamoDBClient") -> Stores:
    """For what only the real engine can show: several items change at once, or none."""
    return on_dynamodb(dynamodb, make_tables(dynamodb))
