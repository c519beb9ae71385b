"""The partners that the sample applications belong to, registered on a real engine."""

from typing import TYPE_CHECKING

from local.seeding import seed_applications
from tests.support.engine import template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def register_partners(dynamodb: "DynamoDBClient") -> None:
    """Write the rows that the platform's administration would have written."""
    seed_applications(template(), dynamodb)
