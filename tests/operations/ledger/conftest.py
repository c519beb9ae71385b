"""The ledger on a real engine: what happens in memory is appended and delivered."""

from typing import TYPE_CHECKING

import pytest

from tests.support.engine import make_tables
from tests.support.ledger import Bookkeeper

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def bookkeeper(dynamodb: "DynamoDBClient") -> Bookkeeper:
    return Bookkeeper(dynamodb, make_tables(dynamodb))
