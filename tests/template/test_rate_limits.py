"""What answers say of usage plans is what the template makes, on the operations that plans count."""

from typing import Any

from insurance.api.rate_limits import PLANS, POLICY

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
        assert written["Throttle"]["RateLimit"] == plan.per_second
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
