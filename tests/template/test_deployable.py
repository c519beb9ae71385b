"""The stack can be created in an ordinary account, and a first deployment that fails leaves nothing behind."""

import json
import math
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws.template import Template
from tests.template.conftest import ROOT

type Json = dict[str, Any]
type Transform = Callable[[str], Json]

ACCOUNT_CONCURRENCY = 1000
UNRESERVED_AT_LEAST = 100
API_RESOURCES_AT_MOST = 280  # AWS's limit is 300
DEFINITION_BYTES_AN_OPERATION = 1_400
TEMPLATE_BYTES_AT_MOST = 600_000  # CloudFormation's limit is 1,000,000
ROLE_POLICY_BYTES_AT_MOST = 10_240
FUNCTION_POLICY_BYTES_AT_MOST = 20_480

OWN = {
    "DocsUrl": "https://site.harbour.example/docs",
    "PortalUrl": "https://developers.harbour.example/",
    "SiteCertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/1",
    "Stage": "prod",
    "Carrier": "Merton Mutual plc",
    "DebtorIban": "GB33BUKB20201555555555",
    "DebtorBic": "BUKBGB22",
    "StaffPortalUrl": "https://staff.merton.example/in",
    "AlarmEmail": "alarms@merton.example",
    "RootLock": "COMPLIANCE",
}


def configurations() -> Iterator[tuple[str, dict[str, str]]]:
    """The parameters of each configuration in samconfig.toml."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))
    for name, commands in config.items():
        if name != "version":
            text = commands["deploy"]["parameters"]["parameter_overrides"]
            yield name, dict(one.split("=", 1) for one in shlex.split(text))


def template(parameters: dict[str, str]) -> Template:
    return Template(ROOT / "template.yaml", overrides=parameters)


def reserved(parameters: dict[str, str]) -> dict[str, int]:
    """Concurrency by function's folder."""
    return {
        one.properties["CodeUri"].removeprefix("functions/"): int(
            one.properties["ReservedConcurrentExecutions"]
        )
        for one in template(parameters).of_type("AWS::Serverless::Function")
    }


@pytest.mark.parametrize(("name", "parameters"), list(configurations()))
def test_reserved_concurrency_leaves_the_account_what_aws_keeps(
    name: str, parameters: dict[str, str]
) -> None:
    assert sum(reserved(parameters).values()) <= ACCOUNT_CONCURRENCY - UNRESERVED_AT_LEAST


def test_each_function_reserves_its_own_row_of_the_mapping(written: Json) -> None:
    for name, one in written["Resources"].items():
        if one["Type"] == "AWS::Serverless::Function":
            asked = one["Properties"]["ReservedConcurrentExecutions"]
            row = name.removesuffix("Function")
            assert asked == {"Fn::FindInMap": ["Concurrency", row, {"Ref": "Load"}]}, name
            assert row in written["Mappings"]["Concurrency"]
    functions = [
        o for o in written["Resources"].values() if o["Type"] == "AWS::Serverless::Function"
    ]
    assert len(written["Mappings"]["Concurrency"]) == len(functions)


def test_the_standard_load_fits_twice_into_what_is_reserved() -> None:
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    rows = re.findall(r"^\| (\w+) \| ([\d.]+) \| ([\d.]+) \| (\d+) \|$", text, re.MULTILINE)
    stated = {name: int(amount) for name, _, _, amount in rows}

    assert stated == reserved({"Load": "standard"})
    for name, calls, seconds, amount in rows:
        assert int(amount) >= math.ceil(2 * float(calls) * float(seconds)), name


def test_production_is_refused_while_it_names_the_examples() -> None:
    told = template({"Stage": "prod"}).broken_rules()

    assert len(told) == 7
    assert any("IBAN registry" in one for one in told)


@pytest.mark.parametrize("name", sorted(OWN.keys() - {"Stage"}))
def test_production_is_refused_for_each_example_left(name: str) -> None:
    parameters = {key: value for key, value in OWN.items() if key != name}

    assert len(template(parameters).broken_rules()) == 1


def test_production_with_its_own_names_and_other_stages_are_accepted() -> None:
    assert template(OWN).broken_rules() == []
    assert template({"Stage": "dev"}).broken_rules() == []


def test_a_failed_first_deployment_leaves_nothing_behind(written: Json) -> None:
    kept = {
        name: one["DeletionPolicy"]
        for name, one in written["Resources"].items()
        if one.get("DeletionPolicy", "Delete") != "Delete"
    }
    first = template({"ProtectTables": "false"})

    assert kept
    assert set(kept.values()) == {"RetainExceptOnCreate"}
    for table in first.of_type("AWS::DynamoDB::Table"):
        assert table.properties.get("DeletionProtectionEnabled", "false") == "false"
    for pool in first.of_type("AWS::Cognito::UserPool"):
        assert pool.properties["DeletionProtection"] == "INACTIVE"


def test_every_segment_of_a_path_is_a_resource_of_the_api_and_they_fit(definition: Json) -> None:
    nodes = {
        tuple(path.strip("/").split("/")[: depth + 1])
        for path in definition["paths"]
        for depth in range(path.strip("/").count("/") + 1)
    }

    assert len(nodes) + 1 <= API_RESOURCES_AT_MOST  # and the root


def test_the_template_has_room_for_as_much_again(resources: Json, transform: Transform) -> None:
    """As it is sent: `tools.build` writes no blanks."""
    definition = resources["Api"]["Properties"]["Body"]
    operations = sum(len(item) - 1 for item in definition["paths"].values())  # less the 405

    assert compact(definition) / operations <= DEFINITION_BYTES_AN_OPERATION
    assert compact(transform("s3://artefacts/layer")) <= TEMPLATE_BYTES_AT_MOST


def compact(document: Json) -> int:
    return len(json.dumps(document, separators=(",", ":")))


def test_policies_are_within_the_limits_of_iam_and_lambda(resources: Json) -> None:
    for name, one in resources.items():
        if one["Type"] == "AWS::IAM::Role":
            policies = json.dumps(one["Properties"].get("Policies", []), separators=(",", ":"))
            assert len(policies) < ROLE_POLICY_BYTES_AT_MOST, name
    permissions: dict[str, int] = {}
    for one in resources.values():
        if one["Type"] == "AWS::Lambda::Permission":
            target = json.dumps(one["Properties"]["FunctionName"])
            permissions[target] = permissions.get(target, 0) + len(json.dumps(one["Properties"]))
    assert max(permissions.values()) < FUNCTION_POLICY_BYTES_AT_MOST
