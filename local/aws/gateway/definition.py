"""openapi.deployed.yaml as API Gateway reads it: routes, authorizers, validators and gateway responses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

type Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
DEFAULT_TTL_SECONDS = 300
_FUNCTION_ARN = re.compile(r"/functions/(arn:[^/]+)/invocations$")
_FUNCTION_NAME = re.compile(r":function:([^:/]+)")


class DefinitionError(Exception):
    """The definition asks for something API Gateway, or this gateway, does not know."""


@dataclass(frozen=True)
class LambdaAuthorizer:
    """A REQUEST authorizer: a function that answers a policy for the identity sources' values."""

    name: str
    function: str
    identity_sources: tuple[str, ...]
    ttl_seconds: int


@dataclass(frozen=True)
class UserPoolAuthorizer:
    """A Cognito user pool authorizer: the gateway itself verifies the token."""

    name: str
    header: str
    provider_arns: tuple[str, ...]


type Authorizer = LambdaAuthorizer | UserPoolAuthorizer


@dataclass(frozen=True)
class Validator:
    """What the gateway checks of a request before it calls the integration."""

    parameters: bool = False
    body: bool = False


@dataclass(frozen=True)
class Parameter:
    """A parameter that must be present."""

    location: str
    name: str


@dataclass(frozen=True)
class LambdaIntegration:
    """AWS_PROXY to a function; `qualified_arn` names the alias."""

    function: str
    qualified_arn: str
    timeout_seconds: float


@dataclass(frozen=True)
class MockIntegration:
    """MOCK: the answer is in the definition itself."""

    request_templates: Mapping[str, str]
    responses: Mapping[str, Json]


@dataclass(frozen=True)
class Route:
    """One operation."""

    method: str
    path: str
    integration: LambdaIntegration | MockIntegration
    authorizer: Authorizer | None = None
    scopes: tuple[str, ...] = ()
    api_key_required: bool = False
    validator: Validator = Validator()
    required: tuple[Parameter, ...] = ()
    body_required: bool = False
    models: Mapping[str, Json] = field(default_factory=dict)

    @property
    def resource_id(self) -> str:
        """Stable and opaque, as AWS's are six characters of nothing in particular."""
        return f"{abs(hash_of(self.path)):06x}"[:6]


def hash_of(text: str) -> int:
    """A hash that, unlike `hash`, is the same in every process."""
    value = 0
    for character in text:
        value = (value * 131 + ord(character)) % 0xFFFFFFFF
    return value


@dataclass(frozen=True)
class GatewayResponse:
    """How the gateway words one kind of its own answers."""

    status: int | None
    headers: Mapping[str, str]
    templates: Mapping[str, str]


@dataclass(frozen=True)
class Match:
    """A route and what its variables were, as sent (not decoded: AWS does not)."""

    route: Route
    variables: Mapping[str, str]


class Definition:
    """The whole API; `components` keeps the schemas that `$ref`s point at."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.title: str = document.get("info", {}).get("title", "API")
        self.schemas: Json = document.get("components", {}).get("schemas", {})
        self.binary_media_types = tuple(document.get("x-amazon-apigateway-binary-media-types", ()))
        self.authorizers: dict[str, Authorizer] = dict(_authorizers(document))
        self.gateway_responses: dict[str, GatewayResponse] = {
            kind: GatewayResponse(
                status=int(declared["statusCode"]) if "statusCode" in declared else None,
                headers={
                    name.removeprefix("gatewayresponse.header."): value
                    for name, value in declared.get("responseParameters", {}).items()
                },
                templates=declared.get("responseTemplates", {}),
            )
            for kind, declared in document.get("x-amazon-apigateway-gateway-responses", {}).items()
        }
        self._validators = {
            name: Validator(
                parameters=bool(declared.get("validateRequestParameters")),
                body=bool(declared.get("validateRequestBody")),
            )
            for name, declared in document.get("x-amazon-apigateway-request-validators", {}).items()
        }
        self.routes: tuple[Route, ...] = tuple(self._routes())
        self._tree = _Node()
        for route in self.routes:
            self._tree.add(route)

    def match(self, method: str, path: str) -> Match | None:
        """The route for a request; literal segments come before variables."""
        return self._tree.find(method, path)

    def functions(self) -> Iterator[str]:
        """The functions that calls need, by name: authorizers before them all."""
        for authorizer in self.authorizers.values():
            if isinstance(authorizer, LambdaAuthorizer):
                yield authorizer.function
        for route in self.routes:
            if isinstance(route.integration, LambdaIntegration):
                yield route.integration.function

    def _routes(self) -> Iterator[Route]:
        for path, item in self.document.get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    yield self._route(method.upper(), path, item, item[method])
            if "x-amazon-apigateway-any-method" in item:
                yield self._route("ANY", path, item, item["x-amazon-apigateway-any-method"])

    def _route(self, method: str, path: str, item: Json, operation: Json) -> Route:
        authorizer, scopes, api_key_required = self._security(operation)
        parameters = [
            self._dereferenced(each)
            for each in [*item.get("parameters", ()), *operation.get("parameters", ())]
        ]
        body = self._dereferenced(operation.get("requestBody", {}))
        validator = operation.get(
            "x-amazon-apigateway-request-validator",
            self.document.get("x-amazon-apigateway-request-validator"),
        )
        if validator is not None and validator not in self._validators:
            raise DefinitionError(f"{method} {path}: no request validator named {validator}")
        return Route(
            method=method,
            path=path,
            integration=_integration(f"{method} {path}", operation),
            authorizer=authorizer,
            scopes=scopes,
            api_key_required=api_key_required,
            validator=self._validators[validator] if validator else Validator(),
            required=tuple(
                Parameter(location=each["in"], name=each["name"])
                for each in parameters
                if each.get("required") and each["in"] in {"query", "header", "path"}
            ),
            body_required=bool(body.get("required")),
            models={
                content_type: media["schema"]
                for content_type, media in body.get("content", {}).items()
                if "schema" in media
            },
        )

    def _security(self, operation: Json) -> tuple[Authorizer | None, tuple[str, ...], bool]:
        # `security: []` means that nobody is asked, which is not the same as saying nothing.
        declared = operation if "security" in operation else self.document
        requirements: list[Json] = declared.get("security", [])
        schemes = self.document.get("components", {}).get("securitySchemes", {})
        authorizer: Authorizer | None = None
        scopes: tuple[str, ...] = ()
        api_key_required = False
        for requirement in requirements:
            for name, wanted in requirement.items():
                if name in self.authorizers:
                    authorizer, scopes = self.authorizers[name], tuple(wanted)
                elif _is_usage_key(schemes.get(name, {})):
                    api_key_required = True
        return authorizer, scopes, api_key_required

    def _dereferenced(self, value: Json) -> Json:
        reference = value.get("$ref")
        if reference is None:
            return value
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return self._dereferenced(found)


def _is_usage_key(scheme: Json) -> bool:
    return (
        scheme.get("type") == "apiKey"
        and scheme.get("name", "").lower() == "x-api-key"
        and "x-amazon-apigateway-authtype" not in scheme
    )


def _authorizers(document: Json) -> Iterator[tuple[str, Authorizer]]:
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        declared = scheme.get("x-amazon-apigateway-authorizer")
        if declared is None:
            continue
        match declared["type"]:
            case "cognito_user_pools":
                yield (
                    name,
                    UserPoolAuthorizer(
                        name=name,
                        header=scheme.get("name", "Authorization"),
                        provider_arns=tuple(declared["providerARNs"]),
                    ),
                )
            case "request":
                sources = declared.get("identitySource") or (
                    f"method.request.header.{scheme.get('name', 'Authorization')}"
                )
                yield (
                    name,
                    LambdaAuthorizer(
                        name=name,
                        function=_function_name(declared["authorizerUri"]),
                        identity_sources=tuple(part.strip() for part in sources.split(",")),
                        ttl_seconds=int(
                            declared.get("authorizerResultTtlInSeconds", DEFAULT_TTL_SECONDS)
                        ),
                    ),
                )
            case unknown:
                raise DefinitionError(f"authorizer {name}: type {unknown} is not known here")


def _integration(operation_name: str, operation: Json) -> LambdaIntegration | MockIntegration:
    declared = operation.get("x-amazon-apigateway-integration")
    if declared is None:
        raise DefinitionError(f"{operation_name} has no integration")
    match declared["type"].lower():
        case "aws_proxy":
            return LambdaIntegration(
                function=_function_name(declared["uri"]),
                qualified_arn=_function_arn(declared["uri"]),
                timeout_seconds=int(declared.get("timeoutInMillis", 29_000)) / 1000,
            )
        case "mock":
            return MockIntegration(
                request_templates=declared.get("requestTemplates", {}),
                responses=declared.get("responses", {}),
            )
        case unknown:
            raise DefinitionError(f"{operation_name}: integration {unknown} is not known here")


def _function_arn(uri: str) -> str:
    found = _FUNCTION_ARN.search(uri)
    if found is None:
        raise DefinitionError(f"{uri} does not invoke a Lambda function")
    return found[1]


def _function_name(uri: str) -> str:
    found = _FUNCTION_NAME.search(_function_arn(uri))
    if found is None:
        raise DefinitionError(f"{uri} names no Lambda function")
    return found[1]


class _Node:
    """One path segment: literal children first, then the variable, then the greedy variable."""

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.variable: tuple[str, _Node] | None = None
        self.greedy: tuple[str, _Node] | None = None
        self.routes: dict[str, Route] = {}

    def add(self, route: Route) -> None:
        node = self
        for segment in route.path.strip("/").split("/"):
            if segment.startswith("{") and segment.endswith("+}"):
                node.greedy = node.greedy or (segment[1:-2], _Node())
                node = node.greedy[1]
            elif segment.startswith("{"):
                node.variable = node.variable or (segment[1:-1], _Node())
                if node.variable[0] != segment[1:-1]:
                    # API Gateway refuses sibling variables of different names at import.
                    raise DefinitionError(f"{route.path}: a sibling names {{{node.variable[0]}}}")
                node = node.variable[1]
            else:
                node = node.literals.setdefault(segment, _Node())
        node.routes[route.method] = route

    def find(self, method: str, path: str) -> Match | None:
        segments = path.strip("/").split("/")
        found = self._walk(segments, {})
        if found is None:
            return None
        node, variables = found
        route = node.routes.get(method) or node.routes.get("ANY")
        return Match(route, variables) if route else None

    def _walk(
        self, segments: list[str], variables: dict[str, str]
    ) -> tuple[_Node, dict[str, str]] | None:
        if not segments:
            return (self, variables) if self.routes else None
        first, rest = segments[0], segments[1:]
        literal = self.literals.get(unquote(first))
        if literal is not None:
            found = literal._walk(rest, variables)
            if found is not None:
                return found
        if self.variable is not None and first:
            name, node = self.variable
            found = node._walk(rest, {**variables, name: first})
            if found is not None:
                return found
        if self.greedy is not None and first:
            name, node = self.greedy
            return (node, {**variables, name: "/".join(segments)}) if node.routes else None
        return None
