"""template.yaml as SAM reads it: functions, tables and the API, with SAM's globals applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from local.aws.cloudformation import CloudFormationTemplate, Json, TemplateError, pool_url


@dataclass(frozen=True)
class Resource:
    """One resource, its properties resolved."""

    logical_id: str
    type: str
    properties: Json
    name: str
    arn: str


@dataclass(frozen=True)
class QueueSource:
    """An event source mapping from a queue to a function."""

    id: str
    queue: str
    arn: str
    concurrency: int
    visibility_seconds: int
    receives_max: int
    """After so many a message is given up."""
    dead_letters: str | None
    """The ARN of the queue for those."""
    reports_item_failures: bool


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
    queue_sources: tuple[QueueSource, ...] = ()
    statements: tuple[Json, ...] = ()
    """What it may do."""


@dataclass
class Template(CloudFormationTemplate):
    """The template with its parameters filled in; `overrides` win over defaults where declared.

    `issuer_url` stands wherever the template names a user pool's own address: on this machine the
    local issuer is the user pool.
    """

    @cached_property
    def resources(self) -> dict[str, Resource]:
        found: dict[str, Resource] = {}
        for logical_id in self.declared:
            declared = self.declared[logical_id]
            if "Condition" in declared and not self.condition(declared["Condition"]):
                continue
            properties = declared.get("Properties", {})
            if declared["Type"] == "AWS::Serverless::Api":
                # The definition is read on its own: it is large and may refer back to the API.
                properties = {k: v for k, v in properties.items() if k != "DefinitionBody"}
            found[logical_id] = Resource(
                logical_id=logical_id,
                type=declared["Type"],
                properties=self.resolve(properties),
                name=self.ref(logical_id),
                arn=self.attribute(logical_id, "Arn"),
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
        body = self.declared[self.api().logical_id].get("Properties", {}).get("DefinitionBody")
        if body is None:
            raise TemplateError("the API has no DefinitionBody")
        resolved = self.resolve(body)
        if not isinstance(resolved, dict):
            raise TemplateError("the API's DefinitionBody is not a mapping")
        return resolved

    def tables(self) -> list[Json]:
        """What CreateTable takes, for each table of the template."""
        return [self._create_table(table) for table in self.of_type("AWS::DynamoDB::Table")]

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
            queue_sources=tuple(self._queue_sources(resource)),
            statements=tuple(
                statement
                for policy in self._policies(resource)
                for statement in policy["Statement"]
            ),
        )

    def _policies(self, function: Resource) -> Iterator[Json]:
        """Its own, those that several functions share, and those that stand apart on the role that SAM makes for it."""
        shared = {
            policy.name: policy.properties["PolicyDocument"]
            for policy in self.of_type("AWS::IAM::ManagedPolicy")
        }
        for own in function.properties.get("Policies", ()):
            yield shared[own] if isinstance(own, str) else own
        role = self.ref(f"{function.logical_id}Role")
        for policy in self.of_type("AWS::IAM::RolePolicy"):
            if policy.properties["RoleName"] == role:
                yield policy.properties["PolicyDocument"]

    def _with_issuer(self, value: str) -> str:
        for pool in self.of_type("AWS::Cognito::UserPool"):
            value = value.replace(pool_url(pool.logical_id), self.issuer_url)
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
            is_stream = ":dynamodb:" in mapping.properties["EventSourceArn"]
            if is_stream and resource.name in target.split(":"):
                yield self._stream_source(
                    mapping.logical_id,
                    {"Stream": mapping.properties["EventSourceArn"]} | mapping.properties,
                )

    def _queue_sources(self, resource: Resource) -> Iterator[QueueSource]:
        queues = {queue.arn: queue for queue in self.of_type("AWS::SQS::Queue")}
        for mapping in self.of_type("AWS::Lambda::EventSourceMapping"):
            properties = mapping.properties
            queue = queues.get(properties["EventSourceArn"])
            if queue is None or resource.name not in properties["FunctionName"].split(":"):
                continue
            redrive = queue.properties.get("RedrivePolicy", {})
            if int(properties.get("BatchSize", 10)) != 1:
                raise TemplateError(f"{mapping.logical_id}: the local stack hands on one message")
            yield QueueSource(
                id=mapping.logical_id,
                queue=queue.name.rsplit("/", 1)[-1],
                arn=queue.arn,
                concurrency=int(properties["ScalingConfig"]["MaximumConcurrency"]),
                visibility_seconds=int(queue.properties.get("VisibilityTimeout", 30)),
                receives_max=int(redrive.get("maxReceiveCount", 1000)),
                dead_letters=redrive.get("deadLetterTargetArn"),
                reports_item_failures=_reports_item_failures(properties),
            )

    def _stream_source(self, name: str, properties: Json) -> StreamSource:
        arn = properties["Stream"]
        tables = [t for t in self.of_type("AWS::DynamoDB::Table") if arn.startswith(t.arn + "/")]
        if not tables:
            raise TemplateError(f"{name} reads {arn}, which is no table's stream")
        destination = properties.get("DestinationConfig", {}).get("OnFailure", {})
        filters = properties.get("FilterCriteria", {}).get("Filters", [])
        return StreamSource(
            id=name,
            table=tables[0].name,
            batch_size=int(properties.get("BatchSize", 100)),
            retries=int(properties.get("MaximumRetryAttempts", -1)),
            max_age_seconds=int(properties.get("MaximumRecordAgeInSeconds", -1)),
            bisect=bool(properties.get("BisectBatchOnFunctionError", False)),
            reports_item_failures=_reports_item_failures(properties),
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


def _reports_item_failures(mapping: Json) -> bool:
    """Whether the function of a mapping answers which records it failed to take."""
    return "ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", [])


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
