"""The statements of functions, as the transformed template has them."""

import re
from collections.abc import Iterator
from typing import Any

type Json = dict[str, Any]

INDEX = re.compile(r"\$\{(?P<table>\w+)\.Arn\}/index/\w+")


def functions(resources: Json) -> Iterator[tuple[str, Json, list[Json]]]:
    """Each function's name, variables and statements."""
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Lambda::Function":
            role = resources[resource["Properties"]["Role"]["Fn::GetAtt"][0]]["Properties"]
            statements = [
                statement
                for policy in role["Policies"]
                for statement in policy["PolicyDocument"]["Statement"]
            ]
            yield name, resource["Properties"]["Environment"]["Variables"], statements


def actions(statement: Json) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


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
    found = re.fullmatch(r"\$\{(\w+Bucket)\.Arn\}/(?:[a-z]+/)?\*", str(resource.get("Fn::Sub", "")))
    return {"Fn::GetAtt": [found[1], "Objects"]} if found else resource
