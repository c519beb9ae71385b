"""Who may use which key: exactly those whom docs/security.md names, with a reason each."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from tests.support.security_page import rows, section
from tests.support.statements import actions, as_list, functions, target

type Json = dict[str, Any]

MEANS = {"make": "kms:GenerateDataKey", "open": "kms:Decrypt"}
PURPOSES = ("party-key", "index-key", "webhook-secret")


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


USE = {
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:Sign",
}
SERVICES_OF = {
    "DataKey": {"dynamodb", "lambda", "s3", "secretsmanager"},
    "OperationsKey": {"firehose", "s3", "scheduler", "sns", "sqs"},
}
ACCOUNT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
MARK = "coverwright:personal-data-key"


def key_policies(resources: Json) -> Iterator[tuple[str, list[Json]]]:
    for name, resource in resources.items():
        if resource["Type"] == "AWS::KMS::Key":
            yield name, resource["Properties"]["KeyPolicy"]["Statement"]


def test_who_administers_a_key_may_not_use_it_for_that(resources: Json) -> None:
    """The account must be able to change the policy, or nobody ever can; what IAM gives for that is no use."""
    for name, statements in key_policies(resources):
        first, *others = statements
        assert first["Principal"] == ACCOUNT
        assert "Condition" not in first
        assert "kms:PutKeyPolicy" in first["Action"], name
        assert not USE & set(first["Action"]), name
        assert not any("*" in action for each in statements for action in actions(each)), name
        for statement in others:
            assert set(actions(statement)) <= USE | {"kms:DescribeKey"}, name
            assert statement["Condition"], name


@pytest.mark.parametrize(("key", "through"), SERVICES_OF.items())
def test_keys_of_the_house_are_used_by_the_account_through_services_alone(
    resources: Json, key: str, through: set[str]
) -> None:
    statements = dict(key_policies(resources))[key][1:]
    by_account = [each for each in statements if each["Principal"] == ACCOUNT]

    assert len(by_account) == 2
    for statement in by_account:
        allowed = statement["Condition"]["StringEquals"]["kms:ViaService"]
        assert {str(each["Fn::Sub"]).split(".")[0] for each in allowed} == through
        granting = actions(statement) == ["kms:CreateGrant"]
        for_services = {"kms:GrantIsForAWSResource": "true"}
        assert statement["Condition"].get("Bool") == (for_services if granting else None)


def test_the_key_of_personal_data_is_used_by_the_roles_that_bear_its_mark(resources: Json) -> None:
    _, used, _ = dict(key_policies(resources))["PersonalDataKey"]
    condition = used["Condition"]["StringEquals"]
    assert actions(used) == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert condition[f"aws:PrincipalTag/{MARK}"] == {"Ref": "AWS::StackName"}
    assert condition["kms:EncryptionContext:purpose"] == list(PURPOSES)
    of_the_stack = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${AWS::StackName}-*"
    assert used["Condition"]["ArnLike"] == {"aws:PrincipalArn": {"Fn::Sub": of_the_stack}}

    may = {right.function for right in granted(resources)}
    for name, variables, _ in functions(resources):
        role = resources[resources[name]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
        tags = {tag["Key"]: tag["Value"] for tag in role["Tags"]}
        marked = tags.get(MARK) == {"Ref": "AWS::StackName"}
        assert marked is (variables["POWERTOOLS_SERVICE_NAME"] in may), name


def test_nobody_hands_the_use_of_a_key_on(resources: Json) -> None:
    """But for services, which keep open what they encrypt."""
    for name, statements in key_policies(resources):
        assert statements[-1]["Effect"] == "Deny", name
        assert (statements[-1]["Principal"], actions(statements[-1])) == ("*", ["kms:CreateGrant"])
        assert statements[-1]["Condition"] == {
            "BoolIfExists": {
                "kms:GrantIsForAWSResource": "false",
                "aws:PrincipalIsAWSService": "false",
            }
        }, name


def test_only_a_key_calls_itself_everything(resources: Json) -> None:
    """In a key's policy `*` is the key; in any other policy it is every resource of the account."""
    everything = {
        resource["Type"]
        for resource in resources.values()
        for statement in statements_in(resource)
        if "*" in as_list(statement.get("Resource"))
    }
    assert everything == {"AWS::KMS::Key"}


def statements_in(value: Any) -> Iterator[Json]:
    """Every statement of a policy, wherever it stands in a resource."""
    if isinstance(value, dict):
        if "Effect" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from statements_in(each)


def test_no_function_administers_a_key(resources: Json) -> None:
    for name, _, statements in functions(resources):
        asked = {each for one in statements for each in actions(one) if each.startswith("kms:")}
        assert asked <= {"kms:Decrypt", "kms:GenerateDataKey", *SIGNS.get(name, ())}, name


SIGNS = {"AuditFunction": {"kms:Sign", "kms:GetPublicKey"}}
"""Who may sign, and with the root key alone."""


def test_roots_are_signed_by_the_audit_alone(resources: Json) -> None:
    for name, _, statements in functions(resources):
        with_the_key = {
            each
            for one in statements
            if target(one["Resource"]) == "RootKey"
            for each in actions(one)
        }
        assert with_the_key == SIGNS.get(name, set()), name
        role = resources[resources[name]["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
        marked = {"Key": "coverwright:root-key", "Value": {"Ref": "AWS::StackName"}}
        assert (marked in role["Tags"]) is (name in SIGNS), name

    _, used, _ = dict(key_policies(resources))["RootKey"]
    assert actions(used) == ["kms:Sign"]
    assert used["Condition"]["StringEquals"] == {
        "aws:PrincipalTag/coverwright:root-key": {"Ref": "AWS::StackName"},
        "kms:SigningAlgorithm": "ECDSA_SHA_256",
    }
    of_the_stack = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${AWS::StackName}-*"
    assert used["Condition"]["ArnLike"] == {"aws:PrincipalArn": {"Fn::Sub": of_the_stack}}
