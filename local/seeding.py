"""What a new stack holds before anybody calls: tables, keys and secrets, as CloudFormation makes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from local.aws.cloudformation import TemplateError
from local.aws.services.api_keys import ApiKeys
from local.aws.services.kms import Kms
from local.aws.services.secrets_manager import SecretsManager
from local.aws.template import Template
from local.folder import ADVICE, SERVICES
from local.processes import StackError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:(arn:[^}]+)\}\}")
"""CloudFormation's reference to the value of a secret."""


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


def staff_keys(template: Template, secrets: SecretsManager, keys: ApiKeys) -> None:
    """Make the template's keys of usage plans that are not there yet, as CloudFormation does."""
    for key in template.of_type("AWS::ApiGateway::ApiKey"):
        found = _DYNAMIC.fullmatch(key.properties["Value"])
        if found is None:
            raise TemplateError(f"{key.logical_id}: its value stands in a secret")
        value = secrets.value(found[1])
        if keys.find(value) is None:
            key_id = keys.create_api_key(
                {"name": key.name, "value": value, "enabled": key.properties.get("Enabled")}
            )["id"]
            for tie in template.of_type("AWS::ApiGateway::UsagePlanKey"):
                if tie.properties["KeyId"] == key.name:
                    plan = tie.properties["UsagePlanId"]
                    keys.create_usage_plan_key({"usagePlanId": plan, "keyId": key_id})
