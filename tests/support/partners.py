"""The partners that the sample applications belong to, registered on a real engine."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from insurance.access.people import developer_id
from insurance.domain.core.identity import Mode
from insurance.domain.partner.application import ApplicationStatus
from insurance.domain.partner.partner import DeveloperStep, Partner, TeamRole
from insurance.dynamodb.partners.partners import admission_row, developer_row
from insurance.operations.partners.ports import DeveloperChange

from demo.samples import PARTNERS
from local.onboarding import requested
from tests.support.engine import template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGISTERED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def register_partners(dynamodb: "DynamoDBClient") -> None:
    """Write the rows by which the authorizer, and transfers, know them; of elm there is a developer alone."""
    table = template().resources["ApplicationsTable"].name
    for partner in PARTNERS:
        asked = requested(partner).of(
            partner.partner, Mode(partner.mode), by="tests", now=REGISTERED_AT
        )
        admitted = asked.replace(
            client_id=partner.client_id, status=ApplicationStatus(partner.status)
        )
        dynamodb.put_item(TableName=table, Item=admission_row(admitted))
    elm = Partner.registered(Mode.TEST, "elm", "Elm", by="tests", now=REGISTERED_AT)
    change = DeveloperChange(developer_id("dora"), DeveloperStep.ADD, TeamRole.DEVELOPER)
    dynamodb.put_item(TableName=table, Item=developer_row(elm, change, Mode.TEST))
