"""A template as CloudFormation reads it: parameters, conditions and intrinsics.

Only what our template says is known here; an intrinsic or a reference this module does not know
raises, because a stack that guesses is worse than one that stops.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
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


@dataclass
class CloudFormationTemplate:
    """A template with its parameters filled in; `overrides` win over defaults where declared.

    `services_url` is where queues and the like are served on this machine.
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

    def broken_rules(self) -> list[str]:
        """What CloudFormation would refuse before it makes anything: assertions that do not hold."""
        return [
            assertion.get("AssertDescription", name)
            for name, rule in self.document.get("Rules", {}).items()
            if "RuleCondition" not in rule or self.condition(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self.condition(assertion["Assert"])
        ]

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
                return self.ref(argument)
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
        return self.attribute(parts[0], parts[1])

    def _sub(self, argument: Any) -> str:
        text, names = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])

        def replacement(match: re.Match[str]) -> str:
            name = match[1].strip()
            if name in names:
                return str(self.resolve(names[name]))
            if "." in name:
                return str(self.attribute(*name.split(".", 1)))
            return str(self.ref(name))

        return _PLACEHOLDER.sub(replacement, text).replace("${!", "${")

    def _if(self, argument: Any) -> Any:
        condition, then, otherwise = argument
        return self.resolve(then if self.condition(condition) else otherwise)

    def _find_in_map(self, argument: Any) -> Any:
        mapping, first, second = (self.resolve(part) for part in argument)
        return self.document["Mappings"][mapping][first][second]

    def condition(self, condition: Any) -> bool:
        if isinstance(condition, str):
            return self.condition(self.document["Conditions"][condition])
        ((name, argument),) = condition.items()
        match name:
            case "Condition":
                return self.condition(argument)
            case "Fn::Equals":
                return bool(self.resolve(argument[0]) == self.resolve(argument[1]))
            case "Fn::Not":
                return not self.condition(argument[0])
            case "Fn::And":
                return all(self.condition(part) for part in argument)
            case "Fn::Or":
                return any(self.condition(part) for part in argument)
        raise TemplateError(f"condition {name} is not known to the local stack")

    def _include(self, argument: Any) -> Any:
        if argument.get("Name") != "AWS::Include":
            raise TemplateError(f"transform {argument.get('Name')} is not known to the local stack")
        location = self.resolve(argument["Parameters"]["Location"])
        return self.resolve(read_yaml(self.path.parent / location))

    def ref(self, name: str) -> Any:
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
        if name not in self.declared:
            return self._generated(name)
        return self._reference(name, self.declared[name])

    def _reference(self, logical_id: str, declared: Json) -> str:
        """What a resource's type answers to `Ref`: its ARN, its URL, its id or its name."""
        name = self._name(logical_id, declared.get("Properties", {}))
        match declared["Type"]:
            case "AWS::SecretsManager::Secret" | "AWS::Serverless::LayerVersion":
                return self.attribute(logical_id, "Arn")
            case "AWS::SQS::Queue":
                return f"{self.services_url}/{ACCOUNT}/{name}"
            case "AWS::Cognito::UserPool":
                return f"{REGION}_{logical_id}"
        return name

    def _name(self, logical_id: str, properties: Json) -> str:
        for key in _NAME_PROPERTIES.get(self.declared[logical_id]["Type"], ()):
            if key in properties:
                return str(self.resolve(properties[key]))
        if self.declared[logical_id]["Type"] == "AWS::S3::Bucket":
            return f"{STACK_NAME}-{logical_id}".lower()
        return f"{STACK_NAME}-{logical_id}"

    def attribute(self, logical_id: str, attribute: str) -> str:
        if logical_id not in self.declared:
            raise TemplateError(f"{logical_id} is not a resource")
        declared = self.declared[logical_id]
        kind = declared["Type"]
        name = self._name(logical_id, declared.get("Properties", {}))
        arn = arn_of(kind, logical_id, name)
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
                return pool_url(logical_id)
        return name if attribute in {"QueueName", "Name"} else f"{name}-{attribute}"

    def _generated(self, name: str) -> str:
        """What SAM makes beside a resource: `Function.Alias`, `FunctionAliaslive`, `Api.Stage`."""
        owner, _, attribute = name.partition(".")
        if owner in self.declared and attribute:
            return self.attribute(owner, attribute)
        for logical_id, declared in self.declared.items():
            is_function = declared["Type"] == "AWS::Serverless::Function"
            if is_function and name.startswith(f"{logical_id}Alias"):
                return self.attribute(logical_id, "Alias")
            if is_function and name == f"{logical_id}Role":
                return f"{STACK_NAME}-{name}"
        raise TemplateError(f"{name} is neither a parameter nor a resource")

    @cached_property
    def declared(self) -> dict[str, Json]:
        resources = self.document.get("Resources")
        if not isinstance(resources, dict):
            raise TemplateError(f"{self.path} declares no resources")
        return resources


def pool_url(logical_id: str) -> str:
    return f"https://cognito-idp.{REGION}.amazonaws.com/{REGION}_{logical_id}"


def arn_of(kind: str, logical_id: str, name: str) -> str:
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
