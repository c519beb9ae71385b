"""Which partners are registered: the rows of the Applications table, as the platform's administration writes them."""

from typing import TYPE_CHECKING

from insurance.domain.core.identity import Mode
from insurance.dynamodb import codec
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import query

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PARTNER = "partner"
"""The index of applications by their partner, and its key."""
ACTIVE = "active"


class DynamoDBRegisteredPartners:
    """The port `RegisteredPartners` on DynamoDB."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def is_registered(self, partner: str, mode: Mode) -> bool:
        applications = query(
            self._client,
            consistent=False,
            TableName=self._tables.applications,
            IndexName=PARTNER,
            KeyConditionExpression="partner = :partner",
            ExpressionAttributeValues={":partner": codec.text(partner)},
        )
        # As for the authorizer, what is not marked live is test.
        return any(
            one["status"]["S"] == ACTIVE and (one["mode"]["S"] == Mode.LIVE) is (mode is Mode.LIVE)
            for one in applications
        )
