"""The bank's reports that wait, as the search index lists them."""

from datetime import datetime
from typing import TYPE_CHECKING

from insurance.domain.core.identity import Mode
from insurance.domain.search.entry import EVERYBODY, ObjectKind, list_partition
from insurance.dynamodb import codec
from insurance.dynamodb.tables import Tables
from insurance.dynamodb.transaction import query

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoDBKeptReports:
    """The port `KeptReports` on DynamoDB: the first entry of the list."""

    def __init__(self, client: "DynamoDBClient", tables: Tables) -> None:
        self._client = client
        self._table = tables.search

    def oldest(self, mode: Mode) -> datetime | None:
        partition = list_partition(mode, ObjectKind.KEPT_REPORTS, EVERYBODY)
        items = query(
            self._client,
            consistent=False,
            TableName=self._table,
            KeyConditionExpression="#partition = :partition",
            ExpressionAttributeNames={"#partition": "partition"},
            ExpressionAttributeValues={":partition": codec.text(partition)},
            Limit=1,
        )
        for item in items:
            return datetime.fromisoformat(item["place"]["S"].partition("#")[0])
        return None
