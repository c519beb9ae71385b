"""The partners that the sample applications belong to, registered on a real engine."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from insurance.domain.core.identity import Mode
from insurance.domain.partner.application import ApplicationStatus
from insurance.dynamodb.partners.partners import admission_row

from demo.samples import PARTNERS
from local.onboarding import requested
from tests.support.engine import template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def register_partners(dynamodb: "DynamoDBClient") -> None:
    """Write the rows by which the authorizer, and transfers, know them."""
    table = template().resources["ApplicationsTable"].name
    for partner in PARTNERS:
        asked = requested(partner).of(
            partner.partner, Mode(partner.mode), by="tests", now=datetime(2026, 1, 1, tzinfo=UTC)
        )
        admitted = asked.replace(
            client_id=partner.client_id, status=ApplicationStatus(partner.status)
        )
        dynamodb.put_item(TableName=table, Item=admission_row(admitted))
