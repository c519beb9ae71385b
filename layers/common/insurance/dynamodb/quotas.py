"""Calls of an application in a month, or in a shorter span: one item, whose count every function moves by arithmetic."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection

from insurance.domain.partner.quota import QuotaMark, block_size, window
from insurance.dynamodb import codec
from insurance.dynamodb.kinds import QUOTA_MONTH
from insurance.dynamodb.transaction import read
from insurance.operations.partners.count_calls import Block, NotCounted

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from insurance.domain.partner.quota import Quota, Span
    from insurance.dynamodb.codec import Item
    from insurance.dynamodb.tables import Tables

KEPT: Final = timedelta(days=400)
"""After its month: so long one may ask about a bill."""
RATE_KEPT: Final = timedelta(days=1)
"""After a span in which a rule had a rate."""
TRIES: Final = 16
"""Each knows what the one before found, and takes half as much: one call fits wherever one is left. Where others
take at the same time, the last tries are lost at the marks alone, which are passed once."""


class DynamoDBQuotas:
    """One Update a block, on condition that the block is still as it was meant."""

    def __init__(self, client: DynamoDBClient, tables: Tables) -> None:
        self._client = client
        self._tables = tables

    def take(self, quota: Quota, span: Span, *, seen: int, served: int) -> Block:
        """Take a block of calls; see the port `QuotaStore`.

        Raises:
            NotCounted: The table does not answer.
        """
        used = seen
        for number in range(TRIES):
            size = block_size(used, quota.limit, served >> number)
            if size == 0:
                return Block(0, used)
            try:
                answer = self._client.update_item(**self._request(quota, span, used, size))
                return Block(size, int(answer["Attributes"]["used"]["N"]))
            except self._client.exceptions.ConditionalCheckFailedException as error:
                stored: Any = error.response.get("Item", {})
                used = int(stored.get("used", {}).get("N", 0))
            except ClientError as error:
                raise NotCounted(error.response["Error"]["Code"]) from error
            except (HTTPClientError, NoConnection) as error:
                raise NotCounted(type(error).__name__) from error
        raise NotCounted("TooManyAtOnce")

    def used(self, application_id: str, month: Span) -> int:
        """How many calls of a month are taken; those that a process has taken and not served yet included."""
        item = read(self._client, self._tables.quotas, _key(application_id, month))
        return int((item or {}).get("used", {}).get("N", 0))

    def _request(self, quota: Quota, span: Span, used: int, size: int) -> dict[str, Any]:
        """An update is sent once: with a second try after a lost reply the block would be taken twice."""
        when = window(used, size, quota.limit, quota.marks)
        condition = "used BETWEEN :least AND :most"
        if when.least == 0:
            condition = f"attribute_not_exists(used) OR {condition}"
        kept = KEPT if quota.marks else RATE_KEPT
        values: Item = {
            ":v": QUOTA_MONTH.mark,
            ":size": codec.number(size),
            ":limit": codec.number(quota.limit),
            ":expires_at": codec.number(int((span.ends_at + kept).timestamp())),
            ":least": codec.number(when.least),
            ":most": codec.number(when.most),
        }
        reaches = " REMOVE reached"
        if when.reached:
            reaches = ", reached = :reached"
            values[":reached"] = codec.text(str(when.reached))
        sets = "#v = :v, #limit = :limit, expires_at = :expires_at"
        return {
            "TableName": self._tables.quotas,
            "Key": _key(quota.application, span),
            "UpdateExpression": f"SET {sets}{reaches} ADD used :size",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#v": "v", "#limit": "limit"},
            "ExpressionAttributeValues": values,
            "ReturnValues": "UPDATED_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }


def reached_in(image: Item) -> tuple[str, QuotaMark] | None:
    """Of an item as a write left it: whose quota has reached which mark by this very write; None: none has."""
    if "reached" not in image:
        return None
    application_id, _, month = image["id"]["S"].partition("#")
    return application_id, QuotaMark(month=month, percent=int(image["reached"]["S"]))


def _key(application_id: str, span: Span) -> Item:
    return {"id": codec.text(f"{application_id}#{span.name}")}
