"""Who may use which key: exactly those whom docs/security.md names, with a reason each."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.support.security_page import rows, section
from tests.support.statements import actions, functions, target

type Json = dict[str, Any]

MEANS = {"make": "kms:GenerateDataKey", "open": "kms:Decrypt"}
PURPOSES = ("party-key", "index-key")


class Right(NamedTuple):
    function: str
    purpose: str
    action: str


def written() -> Iterator[tuple[Right, str]]:
    """Each right of the table of docs/security.md, and its reason."""
    for folder, (*columns, reason) in rows("Keys"):
        for purpose, column in zip(PURPOSES, columns, strict=True):
            for word in filter(None, column.split(", ")):
                yield Right(folder, purpose, MEANS[word]), reason


def granted(resources: Json) -> set[Right]:
    found = set()
    for name, variables, statements in functions(resources):
        folder = variables["POWERTOOLS_SERVICE_NAME"]
        for statement in statements:
            if target(statement["Resource"]) == "PersonalDataKey":
                [(operator, context)] = statement["Condition"].items()
                assert (operator, list(context)) == (
                    "StringEquals",
                    ["kms:EncryptionContext:purpose"],
                ), name
                purpose = context["kms:EncryptionContext:purpose"]
                found |= {Right(folder, purpose, action) for action in actions(statement)}
    return found


def test_exactly_the_functions_of_the_table_may_use_the_key_of_personal_data(
    resources: Json,
) -> None:
    table = dict(written())

    assert table.keys() == granted(resources)
    assert all(len(reason) >= 20 for reason in table.values())


def test_a_function_without_the_right_is_named_as_such(resources: Json) -> None:
    may = {right.function for right in granted(resources)}
    others = {variables["POWERTOOLS_SERVICE_NAME"] for _, variables, _ in functions(resources)}

    [sentence] = re.findall(r"^(`.*?) may ask for neither", section("Keys"), re.M | re.S)
    assert set(re.findall(r"`([a-z_]+)`", sentence)) == others - may


SERVICES = {
    "dynamodb": ("dynamodb:",),
    "s3": ("s3:GetObject", "s3:PutObject"),
    "secretsmanager": ("secretsmanager:",),
}


@pytest.mark.parametrize(
    ("action", "by"),
    [("kms:Decrypt", SERVICES), ("kms:GenerateDataKey", {"s3": ("s3:PutObject",)})],
)
def test_the_data_key_is_used_through_the_services_that_a_function_calls(
    resources: Json, action: str, by: dict[str, tuple[str, ...]]
) -> None:
    for name, _, statements in functions(resources):
        all_actions = {each for statement in statements for each in actions(statement)}
        calls = {
            service
            for service, prefixes in by.items()
            if any(each.startswith(prefixes) for each in all_actions)
        }
        through = {
            service
            for statement in statements
            if target(statement["Resource"]) == "DataKey" and action in actions(statement)
            for service in services(statement)
        }
        assert through == calls, name


def test_the_operations_key_is_used_through_the_queue_alone(resources: Json) -> None:
    for name, _, statements in functions(resources):
        for statement in statements:
            if target(statement["Resource"]) == "OperationsKey":
                assert services(statement) == {"sqs"}, name


def services(statement: Json) -> set[str]:
    """Through which services a statement lets a key be used."""
    assert statement["Condition"].keys() == {"StringEquals"}
    assert statement["Condition"]["StringEquals"].keys() == {"kms:ViaService"}
    found = statement["Condition"]["StringEquals"]["kms:ViaService"]
    return {
        str(each["Fn::Sub"]).removesuffix(".${AWS::Region}.amazonaws.com")
        for each in (found if isinstance(found, list) else [found])
    }
