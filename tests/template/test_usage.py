"""Every line of the gateway's access log gets to the meter, and what does not rings."""

import json
from typing import Any

from insurance.metrics import Metric

from tests.support.access_log import line
from tests.support.transformed import of_type

type Json = dict[str, Any]


def test_the_whole_access_log_is_delivered_to_the_function(resources: Json) -> None:
    delivery = resources["ApiAccessLogDelivery"]
    [stage] = of_type(resources, "AWS::ApiGateway::Stage").values()

    assert delivery["Properties"] == {
        "LogGroupName": {"Ref": "ApiAccessLogGroup"},
        "FilterPattern": "",
        "DestinationArn": {"Ref": "UsageFunctionAliaslive"},
    }
    destination = stage["Properties"]["AccessLogSetting"]["DestinationArn"]
    assert destination == {"Fn::GetAtt": ["ApiAccessLogGroup", "Arn"]}
    # CloudWatch tries the destination when the filter is made.
    assert delivery["DependsOn"] == "UsageDeliveryPermission"


def test_this_log_group_alone_may_deliver(resources: Json) -> None:
    assert resources["UsageDeliveryPermission"]["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "UsageFunctionAliaslive"},
        "Principal": "logs.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
        "SourceArn": {"Fn::GetAtt": ["ApiAccessLogGroup", "Arn"]},
    }


def test_a_delivery_ends_long_before_its_month_is_called_final(written: Json) -> None:
    function = written["Resources"]["UsageFunction"]["Properties"]

    assert function.get("Timeout", written["Globals"]["Function"]["Timeout"]) <= 60


def test_a_delivery_that_fails_to_the_end_waits_for_a_person(resources: Json) -> None:
    function = resources["UsageFunction"]["Properties"]

    assert function["DeadLetterConfig"]["TargetArn"] == {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}


def test_lines_that_are_set_aside_or_not_delivered_ring(resources: Json) -> None:
    alarm = resources["LinesNotCountedAlarm"]["Properties"]
    asked = {
        (each["MetricStat"]["Metric"]["Namespace"], each["MetricStat"]["Metric"]["MetricName"])
        for each in alarm["Metrics"]
        if "MetricStat" in each
    }

    assert asked == {("Coverwright", Metric.CALLS_SET_ASIDE.value), ("AWS/Logs", "DeliveryErrors")}


def test_the_line_has_what_is_counted_and_its_own_id(resources: Json) -> None:
    """`$context.requestId` may be the caller's own; the extended one never is."""
    [stage] = of_type(resources, "AWS::ApiGateway::Stage").values()
    written = json.loads(stage["Properties"]["AccessLogSetting"]["Format"])

    assert line("c1").keys() == written.keys()
    assert written["call_id"] == "$context.extendedRequestId"
    assert written["application"] == "$context.authorizer.application"


def test_what_a_caller_may_choose_stands_last_in_the_line(resources: Json) -> None:
    """So it breaks nothing that is counted; a subject and a kind are the user pool's and ours."""
    [stage] = of_type(resources, "AWS::ApiGateway::Stage").values()
    written = json.loads(stage["Properties"]["AccessLogSetting"]["Format"])

    assert list(written)[-4:] == ["resource", "principal", "request_id", "trace_id"]
