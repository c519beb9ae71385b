"""The stack of the popular way, made out of ours so that it cannot drift: the same gateway, definition, plans,
firewall, user pool, bus and authorizer, before one function for all routes, one table, and one function on its stream.
The samples are brought in as they are into ours, so the tables of partners are there, too; it uses none of them.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bench.machine import ROOT
from local.aws.cloudformation import read_yaml
from local.aws.template import Template

type Json = dict[str, Any]

SOURCE = ROOT / "bench" / "contenders" / "journey"
API, STREAM = "PopularApiFunction", "PopularStreamFunction"
TABLE, IDEMPOTENCY, LAYER = "PopularTable", "PopularIdempotencyTable", "PopularLayer"
MAPPING = "PopularStreamSource"

ROUTES = {
    "/v1/quotes": ["post"],
    "/v1/quotes/{quote_id}": ["get"],
    "/v1/quotes/{quote_id}/acceptance": ["post"],
    "/v1/policies": ["post"],
    "/v1/policies/{policy_id}": ["get"],
    "/v1/coverage-checks": ["post"],
    "/v1/claims": ["post"],
    "/v1/claims/{claim_id}": ["get"],
    "/v1/claims/{claim_id}/settlement": ["post"],
    "/v1/bank-reports": ["post"],
}
"""What the callers and the bank ask for."""

_KEPT = {
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::Cognito::UserPool",
    "AWS::Events::EventBus",
    "AWS::Serverless::Api",
    "AWS::WAFv2::WebACL",
}
"""What a stack needs of ours, with whatever it names."""
_FOR_SAMPLES = ("PartnersTable", "EventsTable", "IdempotencyTable")
"""What partners and their applications are registered in, beside the rows that the authorizer reads."""
_NAME = re.compile(r"\w+")
_FUNCTION = re.compile(r"\$\{(\w+)\.Alias\}")


def write(folder: Path, layer: Path) -> Path:
    """Write template and definition into a folder; the template's path. The layer is what was installed."""
    ours = Template(ROOT / "template.yaml").document
    definition = read_yaml(ROOT / "openapi.deployed.yaml")
    everything = ours["Resources"] | _own(ours["Resources"]["EventDeliverySource"], layer)
    authorizer = everything["AuthorizerFunction"]["Properties"]
    everything["AuthorizerFunction"]["Properties"] = authorizer | {
        "CodeUri": str(ROOT / authorizer["CodeUri"]),
        "Layers": [{"Ref": "CommonLayer"}],
    }
    layer_of_ours = everything["CommonLayer"]["Properties"]
    layer_of_ours["ContentUri"] = str(ROOT / layer_of_ours["ContentUri"])
    del ours["Globals"]["Function"]["Layers"]
    roots = [name for name, each in everything.items() if each["Type"] in _KEPT]
    roots += _names_in(ours["Globals"], everything)
    kept = _with_named([*roots, *_FOR_SAMPLES, "AuthorizerFunction", API, MAPPING], everything)
    document = {
        **{name: ours[name] for name in ("Transform", "Parameters", "Mappings", "Conditions")},
        "Globals": ours["Globals"],
        "Resources": {name: each for name, each in everything.items() if name in kept},
    }
    files = {
        "template.yaml": document,
        "openapi.deployed.yaml": _to_one_function(definition),
        "openapi.yaml": {"openapi": definition["openapi"], "paths": {}},  # for the page of the API
    }
    for name, said in files.items():  # JSON is YAML, too
        (folder / name).write_text(json.dumps(said), encoding="utf-8")
    return folder / "template.yaml"


def functions_of_ours() -> set[str]:
    """Those of our functions that answer the same routes."""
    paths = read_yaml(ROOT / "openapi.deployed.yaml")["paths"]
    return {
        _FUNCTION.findall(json.dumps(_integration(paths[path][method])))[0]
        for path, methods in ROUTES.items()
        for method in methods
    }


def _to_one_function(definition: Json) -> Json:
    paths: Json = {}
    for path, methods in ROUTES.items():
        paths[path] = {method: definition["paths"][path][method] for method in methods}
        for operation in paths[path].values():
            integration = _integration(operation)
            integration["uri"] = json.loads(
                _FUNCTION.sub(f"${{{API}.Alias}}", json.dumps(integration["uri"]))
            )
    return definition | {"paths": paths}


def _integration(operation: Json) -> Json:
    integration: Json = operation["x-amazon-apigateway-integration"]
    return integration


def _with_named(roots: Iterable[str], resources: Mapping[str, Json]) -> set[str]:
    """These resources and whatever they name, and so on."""
    waiting, found = list(roots), set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _names_in(resources[name]["Properties"], resources)
    return found


def _names_in(said: Json, resources: Mapping[str, Json]) -> set[str]:
    return set(_NAME.findall(json.dumps(said))) & resources.keys()


def _own(delivery: Json, layer: Path) -> Json:
    """What the popular way has of its own; its stream is read by the settings of ours."""
    names = ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
    only_events = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"entity": {"S": ["event"]}}}}
    source = delivery["Properties"] | {
        "FunctionName": {"Ref": f"{STREAM}.Alias"},
        "EventSourceArn": _attribute(TABLE, "StreamArn"),
        "FilterCriteria": {"Filters": [{"Pattern": json.dumps(only_events)}]},
    }
    del source["FunctionResponseTypes"]
    table = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": each, "AttributeType": "S"} for each in names],
        "KeySchema": _key("pk", "sk"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": index,
                "KeySchema": _key(f"{index}pk", f"{index}sk"),
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in ("gsi1", "gsi2")
        ],
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    }
    idempotency = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": _key("id"),
        "TimeToLiveSpecification": {"AttributeName": "expiration", "Enabled": True},
    }
    return {
        TABLE: {"Type": "AWS::DynamoDB::Table", "Properties": table},
        IDEMPOTENCY: {"Type": "AWS::DynamoDB::Table", "Properties": idempotency},
        LAYER: {
            "Type": "AWS::Serverless::LayerVersion",
            "Properties": {"ContentUri": str(layer), "CompatibleRuntimes": ["python3.13"]},
        },
        API: _function("api", IDEMPOTENCY_AND_KEYS, _api_statements()),
        STREAM: _function("stream", {"EVENT_BUS": {"Ref": "EventBus"}}, _stream_statements(source)),
        MAPPING: {"Type": "AWS::Lambda::EventSourceMapping", "Properties": source},
    }


IDEMPOTENCY_AND_KEYS = {
    "IDEMPOTENCY_TABLE": {"Ref": IDEMPOTENCY},
    "PERSONAL_DATA_KEY": {"Fn::GetAtt": ["PersonalDataKey", "Arn"]},
}


def _function(folder: str, variables: Json, statements: list[Json]) -> Json:
    return {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "CodeUri": str(SOURCE / folder),
            "Layers": [{"Ref": LAYER}],
            "Environment": {"Variables": {"TABLE": {"Ref": TABLE}, **variables}},
            "Policies": [{"Version": "2012-10-17", "Statement": statements}],
        },
    }


def _api_statements() -> list[Json]:
    of_items = ["GetItem", "PutItem", "UpdateItem"]
    key = _allow(["kms:GenerateDataKey", "kms:Decrypt"], _attribute("PersonalDataKey", "Arn"))
    of_parties = {"StringEquals": {"kms:EncryptionContext:purpose": "party-key"}}
    return [
        _allow(_dynamodb(*of_items, "Query"), _attribute(TABLE, "Arn")),
        _allow(_dynamodb(*of_items, "DeleteItem"), _attribute(IDEMPOTENCY, "Arn")),
        key | {"Condition": of_parties},
    ]


def _stream_statements(source: Json) -> list[Json]:
    reading = _dynamodb("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    return [
        _allow(reading, source["EventSourceArn"]),
        _allow(_dynamodb("BatchWriteItem"), _attribute(TABLE, "Arn")),
        _allow(["events:PutEvents"], _attribute("EventBus", "Arn")),
        _allow(["sqs:SendMessage"], _attribute("EventSourceFailureQueue", "Arn")),
    ]


def _allow(actions: list[str], resource: Json) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _dynamodb(*actions: str) -> list[str]:
    return [f"dynamodb:{each}" for each in actions]


def _attribute(resource: str, name: str) -> Json:
    return {"Fn::GetAtt": [resource, name]}


def _key(partition: str, sort: str | None = None) -> list[Json]:
    schema = [{"AttributeName": partition, "KeyType": "HASH"}]
    return schema + ([{"AttributeName": sort, "KeyType": "RANGE"}] if sort else [])
