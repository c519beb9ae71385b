"""The statements of functions, as the transformed template has them."""

import re
from collections.abc import Iterator
from typing import Any

type Json = dict[str, Any]

INDEX = re.compile(r"\$\{(?P<table>\w+)\.Arn\}/index/\w+")


def functions(resources: Json) -> Iterator[tuple[str, Json, list[Json]]]:
    """Each function's name, variables, and what it is allowed: a statement for each resource."""
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Lambda::Function":
            statements = [
                {**statement, "Resource": each}
                for statement in role_of(resource, resources)
                if statement["Effect"] == "Allow"
                for each in as_list(statement["Resource"])
            ]
            yield name, resource["Properties"]["Environment"]["Variables"], statements


def role_of(function: Json, resources: Json) -> list[Json]:
    """Every statement of a function's role, as it is written."""
    role = resources[function["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
    shared = [
        resources[arn["Ref"]]["Properties"]
        for arn in role["ManagedPolicyArns"]
        if isinstance(arn, dict)
    ]
    return [
        statement
        for policy in (*role["Policies"], *shared)
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def as_list(value: Any) -> list[Any]:
    """One or more of what a statement may say once or as a list."""
    return value if isinstance(value, list) else [value]


def actions(statement: Json) -> list[str]:
    return as_list(statement["Action"])


def target(value: Any) -> str:
    """The logical id that a variable or a statement speaks of; an index belongs to its table."""
    if isinstance(value, dict):
        index = INDEX.fullmatch(str(value.get("Fn::Sub", "")))
        if index is not None:
            return index["table"]
        reference = value.get("Ref") or value.get("Fn::GetAtt", [""])[0]
        return str(reference)
    return str(value)


def objects_of(resource: Any) -> Any:
    """`${FilesBucket.Arn}/*` is the objects of one bucket, which have no other name; or some of them."""
    found = re.fullmatch(r"\$\{(\w+Bucket)\.Arn\}/(?:[a-z]+/)*\*", str(resource.get("Fn::Sub", "")))
    return {"Fn::GetAtt": [found[1], "Objects"]} if found else resource
