"""What a new stack holds before anybody calls: tables, keys, sample applications, usage keys."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from demo.proofs import key_of
from demo.samples import PARTNERS, STAFF, Partner
from local.aws.cloudformation import TemplateError
from local.aws.gateway.plans import ApiKey, Keys
from local.aws.services.kms import Kms
from local.aws.services.secrets_manager import SecretsManager
from local.aws.template import Template
from local.folder import ADVICE, SERVICES
from local.processes import StackError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

USAGE_SECRET = "UsageKeySecret"  # noqa: S105 (its name in the template, not its value)
APPLICATIONS = "ApplicationsTable"
STAFF_PLAN = "internal"


def create_tables(template: Template, tables: DynamoDBClient) -> None:
    """Make the template's tables that are not there yet."""
    present: set[str] = set()
    for page in tables.get_paginator("list_tables").paginate():
        present.update(page["TableNames"])
    for request in template.tables():
        if request["TableName"] not in present:
            tables.create_table(**request)


def check_keys(kms: Kms, tables: DynamoDBClient) -> None:
    """Check that tables that are there have a key that opens what they hold.

    Raises:
        StackError: There are tables, but no key.
    """
    if not kms.has_keys and tables.list_tables(Limit=1)["TableNames"]:
        raise StackError(f"{SERVICES} holds no key of what the tables hold. {ADVICE}")


def ensure_keys_and_secrets(template: Template, kms: Kms, secrets: SecretsManager) -> None:
    """Make the template's keys and secrets that are not there yet."""
    for key in template.of_type("AWS::KMS::Key"):
        kms.ensure_key(key.arn)
    for secret in template.of_type("AWS::SecretsManager::Secret"):
        secrets.ensure_secret(secret.arn, secret.properties)


def seed_applications(template: Template, tables: DynamoDBClient) -> None:
    """The rows that the platform's own administration would have written."""
    for partner in PARTNERS:
        seed_application(partner, template, tables)


def seed_application(partner: Partner, template: Template, tables: DynamoDBClient) -> None:
    tables.put_item(TableName=template.resources[APPLICATIONS].name, Item=_row(partner))


def _row(partner: Partner) -> dict[str, dict[str, Any]]:
    return {
        "id": {"S": partner.client_id},
        "application": {"S": partner.application},
        "partner": {"S": partner.partner},
        "status": {"S": partner.status},
        "mode": {"S": partner.mode},
        "plan": {"S": partner.plan},
        "products": {"SS": sorted(partner.products)},
        "scopes": {"SS": sorted(partner.scopes)},
        "name": {"S": partner.name},
        **({"portal": {"BOOL": True}} if partner.portal else {}),
        **(_binding(partner) if partner.binding else {}),
    }


def _binding(partner: Partner) -> dict[str, dict[str, Any]]:
    thumbprint = key_of(partner.client_id).thumbprint()
    return {"binding": {"S": partner.binding}, "thumbprints": {"SS": [thumbprint]}}


def seed_usage_keys(template: Template, secrets: SecretsManager, keys: Keys) -> None:
    """One API key per application and per member of staff, in its plan."""
    for partner in PARTNERS:
        seed_usage_key(partner.application, partner.plan, template, secrets, keys)
    for staff in STAFF:
        seed_usage_key(staff.subject, STAFF_PLAN, template, secrets, keys)


def seed_usage_key(
    principal: str, plan: str, template: Template, secrets: SecretsManager, keys: Keys
) -> None:
    """The key whose value the authorizer will compute for this principal."""
    if plan not in plan_names(template).values():
        raise TemplateError(f"the template has no usage plan for {plan}")
    secret = secrets.value(template.resources[USAGE_SECRET].arn)
    value = hmac.new(secret.encode(), principal.encode(), hashlib.sha256).hexdigest()
    key_id = hashlib.sha256(principal.encode()).hexdigest()[:10]
    keys.put(ApiKey(id=key_id, value=value, plan=plan))


def plan_names(template: Template) -> dict[str, str]:
    """The plan that an application's row names, by the logical id of its usage plan."""
    return {
        plan.logical_id: plan.logical_id.removesuffix("Plan").lower()
        for plan in template.of_type("AWS::ApiGateway::UsagePlan")
    }
