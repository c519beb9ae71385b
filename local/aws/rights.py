"""What each function may do: the statements that template.yaml gives it, judged as IAM judges them.

A function signs its calls with an access key of its own, which is its name here. Any other caller is a
person at this machine, or the stack itself, and may do everything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Self

from local.aws.cloudformation import TemplateError
from local.aws.gateway.policy import like, many
from local.aws.template import Template

type Json = dict[str, Any]
type Context = Mapping[str, Sequence[str]]
"""Condition keys of a request, with their values."""

LEADING_KEYS = "dynamodb:LeadingKeys"
ENCLOSING_OPERATION = "dynamodb:EnclosingOperation"
NAMED_MAX = 4096
"""Actions on resources of which it is remembered who may do them: objects of buckets have no end."""
_CREDENTIAL = re.compile(r"Credential=([^/]+)/")
_EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")


class Call(NamedTuple):
    """One action on one resource, as IAM is asked about it."""

    action: str
    resource: str
    context: Context


class NotAllowed(Exception):
    """No statement of the caller allows the call."""

    def __init__(self, principal: str, call: Call) -> None:
        super().__init__(
            f"User: {principal} is not authorized to perform: {call.action} on resource: {call.resource}"
            f" because no identity-based policy allows the {call.action} action"
        )
        self.principal, self.call = principal, call


class Rights:
    """The rights of every function of the stack."""

    def __init__(
        self, statements: Mapping[str, Sequence[Json]], tables: Mapping[str, TableKeys]
    ) -> None:
        self._statements = statements
        self._naming = lru_cache(NAMED_MAX)(self._find)
        self.tables = tables

    @classmethod
    def of(cls, template: Template) -> Self:
        """Those that the template gives."""
        return cls(
            {each.name: each.statements for each in template.functions.values()},
            {
                table.name: TableKeys(
                    table.arn,
                    _partition(table.properties),
                    {
                        index["IndexName"]: _partition(index)
                        for index in table.properties.get("GlobalSecondaryIndexes", ())
                    },
                )
                for table in template.of_type("AWS::DynamoDB::Table")
            },
        )

    def check(self, principal: str, *calls: Call) -> None:
        """Let everything pass that the principal may do.

        Raises:
            NotAllowed: One of the calls is not the function's to make.
        """
        if principal not in self._statements:
            return
        for call in calls:
            naming = self._naming(principal, call.action, call.resource)
            said = {each["Effect"] for each in naming if _is_met(each, call.context)}
            if said != {"Allow"}:
                raise NotAllowed(principal, call)

    def _find(self, principal: str, action: str, resource: str) -> list[Json]:
        """The principal's statements that name this action and this resource: of tens, one or two."""
        return [each for each in self._statements[principal] if _names(each, action, resource)]

    def dynamodb(self, principal: str, operation: str, request: Json) -> None:
        """Check a request to DynamoDB, by its operation's name.

        Raises:
            NotAllowed: It is not the function's to make.
        """
        if principal in self._statements:
            self.check(principal, *self.dynamodb_calls(operation, request))

    def dynamodb_calls(self, operation: str, request: Json) -> Iterator[Call]:
        """What IAM is asked about a request: for a transaction or a batch, more than one thing."""
        return _dynamodb_calls(operation, request, self.tables)


class TableKeys(NamedTuple):
    """A table, and what its items and those of its indexes are parted by."""

    arn: str
    partition: str
    indexes: Mapping[str, str]


def principal_of(headers: Mapping[str, str]) -> str:
    """Who signed a request; nobody where it is not signed by its headers."""
    found = _CREDENTIAL.search(headers.get("authorization", ""))
    return found[1] if found else ""


# -- requests ------------------------------------------------------------------------------------


def _dynamodb_calls(
    operation: str, request: Json, tables: Mapping[str, TableKeys]
) -> Iterator[Call]:
    match operation:
        case "TransactWriteItems":
            for entry in request["TransactItems"]:
                [(kind, write)] = entry.items()
                key = _key_of(write, tables)
                enclosing = {ENCLOSING_OPERATION: [operation]}
                yield _on_table(_UNDERLYING[kind], write["TableName"], [key], tables, enclosing)
        case "BatchGetItem":
            for name, wanted in request["RequestItems"].items():
                keys = [_text(key[tables[name].partition]) for key in wanted["Keys"]]
                yield _on_table(operation, name, keys, tables)
        case "BatchWriteItem":
            for name, writes in request["RequestItems"].items():
                keys = [_text(_place(each)[tables[name].partition]) for each in writes]
                yield _on_table(operation, name, keys, tables)
        case "Query" if "IndexName" in request:
            table, index = tables[request["TableName"]], request["IndexName"]
            keys = _queried(request, table.indexes[index])
            yield Call("dynamodb:Query", f"{table.arn}/index/{index}", {LEADING_KEYS: keys})
        case "Query":
            name = request["TableName"]
            keys = _queried(request, tables[name].partition)
            yield _on_table(operation, name, keys, tables)
        case "GetItem" | "PutItem" | "UpdateItem" | "DeleteItem":
            key = _key_of(request, tables)
            yield _on_table(operation, request["TableName"], [key], tables)
        case _:
            yield Call(f"dynamodb:{operation}", tables[request["TableName"]].arn, {})


_UNDERLYING = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
"""The action by which IAM judges each write of a transaction."""


def _on_table(
    action: str,
    name: str,
    keys: Sequence[str],
    tables: Mapping[str, TableKeys],
    context: Context | None = None,
) -> Call:
    return Call(f"dynamodb:{action}", tables[name].arn, {LEADING_KEYS: keys, **(context or {})})


def _key_of(request: Json, tables: Mapping[str, TableKeys]) -> str:
    place = request.get("Item") or request["Key"]
    return _text(place[tables[request["TableName"]].partition])


def _place(write: Json) -> Json:
    """The item, or the key, of one write of a batch."""
    [said] = write.values()
    place: Json = said.get("Item") or said["Key"]
    return place


def _queried(request: Json, partition: str) -> list[str]:
    """The partition that a query is about."""
    names = request.get("ExpressionAttributeNames", {})
    values = request["ExpressionAttributeValues"]
    return [
        _text(values[value])
        for name, value in _EQUALS.findall(request["KeyConditionExpression"])
        if names.get(name, name) == partition
    ]


def _text(value: Json) -> str:
    [text] = value.values()
    return str(text)


def _partition(schema: Json) -> str:
    [name] = [each["AttributeName"] for each in schema["KeySchema"] if each["KeyType"] == "HASH"]
    return str(name)


# -- statements ----------------------------------------------------------------------------------


def _names(statement: Json, action: str, resource: str) -> bool:
    """Whether it allows the action on the resource, or denies it: what one statement denies no other allows."""
    others = "NotResource" in statement
    named = many(statement["NotResource" if others else "Resource"])
    return any(like(each.lower(), action.lower()) for each in many(statement["Action"])) and (
        any(like(pattern, resource) for pattern in named) is not others
    )


def _is_met(statement: Json, context: Context) -> bool:
    """Whether what it says of a call's context is so."""
    return all(
        _holds(operator, wanted, context.get(key))
        for operator, keys in statement.get("Condition", {}).items()
        for key, wanted in keys.items()
    )


def _equal(pattern: str, value: str) -> bool:
    return pattern == value


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringLike": like,
}


def _holds(operator: str, wanted: str | list[str], values: Sequence[str] | None) -> bool:
    if operator == "Null":
        return (wanted == "true") is not bool(values)
    quantity, _, name = operator.rpartition(":")
    if name not in _OPERATORS or quantity not in {"", "ForAllValues", "ForAnyValue"}:
        raise TemplateError(f"{operator} is not known to the local stack")
    matched = (
        any(_OPERATORS[name](pattern, value) for pattern in many(wanted)) for value in values or ()
    )
    if quantity == "ForAllValues":
        return all(matched)  # of none, too: so it is on AWS
    return any(matched)
