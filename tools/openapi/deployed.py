"""What is deployed of the published definition: OpenAPI 3.0.3 with what API Gateway acts on, and no more."""

from collections.abc import Iterable
from typing import Any

from insurance.api.route import Route

from tools.openapi import api_catalog
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
from tools.openapi.security import SCOPE_PREFIX

type Json = dict[str, Any]


def deployed(published: Json, handlers: Iterable[Handler]) -> Json:
    """The definition without what is for readers: a template ends at a megabyte (ADR 42).

    The gateway asks for the presence of what is required, and hands everything else on unread:
    words, schemas and answers of proxied operations change nothing of what it does.
    """
    paths: Json = {path: {} for path in published["paths"]}
    for handler in handlers:
        for route in handler.routes:
            method = route.method.lower()
            said = published["paths"][route.path][method]["parameters"]
            paths[route.path][method] = {
                **_required(said),
                "responses": {},
                "security": _security(route),
                "x-amazon-apigateway-integration": integration(handler.logical_id),
            }
    for item in paths.values():
        item[ANY_METHOD] = other_methods(item.keys())
    paths[api_catalog.PATH] = api_catalog.path_item()
    return {
        "openapi": "3.0.3",
        "info": {key: published["info"][key] for key in ("title", "version")},
        "paths": paths,
        "components": {"securitySchemes": security_schemes()},
        "x-amazon-apigateway-api-key-source": "AUTHORIZER",
        "x-amazon-apigateway-request-validators": request_validators(),
        "x-amazon-apigateway-request-validator": "parameters",
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
    }


def _required(parameters: list[Json]) -> Json:
    """The parameters that must be there; one of the path always is."""
    found = [
        {key: each[key] for key in ("name", "in", "required")} | {"schema": {"type": "string"}}
        for each in parameters
        if each["required"] and each["in"] != "path"
    ]
    return {"parameters": found} if found else {}


def _security(route: Route) -> list[Json]:
    """Only a user pool's authorizer takes scopes here; a Lambda authorizer's are the handler's."""
    if route.own_pool_only:
        return [{STAFF: [f"{SCOPE_PREFIX}{route.scope}"]}]
    return [{PARTNER: [], API_KEY: []}]
