"""template.yaml as CloudFormation reads it: parameters, conditions, intrinsics, SAM's globals.

Only what our template says is known here; an intrinsic or a reference this module does not know
raises, because a stack that guesses is worse than one that stops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

REGION = "eu-west-2"
ACCOUNT = "000000000000"
STACK_NAME = "coverwright-local"

type Json = dict[str, Any]

_NO_VALUE = object()
_PLACEHOLDER = re.compile(r"\$\{([^!{}][^{}]*)\}")


# What `Ref` answers when the template names the resource itself.
_NAME_PROPERTIES = {
    "AWS::ApiGateway::UsagePlan": ("UsagePlanName",),
    "AWS::Cognito::UserPoolResourceServer": ("Identifier",),
    "AWS::DynamoDB::Table": ("TableName",),
    "AWS::Events::EventBus": ("Name",),
    "AWS::KMS::Alias": ("AliasName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::Serverless::Function": ("FunctionName",),
}


class TemplateError(Exception):
    """The template says something that this reader, or CloudFormation, does not understand."""


class _PlainLoader(yaml.CSafeLoader):
    """YAML as JSON has it: dates stay text, as CloudFormation and API Gateway keep them."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class _TemplateLoader(_PlainLoader):
    """The same with CloudFormation's short forms (`!Ref`, `!Sub`, …)."""


def _short_form(loader: _TemplateLoader, suffix: str, node: yaml.Node) -> Json:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)  # noqa: S101 (YAML knows three kinds of node)
        value = loader.construct_mapping(node, deep=True)
    if suffix in {"Ref", "Condition"}:
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_TemplateLoader.add_multi_constructor("!", _short_form)


def read_yaml(path: Path) -> Json:
    """A YAML document without CloudFormation's short forms, which AWS::Include refuses too."""
    return _load(path, _PlainLoader)


def _load(path: Path, loader: type[_PlainLoader]) -> Json:
    try:
        # Both loaders are safe ones.
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 # nosec B506
    except FileNotFoundError as error:
        raise TemplateError(f"{path} does not exist") from error
    except yaml.YAMLError as error:
        raise TemplateError(f"{path} is not YAML this stack reads: {error}") from error
    if not isinstance(document, dict):
        raise TemplateError(f"{path} does not hold a mapping")
    return document


@dataclass(frozen=True)
class Resource:
    """One resource, its properties resolved."""

    logical_id: str
    type: str
    properties: Json
    name: str
    arn: str


@dataclass(frozen=True)
class StreamSource:
    """An event source mapping from a table's stream to a function."""

    id: str
    table: str
    batch_size: int
    retries: int
    max_age_seconds: int
    bisect: bool
    reports_item_failures: bool
    starts_at_trim_horizon: bool
    window_seconds: int
    on_failure: str | None
    filters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """One Lambda function as the template declares it."""

    logical_id: str
    name: str
    arn: str
    folder: Path
    handler: str
    timeout_seconds: int
    memory_mb: int
    environment: Mapping[str, str]
    layers: tuple[Path, ...]
    log_format: str
    log_group: str
    stream_sources: tuple[StreamSource, ...] = ()


@dataclass
class Template:
    """The template with its parameters filled in; `overrides` win over defaults where declared.

    `issuer_url` stands wherever the template names a user pool's own address: on this machine the
    local issuer is the user pool.
    """

    path: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    issuer_url: str = ""
    services_url: str = ""

    @cached_property
    def document(self) -> Json:
        return _load(self.path, _TemplateLoader)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for name, declared in self.document.get("Parameters", {}).items():
            value = self.overrides.get(name, declared.get("Default"))
            if value is None:
                raise TemplateError(f"parameter {name} has no default and no local value")
            is_list = "List" in declared.get("Type", "String")
            values[name] = str(value).split(",") if is_list else str(value)
        return values

    @cached_property
    def resources(self) -> dict[str, Resource]:
        found: dict[str, Resource] = {}
        for logical_id in self._declared:
            declared = self._declared[logical_id]
            if "Condition" in declared and not self._condition(declared["Condition"]):
                continue
            properties = declared.get("Properties", {})
            if declared["Type"] == "AWS::Serverless::Api":
                # The definition is read on its own: it is large and may refer back to the API.
                properties = {k: v for k, v in properties.items() if k != "DefinitionBody"}
            found[logical_id] = Resource(
                logical_id=logical_id,
                type=declared["Type"],
                properties=self.resolve(properties),
                name=self._ref(logical_id),
                arn=self._attribute(logical_id, "Arn"),
            )
        return found

    def of_type(self, *types: str) -> Iterator[Resource]:
        return (resource for resource in self.resources.values() if resource.type in types)

    @cached_property
    def functions(self) -> dict[str, Function]:
        return {
            resource.logical_id: self._function(resource)
            for resource in self.of_type("AWS::Serverless::Function")
        }

    def api(self) -> Resource:
        """The one REST API of the stack."""
        apis = list(self.of_type("AWS::Serverless::Api"))
        if len(apis) != 1:
            raise TemplateError(f"one AWS::Serverless::Api expected, {len(apis)} found")
        return apis[0]

    def definition(self) -> Json:
        """The API definition with its intrinsics resolved, included file and all."""
        body = self._declared[self.api().logical_id].get("Properties", {}).get("DefinitionBody")
        if body is None:
            raise TemplateError("the API has no DefinitionBody")
        resolved = self.resolve(body)
        if not isinstance(resolved, dict):
            raise TemplateError("the API's DefinitionBody is not a mapping")
        return resolved

    def tables(self) -> list[Json]:
        """What CreateTable takes, for each table of the template."""
        return [self._create_table(table) for table in self.of_type("AWS::DynamoDB::Table")]

    # -- intrinsics ---------------------------------------------------------------------------

    def resolve(self, value: Any) -> Any:
        """Replace every intrinsic inside a value."""
        if isinstance(value, list):
            resolved = [self.resolve(item) for item in value]
            return [item for item in resolved if item is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, argument), *_ = value.items()
            if name == "Ref":
                return self._ref(argument)
            if name == "Fn::Transform":
                return self._include(argument)
            if name.startswith("Fn::"):
                intrinsic = self._intrinsics.get(name)
                if intrinsic is None:
                    raise TemplateError(f"{name} is not known to the local stack")
                return intrinsic(argument)
        resolved_items = {key: self.resolve(item) for key, item in value.items()}
        return {key: item for key, item in resolved_items.items() if item is not _NO_VALUE}

    @cached_property
    def _intrinsics(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "Fn::GetAtt": self._get_att,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Join": lambda a: str(a[0]).join(str(item) for item in self.resolve(a[1])),
            "Fn::Select": lambda a: self.resolve(a[1])[int(a[0])],
            "Fn::Split": lambda a: str(self.resolve(a[1])).split(a[0]),
            "Fn::FindInMap": self._find_in_map,
        }

    def _get_att(self, argument: Any) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._attribute(parts[0], parts[1])

    def _sub(self, argument: Any) -> str:
        text, names = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])

        def replacement(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in names:
                return str(self.resolve(names[name]))
            if "." in name:
                return str(self._attribute(*name.split(".", 1)))
            return str(self._ref(name))

        return _PLACEHOLDER.sub(replacement, text).replace("${!", "${")

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self.resolve(then if self._condition(condition) else otherwise)

    def _find_in_map(self, argument: Any) -> Any:
        mapping, first, second = (self.resolve(part) for part in argument)
        return self.document["Mappings"][mapping][first][second]

    def _condition(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self._condition(self.document["Conditions"][condition])
        ((name, argument),) = condition.items()
        match name:
            case "Condition":
                return self._condition(argument)
            case "Fn::Equals":
                return bool(self.resolve(argument[0]) == self.resolve(argument[1]))
            case "Fn::Not":
                return not self._condition(argument[0])
            case "Fn::And":
                return all(self._condition(part) for part in argument)
            case "Fn::Or":
                return any(self._condition(part) for part in argument)
        raise TemplateError(f"condition {name} is not known to the local stack")

    def _include(self, argument: Any) -> Any:
        if argument.get("Name") != "AWS::Include":
            raise TemplateError(f"transform {argument.get('Name')} is not known to the local stack")
        location = self.resolve(argument["Parameters"]["Location"])
        return self.resolve(read_yaml(self.path.parent / location))

    def _ref(self, name: str) -> Any:
        pseudo = {
            "AWS::Region": REGION,
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::StackName": STACK_NAME,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::NoValue": _NO_VALUE,
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.parameters:
            return self.parameters[name]
        if name not in self._declared:
            return self._generated(name)
        return self._reference(name, self._declared[name])

    def _reference(self, logical_id: str, declared: Json) -> str:
        """What a resource's type answers to `Ref`: its ARN, its URL, its id or its name."""
        name = self._name(logical_id, declared.get("Properties", {}))
        match declared["Type"]:
            case "AWS::SecretsManager::Secret" | "AWS::Serverless::LayerVersion":
                return self._attribute(logical_id, "Arn")
            case "AWS::SQS::Queue":
                return f"{self.services_url}/{ACCOUNT}/{name}"
            case "AWS::Cognito::UserPool":
                return f"{REGION}_{logical_id}"
        return name

    def _name(self, logical_id: str, properties: Json) -> str:
        for key in _NAME_PROPERTIES.get(self._declared[logical_id]["Type"], ()):
            if key in properties:
                return str(self.resolve(properties[key]))
        if self._declared[logical_id]["Type"] == "AWS::S3::Bucket":
            return f"{STACK_NAME}-{logical_id}".lower()
        return f"{STACK_NAME}-{logical_id}"

    def _attribute(self, logical_id: str, attribute: str) -> str:
        if logical_id not in self._declared:
            raise TemplateError(f"{logical_id} is not a resource")
        declared = self._declared[logical_id]
        kind = declared["Type"]
        name = self._name(logical_id, declared.get("Properties", {}))
        arn = _arn(kind, logical_id, name)
        match kind, attribute:
            case _, "Arn":
                return arn
            case "AWS::Serverless::Function", "Alias" | "Version":
                return f"{arn}:live"
            case "AWS::Serverless::Api", "Stage":
                return str(self.resolve(declared["Properties"]["StageName"]))
            case "AWS::DynamoDB::Table", "StreamArn":
                return f"{arn}/stream/local"
            case "AWS::Cognito::UserPool", "ProviderURL":
                return _pool_url(logical_id)
        return name if attribute in {"QueueName", "Name"} else f"{name}-{attribute}"

    def _generated(self, name: str) -> str:
        """What SAM makes beside a resource: `Function.Alias`, `FunctionAliaslive`, `Api.Stage`."""
        owner, _, attribute = name.partition(".")
        if owner in self._declared and attribute:
            return self._attribute(owner, attribute)
        for logical_id, declared in self._declared.items():
            is_function = declared["Type"] == "AWS::Serverless::Function"
            if is_function and name.startswith(f"{logical_id}Alias"):
                return self._attribute(logical_id, "Alias")
        raise TemplateError(f"{name} is neither a parameter nor a resource")

    @cached_property
    def _declared(self) -> dict[str, Json]:
        resources = self.document.get("Resources")
        if not isinstance(resources, dict):
            raise TemplateError(f"{self.path} declares no resources")
        return resources

    # -- resources ----------------------------------------------------------------------------

    def _function(self, resource: Resource) -> Function:
        defaults = self.resolve(self.document.get("Globals", {}).get("Function", {}))
        properties = _merged(defaults, resource.properties)
        logging = properties.get("LoggingConfig", {})
        variables = properties.get("Environment", {}).get("Variables", {})
        return Function(
            logical_id=resource.logical_id,
            name=resource.name,
            arn=resource.arn,
            folder=self.path.parent / properties["CodeUri"],
            handler=properties["Handler"],
            timeout_seconds=int(properties.get("Timeout", 3)),
            memory_mb=int(properties.get("MemorySize", 128)),
            environment={key: self._with_issuer(str(value)) for key, value in variables.items()},
            layers=tuple(self._layer_folder(arn) for arn in properties.get("Layers", [])),
            log_format=logging.get("LogFormat", "Text"),
            log_group=logging.get("LogGroup", f"/aws/lambda/{resource.name}"),
            stream_sources=tuple(self._stream_sources(resource, properties)),
        )

    def _with_issuer(self, value: str) -> str:
        for pool in self.of_type("AWS::Cognito::UserPool"):
            value = value.replace(_pool_url(pool.logical_id), self.issuer_url)
        return value

    def _layer_folder(self, arn: str) -> Path:
        for layer in self.of_type("AWS::Serverless::LayerVersion"):
            if layer.arn == arn:
                folder: Path = self.path.parent / layer.properties["ContentUri"]
                return folder / "python" if (folder / "python").is_dir() else folder
        raise TemplateError(f"layer {arn} is not in the template: the local stack cannot load it")

    def _stream_sources(self, resource: Resource, properties: Json) -> Iterator[StreamSource]:
        for name, event in properties.get("Events", {}).items():
            if event["Type"] == "DynamoDB":
                yield self._stream_source(f"{resource.logical_id}{name}", event["Properties"])
        for mapping in self.of_type("AWS::Lambda::EventSourceMapping"):
            target = mapping.properties["FunctionName"]
            if resource.name in target.split(":"):
                yield self._stream_source(
                    mapping.logical_id,
                    {"Stream": mapping.properties["EventSourceArn"]} | mapping.properties,
                )

    def _stream_source(self, name: str, properties: Json) -> StreamSource:
        arn = properties["Stream"]
        tables = [t for t in self.of_type("AWS::DynamoDB::Table") if arn.startswith(t.arn + "/")]
        if not tables:
            raise TemplateError(f"{name} reads {arn}, which is no table's stream")
        destination = properties.get("DestinationConfig", {}).get("OnFailure", {})
        responses = properties.get("FunctionResponseTypes", [])
        filters = properties.get("FilterCriteria", {}).get("Filters", [])
        return StreamSource(
            id=name,
            table=tables[0].name,
            batch_size=int(properties.get("BatchSize", 100)),
            retries=int(properties.get("MaximumRetryAttempts", -1)),
            max_age_seconds=int(properties.get("MaximumRecordAgeInSeconds", -1)),
            bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
            reports_item_failures="ReportBatchItemFailures" in responses,
            starts_at_trim_horizon=properties.get("StartingPosition") == "TRIM_HORIZON",
            window_seconds=int(properties.get("MaximumBatchingWindowInSeconds", 0)),
            on_failure=destination.get("Destination"),
            filters=tuple(each["Pattern"] for each in filters),
        )

    def _create_table(self, table: Resource) -> Json:
        wanted = (
            "AttributeDefinitions",
            "KeySchema",
            "LocalSecondaryIndexes",
            "GlobalSecondaryIndexes",
            "StreamSpecification",
        )
        request = {key: table.properties[key] for key in wanted if key in table.properties}
        if "StreamSpecification" in request:
            request["StreamSpecification"] = {
                "StreamEnabled": True,
                "StreamViewType": request["StreamSpecification"]["StreamViewType"],
            }
        return {"TableName": table.name, "BillingMode": "PAY_PER_REQUEST"} | request


def _pool_url(logical_id: str) -> str:
    return f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_{logical_id}"


def _arn(kind: str, logical_id: str, name: str) -> str:
    if kind == "AWS::S3::Bucket":
        return f"arn:aws:s3:::{name}"
    paths = {
        "AWS::DynamoDB::Table": ("dynamodb", f"table/{name}"),
        "AWS::Serverless::Function": ("lambda", f"function:{name}"),
        "AWS::Serverless::LayerVersion": ("lambda", f"layer:{name}:1"),
        "AWS::Logs::LogGroup": ("logs", f"log-group:{name}"),
        "AWS::KMS::Key": ("kms", f"key/{name}"),
        "AWS::SecretsManager::Secret": ("secretsmanager", f"secret:{name}"),
        "AWS::SQS::Queue": ("sqs", name),
        "AWS::SNS::Topic": ("sns", name),
        "AWS::Events::EventBus": ("events", f"event-bus/{name}"),
        "AWS::Cognito::UserPool": ("cognito-idp", f"userpool/{REGION}_{logical_id}"),
    }
    service, path = paths.get(kind, (kind.split("::")[1].lower(), name))
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{path}"


def _merged(defaults: Json, properties: Json) -> Json:
    """SAM's globals: mappings merge, lists add up, anything else is replaced."""
    merged = dict(defaults)
    for key, value in properties.items():
        before = merged.get(key)
        if isinstance(before, dict) and isinstance(value, dict):
            merged[key] = _merged(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            merged[key] = [*before, *value]
        else:
            merged[key] = value
    return merged
