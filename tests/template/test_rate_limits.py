"""What answers say of usage plans is what the template makes, on the operations that plans count."""

from typing import Any

from insurance.api.rate_limits import LIMIT, POLICY
from insurance.domain.partner.plans import PLANS

from local.aws.template import Template
from local.settings import ROOT

type Json = dict[str, Any]


def test_the_plans_are_those_of_the_template():
    template = Template(ROOT / "template.yaml")
    plans = {
        plan.properties["UsagePlanName"].rpartition("-")[2]: plan.logical_id
        for plan in template.of_type("AWS::ApiGateway::UsagePlan")
    }

    assert plans.keys() == PLANS.keys()
    for name, logical_id in plans.items():
        written = template.document["Resources"][logical_id]["Properties"]
        plan = PLANS[name]
        assert written["Throttle"] == {"RateLimit": plan.per_second, "BurstLimit": plan.burst}
        assert written["Quota"] == {"Limit": plan.per_day, "Period": "DAY"}
        [stage] = written["ApiStages"]
        own = {path: limits["RateLimit"] for path, limits in stage.get("Throttle", {}).items()}
        issuing = plan.issues_per_second
        assert own == ({"/v1/policies/POST": issuing} if issuing else {})


def test_the_definition_has_the_header_where_a_plan_counts(
    operations: list[tuple[str, Json]], deployed_operations: list[tuple[str, Json]]
):
    counted = {
        name
        for name, operation in deployed_operations
        if any("api_key" in each for each in operation["security"])
    }

    told = {
        name
        for name, operation in operations
        for status, answer in operation["responses"].items()
        if POLICY in answer.get("headers", {})
        if status < "300"
    }
    assert told == counted
    assert 0 < len(told) < len(operations)


def test_the_definition_says_what_is_left_where_applications_are_counted(
    operations: list[tuple[str, Json]],
):
    counted = {name for name, each in operations if "application" in each["x-coverwright-callers"]}
    told = {
        name
        for name, operation in operations
        for status, answer in operation["responses"].items()
        if LIMIT in answer.get("headers", {})
        if status < "300"
    }

    assert told == counted
    assert 0 < len(told) < len(operations)


def test_a_quota_is_no_promise_that_the_day_does_not_let_through():
    """What a month has is less than thirty times what a day lets through, and more than one."""
    for name, plan in PLANS.items():
        if plan.per_month is not None:
            assert plan.per_day < plan.per_month < 30 * plan.per_day, name
