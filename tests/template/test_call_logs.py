"""A replay sees the calls of every function that access policies narrow, and the log of no other."""

import re
from typing import Any

from tests.support.statements import functions

type Json = dict[str, Any]


def test_the_calls_of_every_function_that_policies_narrow_are_looked_through(
    resources: Json,
) -> None:
    asking = {
        name
        for name, _, statements in functions(resources)
        for each in statements
        if name != "ControlsFunction"
        and "dynamodb:GetItem" in each["Action"]
        and each["Resource"] == {"Fn::GetAtt": ["ControlsTable", "Arn"]}
    }
    groups = {resources[name]["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] for name in asking}
    variables = resources["ControlsFunction"]["Properties"]["Environment"]["Variables"]

    assert set(re.findall(r"\$\{(\w+)\}", variables["CALL_LOGS"]["Fn::Sub"])) == groups
    assert len(groups) <= 50  # of one query


def test_one_function_alone_looks_through_logs_and_through_those_alone(resources: Json) -> None:
    may: dict[str, set[str]] = {}
    for name, variables, statements in functions(resources):
        for each in statements:
            if "logs:StartQuery" in each["Action"]:
                assert each["Action"] == ["logs:StartQuery", "logs:GetQueryResults"]
                may.setdefault(name, set()).add(each["Resource"]["Fn::GetAtt"][0])
                named = variables["CALL_LOGS"]["Fn::Sub"]

    assert may == {"ControlsFunction": set(re.findall(r"\$\{(\w+)\}", named))}
