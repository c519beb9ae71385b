"""Records of who called what, about whose data, get out of every function and stay as they are."""

import json
import re
from typing import Any

from insurance.api.access_record import FIELD

from tests.support.statements import actions, functions
from tests.support.transformed import aliases_of_integrations, of_type

type Json = dict[str, Any]


def test_the_records_of_every_function_behind_the_api_are_forwarded(resources: Json):
    called = aliases_of_integrations(resources)
    functions = {resources[alias]["Properties"]["FunctionName"]["Ref"] for alias in called}
    groups = {
        resources[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for name in functions
    }

    filters = [
        one
        for one in of_type(resources, "AWS::Logs::SubscriptionFilter").values()
        if "RoleArn" in one["Properties"]  # a function is called without one
    ]

    assert {each["Properties"]["LogGroupName"]["Ref"] for each in filters} == groups
    for each in filters:
        assert each["Properties"]["FilterPattern"] == f'{{ $.{FIELD}.operation = "*" }}'
        assert each["Properties"]["DestinationArn"]["Fn::GetAtt"] == ["AccessRecordStream", "Arn"]


def test_a_record_is_locked_for_as_long_as_it_is_kept(resources: Json):
    bucket = resources["AccessRecordBucket"]["Properties"]

    locked = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    [kept] = bucket["LifecycleConfiguration"]["Rules"]

    assert locked["Days"] == kept["ExpirationInDays"] == {"Ref": "AccessRecordDays"}


def test_the_gateway_names_staff_too(resources: Json):
    """Cognito's authorizer gives claims, ours a context: a caller has one of the two."""
    [stage] = of_type(resources, "AWS::ApiGateway::Stage").values()
    line = json.loads(stage["Properties"]["AccessLogSetting"]["Format"])

    assert line["subject"] == "$context.authorizer.claims.sub"
    assert line["principal"] == "$context.authorizer.principal"
    assert not re.search(
        r"\$context\.path\b", json.dumps(line)
    )  # it holds what callers write there


def test_whatever_changes_who_may_sign_in_is_administrative_use(resources: Json):
    """Every right on a pool that a function has and that changes it is of a kind that the rule tells of."""
    rule = resources["AdministrativeUse"]["Properties"]["EventPattern"]["detail"]["$or"]
    [told] = [one["eventName"] for one in rule if "cognito-idp.amazonaws.com" in one["eventSource"]]
    rights = {
        action.partition(":")[2]
        for _, _, statements in functions(resources)
        for statement in statements
        for action in actions(statement)
        if action.startswith("cognito-idp:")
    }

    changing = {each for each in rights if not each.startswith(("List", "Get", "Describe"))}
    assert "AddUserPoolClientSecret" in changing
    assert [
        each for each in changing if not each.startswith(tuple(p["prefix"] for p in told))
    ] == []


def test_administrative_use_is_kept_with_the_records_and_rings(resources: Json):
    rule = resources["AdministrativeUse"]["Properties"]
    detail = rule["EventPattern"]["detail"]

    [target] = rule["Targets"]
    assert target["Arn"]["Fn::GetAtt"] == ["AccessRecordStream", "Arn"]
    assert detail["userIdentity"] == {"invokedBy": [{"exists": False}]}  # not by CloudFormation
    services = {one["eventSource"][0].partition(".")[0] for one in detail["$or"]}
    assert services == {"cognito-idp", "kms", "dynamodb", "s3", "lambda", "logs", "events"}
    [alarm] = [
        one["Properties"]
        for one in of_type(resources, "AWS::CloudWatch::Alarm").values()
        if one["Properties"].get("Dimensions", [{}])[0].get("Value") == {"Ref": "AdministrativeUse"}
    ]
    assert (alarm["MetricName"], alarm["AlarmActions"]) == (
        "TriggeredRules",
        [{"Ref": "AlarmTopic"}],
    )
    [statement] = resources["AdministrativeUseForwarder"]["Properties"]["Policies"][0][
        "PolicyDocument"
    ]["Statement"]
    assert statement["Action"] == ["firehose:PutRecord", "firehose:PutRecordBatch"]
