"""What AWS accepts without a word and then does not do."""

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import yaml

from tests.support.engine import ROOT
from tests.support.transformed import alias_in, aliases_of_integrations, of_type

type Json = dict[str, Any]

RESOURCES_AT_MOST = 400  # CloudFormation stops at 500: bands become nested stacks before that
FUNCTION_POLICY_BYTES_AT_MOST = 20_480
TEMPLATE_BYTES_AT_MOST = 1_000_000


def test_a_change_of_the_layer_alone_publishes_every_function(
    transform: Callable[[str], Json],
) -> None:
    before = of_type(transform("s3://artefacts/layer")["Resources"], "AWS::Lambda::Version")
    after = of_type(transform("s3://artefacts/layer-2")["Resources"], "AWS::Lambda::Version")

    functions = of_type(transform("s3://artefacts/layer")["Resources"], "AWS::Lambda::Function")
    assert len(before) == len(after) == len(functions)
    assert not before.keys() & after.keys()


def test_the_same_layer_publishes_nothing_new(transform: Callable[[str], Json]) -> None:
    template = transform("s3://artefacts/layer")

    assert of_type(template["Resources"], "AWS::Lambda::Version").keys() == {
        alias["Properties"]["FunctionVersion"]["Fn::GetAtt"][0]
        for alias in of_type(template["Resources"], "AWS::Lambda::Alias").values()
    }


def test_each_integration_and_authorizer_may_call_its_alias(resources: Json) -> None:
    body = resources["Api"]["Properties"]["Body"]
    called = aliases_of_integrations(resources)
    for scheme in body["components"]["securitySchemes"].values():
        uri = scheme.get("x-amazon-apigateway-authorizer", {}).get("authorizerUri")
        if uri:
            called.add(alias_in(uri))

    permitted = [
        permission["Properties"]["FunctionName"]["Ref"]
        for permission in of_type(resources, "AWS::Lambda::Permission").values()
        if permission["Properties"]["Principal"] == "apigateway.amazonaws.com"
    ]

    assert called == set(permitted)
    assert len(permitted) == len(set(permitted))
    assert called <= of_type(resources, "AWS::Lambda::Alias").keys()


def test_no_name_stands_twice_in_the_template() -> None:
    """YAML's readers keep the last of two, so one resource would silently take another's place."""
    twice = []
    waiting = [yaml.compose((ROOT / "template.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            names = Counter(name.value for name, _ in node.value)
            twice += [name for name, times in names.items() if times > 1]
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value

    assert twice == []


def test_each_permission_names_this_api_only(resources: Json) -> None:
    for name, permission in of_type(resources, "AWS::Lambda::Permission").items():
        properties = permission["Properties"]
        if name == "UsageDeliveryPermission":
            continue  # tests/template/test_usage.py
        assert properties["Principal"] == "apigateway.amazonaws.com", name
        assert re.search(
            r":\$\{Api\}/(\$\{Stage\}|authorizers)/\*$", properties["SourceArn"]["Fn::Sub"]
        )


def test_the_register_sees_who_changes_events_for_as_long_as_the_stream_keeps_it(
    written: Json,
) -> None:
    source = written["Resources"]["EventRegisterSource"]["Properties"]

    assert "FilterCriteria" not in source
    assert "MaximumRecordAgeInSeconds" not in source
    assert source["MaximumRetryAttempts"] == -1


def test_whichever_function_sees_a_changed_event_wakes_somebody(written: Json) -> None:
    alarm = written["Resources"]["TamperedEventsAlarm"]["Properties"]

    [query] = alarm["Metrics"]
    assert query["Expression"] == 'SELECT SUM(EventsTampered) FROM SCHEMA("Coverwright", service)'


def test_function_policies_stay_under_their_limit(resources: Json) -> None:
    sizes: dict[str, int] = {}
    for permission in of_type(resources, "AWS::Lambda::Permission").values():
        function = permission["Properties"]["FunctionName"]["Ref"]
        # What Lambda adds around a statement is under 200 bytes; ARNs grow when filled in.
        sizes[function] = sizes.get(function, 0) + len(json.dumps(permission["Properties"])) + 400

    assert max(sizes.values()) < FUNCTION_POLICY_BYTES_AT_MOST


def test_usage_plans_bite_on_every_partner_operation(
    deployed_operations: list[tuple[str, Json]],
) -> None:
    for name, operation in deployed_operations:
        (requirement,) = operation["security"]
        if "partner" in requirement:
            assert requirement == {"partner": [], "api_key": []}, name
        else:
            # Staff must be able to act when the partners' path is down: no key, and a scope.
            assert requirement.keys() == {"staff"}, name
            assert all(scope.startswith("coverwright/") for scope in requirement["staff"]), name
            assert requirement["staff"], name


def test_every_scope_is_one_the_user_pool_knows(
    operations: list[tuple[str, Json]], written: Json
) -> None:
    known = {each["ScopeName"] for each in written["Resources"]["Scopes"]["Properties"]["Scopes"]}

    asked = {scope for _, operation in operations for scope in operation["x-coverwright-scopes"]}

    assert asked == known


def test_plans_throttle_operations_that_exist(written: Json, definition: Json) -> None:
    plans = of_type(written["Resources"], "AWS::ApiGateway::UsagePlan")

    assert len(plans) == 4
    for name, plan in plans.items():
        properties = plan["Properties"]
        assert properties["Throttle"]["RateLimit"], name
        assert properties["Quota"]["Limit"], name
        for stage in properties["ApiStages"]:
            for throttled in stage.get("Throttle", {}):
                path, _, method = throttled.rpartition("/")
                assert method.lower() in definition["paths"][path], (name, throttled)


def test_the_stack_stays_far_from_cloudformations_limits(
    transform: Callable[[str], Json],
) -> None:
    template = transform("s3://artefacts/layer")

    assert len(template["Resources"]) < RESOURCES_AT_MOST
    assert len(json.dumps(template)) < TEMPLATE_BYTES_AT_MOST
    assert len(template["Resources"]["Api"]["Properties"]["Body"]["paths"]) < 300


def test_bodies_are_never_traced_and_every_change_is_deployed(resources: Json) -> None:
    stage = resources["ApiStage"]["Properties"]

    (settings,) = stage["MethodSettings"]
    assert settings["DataTraceEnabled"] is False
    assert stage["TracingEnabled"] is True
    assert resources["Api"]["Properties"]["ApiKeySourceType"] == "AUTHORIZER"
