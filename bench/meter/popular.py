"""The layout that most serverless samples have, through the same meter: one table, one item a thing, nested maps.

Powertools' idempotency utility in front of each command; a policy is a header, a version, the quote, an
invoice and an event; two indexes with every attribute projected, as "access patterns" are usually
served. What is stored says the same as ours.
"""

import json
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent_function,
)

from bench import machine, requests
from bench.meter.ours import Cost, primary_keys
from bench.meter.tally import Meter
from local.aws.cloudformation import REGION

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Json = dict[str, Any]

TABLE, IDEMPOTENCY = "insurance", "idempotency"


def measure(answers: dict[str, Json], lives: int = 8) -> list[Cost]:
    """Quote and issue. `answers` are ours: the business content is the same."""
    with machine.engine() as url:
        resource = boto3.resource(
            "dynamodb",
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id="bench",
            aws_secret_access_key="bench",  # noqa: S106 (any word will do here)
        )
        _make_tables(resource.meta.client)
        meter = Meter(primary_keys(url))
        idempotency = machine.client(url)
        meter.listen(resource.meta.client)
        meter.listen(idempotency)
        commands = _commands(resource, idempotency)
        costs = {name: Cost(name) for name in commands}
        for life in range(lives):
            for name, command in commands.items():
                body = _named(answers[name], f"life-{life}") | {"key": f"{name}-{life}"}
                with meter.measuring() as tally:
                    command(body=body)
                costs[name].add(tally)
                with meter.measuring() as again:
                    command(body=body)
                costs[name].replay_round_trips = again.round_trips
        return list(costs.values())


def _commands(resource: Any, idempotency: "DynamoDBClient") -> dict[str, Callable[..., Json]]:
    table = resource.Table(TABLE)
    store = DynamoDBPersistenceLayer(table_name=IDEMPOTENCY, boto3_client=idempotency)
    config = IdempotencyConfig(event_key_jmespath="key", raise_on_no_idempotency_key=True)
    config.register_lambda_context(
        SimpleNamespace(get_remaining_time_in_millis=lambda: 29_000)  # type: ignore[arg-type]
    )
    once: Any = partial(
        idempotent_function, data_keyword_argument="body", persistence_store=store, config=config
    )

    @once  # type: ignore[untyped-decorator]  # Powertools' own types know the plain form only
    def quote(body: Json) -> Json:
        table.put_item(
            Item={**_keys(body["id"], "QUOTE"), **body},
            ConditionExpression="attribute_not_exists(pk)",
        )
        return body

    @once  # type: ignore[untyped-decorator]  # Powertools' own types know the plain form only
    def issue(body: Json) -> Json:
        kept = table.get_item(Key=_key(body["quote_id"], "QUOTE"), ConsistentRead=True)["Item"]
        policy_id = body["id"]
        invoice = {"policy_id": policy_id, "lines": body["premium"]["lines"], "status": "due"}
        event = {"type": "policy.issued", "actor": "app", "policy": body}
        puts = [
            {**_keys(policy_id, "POLICY"), "status": "pending", "current_version": 1},
            {**_keys(policy_id, "VERSION#1"), **kept, **body, **_keys(policy_id, "VERSION#1")},
            {**_keys(policy_id, "INVOICE#1"), **invoice, "total": body["premium"]["total"]},
            {**_keys(policy_id, "EVENT#1"), **event},
        ]
        update = {
            "TableName": TABLE,
            "Key": _key(body["quote_id"], "QUOTE"),
            "UpdateExpression": "SET #status = :issued",
            "ConditionExpression": "#status <> :issued",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {":issued": "issued"},
        }
        new = "attribute_not_exists(pk)"
        resource.meta.client.transact_write_items(
            TransactItems=[
                {"Update": update},
                *(
                    {"Put": {"TableName": TABLE, "Item": item, "ConditionExpression": new}}
                    for item in puts
                ),
            ]
        )
        return body

    return {"quote": quote, "issue": issue}


def _named(answer: Json, life: str) -> Json:
    """The answer with ids of its own."""
    named: Json = json.loads(
        json.dumps(answer).replace(answer["id"].rsplit("_", 1)[1], f"{life:0>16}")
    )
    return named


def _key(id: str, sort: str) -> Json:
    return {"pk": id, "sk": sort}


def _keys(id: str, sort: str) -> Json:
    """The item's own key, and where both indexes find it: by partner and by product."""
    return {
        **_key(id, sort),
        "gsi1pk": f"PARTNER#{requests.PARTNER['partner']}",
        "gsi1sk": f"{sort}#{id}",
        "gsi2pk": "PRODUCT#personal_motor",
        "gsi2sk": f"2026-12-01#{id}",
    }


def _make_tables(client: Any) -> None:
    names = ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=_schema("pk", "sk"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": _schema(f"{index}pk", f"{index}sk"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in ("gsi1", "gsi2")
        ],
    )
    client.create_table(
        TableName=IDEMPOTENCY,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )


def _schema(partition: str, sort: str) -> list[Json]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
