"""template.yaml is read as CloudFormation and SAM read it."""

from pathlib import Path

import pytest

from local.aws.cloudformation import TemplateError
from local.aws.template import Template
from local.settings import ROOT
from tests.local.conftest import FIXTURE

ISSUER = "http://127.0.0.1:8081"


@pytest.fixture
def template() -> Template:
    return Template(FIXTURE / "template.yaml", issuer_url=ISSUER, services_url=ISSUER)


def written(folder: Path, text: str) -> Template:
    path = folder / "template.yaml"
    path.write_text(text)
    return Template(path)


def test_a_functions_environment_is_its_own_and_the_globals(template: Template) -> None:
    echo = template.functions["EchoFunction"]

    assert echo.environment == {
        "SHARED": "from globals",
        "EVENTS_TABLE": "coverwright-local-EventsTable",
        "EVENT_BUS": "coverwright-local-events",
    }
    assert (echo.timeout_seconds, echo.handler) == (50, "app.handler")
    assert template.functions["ListenerFunction"].timeout_seconds == 60


def test_the_user_pools_address_is_the_local_issuer(template: Template) -> None:
    environment = template.functions["AuthorizerFunction"].environment

    assert environment["TRUSTED_ISSUERS"] == ISSUER


def test_tables_are_created_as_declared(template: Template) -> None:
    tables = {table["TableName"]: table for table in template.tables()}

    events = tables["coverwright-local-EventsTable"]
    assert events["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    assert events["BillingMode"] == "PAY_PER_REQUEST"


def test_a_stream_is_paired_with_its_function_and_its_failure_queue(template: Template) -> None:
    [source] = template.functions["ListenerFunction"].stream_sources

    assert source.table == "coverwright-local-EventsTable"
    assert (source.batch_size, source.retries, source.bisect) == (10, 1, True)
    assert source.on_failure == template.resources["FailureQueue"].arn


def test_the_included_definition_is_resolved(template: Template) -> None:
    operation = template.definition()["paths"]["/v1/open"]["get"]

    uri = operation["x-amazon-apigateway-integration"]["uri"]
    assert uri.endswith(":function:coverwright-local-EchoFunction:live/invocations")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Resources: {A: {Type: T, Properties: {b: !Ref Missing}}}", "Missing"),
        ("Resources: {A: {Type: T, Properties: {b: !GetAtt Missing.Arn}}}", "Missing"),
        ('Resources: {A: {Type: T, Properties: {b: !Base64 ""}}}', "Fn::Base64"),
        (
            "Parameters: {P: {Type: String}}\nResources: {A: {Type: T, Properties: {b: !Ref P}}}",
            "P",
        ),
        ("Resources: [", "YAML"),
    ],
)
def test_what_it_does_not_know_it_says(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(TemplateError, match=complaint):
        _ = written(tmp_path, text).resources


def test_conditions_leave_resources_out(tmp_path: Path) -> None:
    template = written(
        tmp_path,
        """
        Parameters: {Stage: {Type: String, Default: dev}}
        Conditions:
          IsProd: !Equals [!Ref Stage, prod]
          IsOther: !And [!Not [!Condition IsProd], !Equals [a, a]]
        Resources:
          A: {Type: "X::Y", Condition: IsProd}
          B: {Type: "X::Y", Condition: IsOther, Properties: {v: !If [IsProd, 1, !Ref AWS::NoValue]}}
        """,
    )

    assert {name: each.properties for name, each in template.resources.items()} == {"B": {}}


def test_the_real_template_is_understood_whole() -> None:
    template = Template(ROOT / "template.yaml", issuer_url=ISSUER, services_url=ISSUER)

    assert template.resources
    assert all(function.layers for function in template.functions.values())
    assert template.definition()["paths"]
