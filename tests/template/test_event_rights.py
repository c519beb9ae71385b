"""Each function appends events to streams of its own, in a transaction; nobody changes or removes one."""

from typing import Any

import pytest

from local.aws.rights import NotAllowed, Rights
from tests.support.engine import template
from tests.support.security_page import rows
from tests.support.statements import actions, functions, target

type Json = dict[str, Any]

APPENDS = "dynamodb:PutItem"
READS = {"dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:Query"}


def written() -> dict[str, set[str]]:
    """The streams of each function, by the table of docs/security.md."""
    return {folder: set(cells[0].split(", ")) for folder, cells in rows("Events")}


def granted(resources: Json) -> dict[str, set[str]]:
    """The streams that each function may append to, and how."""
    found: dict[str, set[str]] = {}
    for name, variables, statements in functions(resources):
        for statement in statements:
            if target(statement["Resource"]) != "EventsTable" or APPENDS not in actions(statement):
                continue
            assert actions(statement) == [APPENDS], name
            conditions = dict(statement["Condition"])
            prefixes = conditions.pop("ForAllValues:StringLike")["dynamodb:LeadingKeys"]
            assert conditions == {
                "ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": ["TransactWriteItems"]},
                "Null": {"dynamodb:LeadingKeys": "false"},
            }, name
            assert all(each.endswith("_*") for each in prefixes), name
            found[variables["POWERTOOLS_SERVICE_NAME"]] = {each[:-2] for each in prefixes}
    return found


def test_each_function_may_append_to_the_streams_of_the_table_and_no_others(
    resources: Json,
) -> None:
    table = written()

    assert granted(resources) == table
    assert all(len(cells[1]) > 10 for _, cells in rows("Events"))


def test_nobody_may_change_or_remove_an_event(resources: Json) -> None:
    for name, _, statements in functions(resources):
        on_events = {
            action
            for statement in statements
            if target(statement["Resource"]) == "EventsTable"
            and statement["Resource"].get("Fn::GetAtt", ["", ""])[1] == "Arn"
            for action in actions(statement)
        }
        assert on_events <= {APPENDS, *READS}, name


def put(stream: str, number: str = "1") -> Json:
    table = template().resources["EventsTable"].name
    return {"TableName": table, "Item": {"stream": {"S": stream}, "sequence": {"N": number}}}


@pytest.mark.parametrize(
    "function", template().functions.values(), ids=lambda each: each.folder.name
)
def test_what_is_held_on_this_machine_is_what_the_table_says(function: Any) -> None:
    rights, own = Rights.of(template()), written().get(function.folder.name, set())

    def may(operation: str, request: Json) -> bool:
        try:
            rights.dynamodb(function.name, operation, request)
        except NotAllowed:
            return False
        return True

    for prefix in set().union(*written().values()):
        for stream in (f"{prefix}_0123", f"{prefix}_test_0123"):
            assert may("TransactWriteItems", {"TransactItems": [{"Put": put(stream)}]}) == (
                prefix in own
            ), stream
            assert not may("PutItem", put(stream)), stream
            key = {"TableName": put(stream)["TableName"], "Key": put(stream)["Item"]}
            for change in ("UpdateItem", "DeleteItem"):
                assert not may(change, key), stream
            for change in ("Update", "Delete"):
                assert not may("TransactWriteItems", {"TransactItems": [{change: key}]}), stream
