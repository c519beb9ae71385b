"""Statements are judged as IAM judges them: what none allows is refused."""

from typing import Any

import pytest

from local.aws.cloudformation import TemplateError
from local.aws.rights import Call, NotAllowed, Rights, TableKeys

type Json = dict[str, Any]

EVENTS = "arn:aws:dynamodb:eu-west-2:1:table/events"
QUOTES = "arn:aws:dynamodb:eu-west-2:1:table/quotes"
TABLES = {
    "events": TableKeys(EVENTS, "stream", {}),
    "quotes": TableKeys(QUOTES, "id", {"party": "party"}),
}
ID = {"S": "quo_1"}


def rights(*statements: Json) -> Rights:
    return Rights({"quoting": [{"Effect": "Allow", **each} for each in statements]}, TABLES)


def statement(action: str | list[str], resource: str, condition: Json | None = None) -> Json:
    return {"Action": action, "Resource": resource, "Condition": condition or {}}


def put(table: str, **item: Json) -> Json:
    return {"Put": {"TableName": table, "Item": item}}


OF_QUOTES = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["quo_*"]}}
TOGETHER = {"ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": ["TransactWriteItems"]}}


@pytest.mark.parametrize(
    ("action", "resource", "operation", "request_"),
    [
        ("GetItem", QUOTES, "GetItem", {"TableName": "quotes", "Key": {"id": ID}}),
        ("PutItem", QUOTES, "PutItem", {"TableName": "quotes", "Item": {"id": ID}}),
        ("PutItem", QUOTES, "TransactWriteItems", {"TransactItems": [put("quotes", id=ID)]}),
        (
            "ConditionCheckItem",
            QUOTES,
            "TransactWriteItems",
            {"TransactItems": [{"ConditionCheck": {"TableName": "quotes", "Key": {"id": ID}}}]},
        ),
        (
            "BatchGetItem",
            QUOTES,
            "BatchGetItem",
            {"RequestItems": {"quotes": {"Keys": [{"id": ID}]}}},
        ),
        (
            "BatchWriteItem",
            QUOTES,
            "BatchWriteItem",
            {"RequestItems": {"quotes": [{"PutRequest": {"Item": {"id": ID}}}]}},
        ),
        (
            "Query",
            f"{QUOTES}/index/party",
            "Query",
            {
                "TableName": "quotes",
                "IndexName": "party",
                "KeyConditionExpression": "party = :party AND id > :after",
                "ExpressionAttributeValues": {":party": {"S": "pty_1"}, ":after": {"S": "!"}},
            },
        ),
        ("Scan", QUOTES, "Scan", {"TableName": "quotes"}),
    ],
)
def test_each_request_needs_its_own_action(
    action: str, resource: str, operation: str, request_: Json
):
    allowed = rights(statement(f"dynamodb:{action}", resource))
    allowed.dynamodb("quoting", operation, request_)

    others = ["GetItem", "PutItem", "ConditionCheckItem", "BatchGetItem", "Query", "Scan"]
    refusing = rights(
        statement([f"dynamodb:{each}" for each in others if each != action], resource),
        statement(f"dynamodb:{action}", EVENTS),
    )
    with pytest.raises(NotAllowed, match=f"not authorized to perform: dynamodb:{action}"):
        refusing.dynamodb("quoting", operation, request_)


def test_a_transaction_is_refused_for_one_write_that_is_not_allowed():
    held = rights(
        statement("dynamodb:PutItem", QUOTES), statement("dynamodb:PutItem", EVENTS, OF_QUOTES)
    )
    own = put("events", stream=ID, sequence={"N": "1"})
    of_another = put("events", stream={"S": "pol_1"}, sequence={"N": "1"})

    held.dynamodb("quoting", "TransactWriteItems", {"TransactItems": [put("quotes", id=ID), own]})
    with pytest.raises(NotAllowed):
        held.dynamodb("quoting", "TransactWriteItems", {"TransactItems": [own, of_another]})


def test_what_is_allowed_in_a_transaction_alone_is_refused_outside_of_one():
    held = rights(statement("dynamodb:PutItem", EVENTS, OF_QUOTES | TOGETHER))
    item = {"stream": ID, "sequence": {"N": "1"}}

    held.dynamodb("quoting", "TransactWriteItems", {"TransactItems": [put("events", **item)]})
    with pytest.raises(NotAllowed):
        held.dynamodb("quoting", "PutItem", {"TableName": "events", "Item": item})


def test_a_batch_is_refused_for_one_key_that_is_not_allowed():
    held = rights(statement("dynamodb:BatchGetItem", QUOTES, OF_QUOTES))
    keys = [{"id": ID}, {"id": {"S": "index_key_live"}}]

    held.dynamodb("quoting", "BatchGetItem", {"RequestItems": {"quotes": {"Keys": keys[:1]}}})
    with pytest.raises(NotAllowed):
        held.dynamodb("quoting", "BatchGetItem", {"RequestItems": {"quotes": {"Keys": keys}}})


def test_a_batch_of_writes_is_refused_for_one_key_that_is_not_allowed():
    held = rights(statement("dynamodb:BatchWriteItem", QUOTES, OF_QUOTES))
    own: Json = {"PutRequest": {"Item": {"id": ID}}}
    of_another: Json = {"DeleteRequest": {"Key": {"id": {"S": "index_key_live"}}}}

    held.dynamodb("quoting", "BatchWriteItem", {"RequestItems": {"quotes": [own]}})
    with pytest.raises(NotAllowed):
        held.dynamodb("quoting", "BatchWriteItem", {"RequestItems": {"quotes": [own, of_another]}})


@pytest.mark.parametrize("context", [{"purpose": ["index-key"]}, {}])
def test_a_key_of_another_purpose_is_not_opened(context: Json):
    named = {f"kms:EncryptionContext:{name}": value for name, value in context.items()}
    condition = {"StringEquals": {"kms:EncryptionContext:purpose": "party-key"}}
    held = rights(statement("kms:Decrypt", "key", condition))

    held.check(
        "quoting", Call("kms:Decrypt", "key", {"kms:EncryptionContext:purpose": ["party-key"]})
    )
    with pytest.raises(NotAllowed):
        held.check("quoting", Call("kms:Decrypt", "key", named))


def test_all_values_of_none_hold_unless_there_must_be_one():
    held = rights(statement("dynamodb:Scan", QUOTES, OF_QUOTES))
    held.dynamodb("quoting", "Scan", {"TableName": "quotes"})

    there = OF_QUOTES | {"Null": {"dynamodb:LeadingKeys": "false"}}
    with pytest.raises(NotAllowed):
        rights(statement("dynamodb:Scan", QUOTES, there)).dynamodb(
            "quoting", "Scan", {"TableName": "quotes"}
        )
    rights(statement("dynamodb:GetItem", QUOTES, there)).dynamodb(
        "quoting", "GetItem", {"TableName": "quotes", "Key": {"id": ID}}
    )


def test_a_condition_that_is_not_known_is_no_condition_that_holds():
    held = rights(statement("s3:GetObject", "*", {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))

    with pytest.raises(TemplateError, match="IpAddress"):
        held.check("quoting", Call("s3:GetObject", "x", {}))


def test_what_is_denied_is_denied_whatever_allows_it():
    own = {"Action": "logs:PutLogEvents", "NotResource": "own", "Effect": "Deny"}
    held = Rights(
        {"quoting": [{"Effect": "Allow", **statement("logs:PutLogEvents", "*")}, own]}, {}
    )

    held.check("quoting", Call("logs:PutLogEvents", "own", {}))
    with pytest.raises(NotAllowed):
        held.check("quoting", Call("logs:PutLogEvents", "another", {}))


def test_who_is_no_function_is_not_held_back():
    rights().check("a person", Call("dynamodb:DeleteItem", QUOTES, {}))
