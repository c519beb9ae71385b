"""What is deployed of the published definition: OpenAPI 3.0.3 with all that API Gateway acts on."""

from collections.abc import Iterable
from typing import Any

from insurance.api.route import Route

from tools.openapi.downgrade import downgraded
from tools.openapi.gateway import (
    ANY_METHOD,
    API_KEY,
    PARTNER,
    STAFF,
    gateway_responses,
    integration,
    other_methods,
    request_validators,
    security_schemes,
)
from tools.openapi.handlers import Handler
from tools.openapi.schemas import reachable
from tools.openapi.security import SCOPE_PREFIX

type Json = dict[str, Any]

_KEPT = ("operationId", "tags", "summary", "description")


def deployed(published: Json, handlers: Iterable[Handler]) -> Json:
    """The definition without what is for readers: examples, and the problems that handlers answer.

    A proxied answer passes API Gateway as it is, whatever is declared of it; and a template ends
    at a megabyte (ADR 16).
    """
    paths: Json = {path: {} for path in published["paths"]}
    for handler in handlers:
        for route in handler.routes:
            method = route.method.lower()
            said = published["paths"][route.path][method]
            paths[route.path][method] = {
                **_lean(said),
                "security": _security(route),
                "x-amazon-apigateway-integration": integration(handler.logical_id),
            }
    for item in paths.values():
        item[ANY_METHOD] = other_methods(item.keys())
    schemas = {
        name: downgraded(without_examples(schema))
        for name, schema in published["components"]["schemas"].items()
    }
    return {
        "openapi": "3.0.3",
        "info": {key: published["info"][key] for key in ("title", "version", "description")},
        "tags": published["tags"],
        "paths": paths,
        "components": {
            "schemas": reachable(schemas, paths),
            "securitySchemes": security_schemes(),
        },
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
        "x-amazon-apigateway-request-validators": request_validators(),
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
    }


def _lean(said: Json) -> Json:
    """One operation as far as API Gateway reads it."""
    lean: Json = {key: said[key] for key in _KEPT}
    lean["parameters"] = [
        {**_without_example(parameter), "schema": downgraded(parameter["schema"])}
        for parameter in said["parameters"]
    ]
    if "requestBody" in said:
        lean["requestBody"] = _content(said["requestBody"])
    lean["responses"] = {
        status: _content(answer) for status, answer in said["responses"].items() if status < "400"
    }
    return lean


def _content(said: Json) -> Json:
    """A body with its schemas, and without what was sent or answered once."""
    if "content" not in said:
        return said
    content = {
        kind: {"schema": downgraded(media["schema"])} for kind, media in said["content"].items()
    }
    return {**said, "content": content}


def _security(route: Route) -> list[Json]:
    """Only a user pool's authorizer takes scopes here; a Lambda authorizer's are the handler's."""
    if route.own_pool_only:
        return [{STAFF: [f"{SCOPE_PREFIX}{route.scope}"]}]
    return [{PARTNER: [], API_KEY: []}]


def _without_example(parameter: Json) -> Json:
    return {key: each for key, each in parameter.items() if key not in {"example", "examples"}}


def without_examples(schema: Any, *, names: bool = False) -> Any:
    """`names`: the keys are those of properties, which may be called anything."""
    if isinstance(schema, dict):
        return {
            key: without_examples(each, names=key == "properties" and not names)
            for key, each in schema.items()
            if names or key != "examples"
        }
    return [without_examples(each) for each in schema] if isinstance(schema, list) else schema
