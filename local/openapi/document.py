"""One definition out of many handlers."""

from collections.abc import Iterable
from typing import Any

from local.openapi.downgrade import downgraded, reachable, schema_names
from local.openapi.gateway import (
    API_KEY,
    PARTNER,
    PROBLEMS,
    gateway_responses,
    integration,
    request_validators,
    security_schemes,
)
from local.openapi.handlers import Handler

type Json = dict[str, Any]

VERSION = "1.0.0"
METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
# Powertools declares its own validation answer for every route; ours are problems.
_POWERTOOLS = ("HTTPValidationError", "ValidationError", "ResponseValidationError")


class Clash(Exception):
    """Two handlers disagree about a path or a schema."""


def document(handlers: Iterable[Handler], examples: dict[tuple[str, str], Json]) -> Json:
    """The definition of the whole API, as API Gateway imports it."""
    paths: Json = {}
    schemas: Json = {"Problem": PROBLEM, "ProblemField": PROBLEM_FIELD}
    for handler in handlers:
        found = handler.schema.get("components", {}).get("schemas", {})
        names = schema_names([name for name in found if name not in _POWERTOOLS])
        for name, plain in names.items():
            _add(schemas, plain, downgraded(found[name], names))
        for path, item in handler.schema["paths"].items():
            for method in METHODS:
                if method in item:
                    operation = _operation(method, path, item[method], handler, names)
                    _add_examples(operation, examples.get((method, path), {}))
                    _add(paths.setdefault(path, {}), method, operation)
    paths = dict(sorted(paths.items()))
    return {
        "openapi": "3.0.3",
        "info": INFO,
        "servers": [{"url": "https://api.coverwright.example"}],
        "tags": _tags(paths),
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


def _add(into: Json, name: str, value: Json) -> None:
    if into.setdefault(name, value) != value:
        raise Clash(f"{name} is said twice, and differently")


def _operation(method: str, path: str, said: Json, handler: Handler, names: dict[str, str]) -> Json:
    """One operation: what its handler says, and what the gateway adds."""
    security, scopes = _security(said.get("security", []))
    operation: Json = {
        "operationId": said["operationId"],
        "tags": [handler.folder],
        "summary": said["summary"],
    }
    if "description" in said and said["description"] != said["summary"]:
        operation["description"] = said["description"]
    if "parameters" in said:
        operation["parameters"] = [_parameter(each, names) for each in said["parameters"]]
    if "requestBody" in said:
        operation["requestBody"] = _content(said["requestBody"], names)
    operation["responses"] = _responses(method, path, operation, said["responses"], names)
    operation["security"] = security
    if scopes:
        operation["x-coverwright-scopes"] = scopes
    operation["x-amazon-apigateway-integration"] = integration(handler.logical_id)
    return operation


def _security(said: list[Json]) -> tuple[list[Json], list[str]]:
    """The requirements as API Gateway reads them, and the scopes that the handler checks.

    Only a user pool's authorizer takes scopes there; a Lambda authorizer's are ours to check.
    """
    scopes = sorted(
        {scope.rpartition("/")[2] for each in said for named in each.values() for scope in named}
    )
    return [
        {name: [] if name in {PARTNER, API_KEY} else named for name, named in each.items()}
        for each in said
    ], scopes


def _parameter(said: Json, names: dict[str, str]) -> Json:
    schema = said["schema"]
    name = said["name"]
    if said["in"] == "header":
        # Powertools lower-cases a header's name and keeps the one the handler gave as the title.
        name = schema.get("title", name) if schema.get("title", "").lower() == name else name
    parameter = {"name": name, "in": said["in"], "required": said["required"]}
    if "description" in said:
        parameter["description"] = said["description"]
    converted = downgraded(schema, names)
    converted.pop("description", None)
    converted.pop("nullable", None)  # a parameter is there or it is not
    example = said.get("example", converted.pop("example", None))
    parameter["schema"] = converted
    if example is not None:
        parameter["example"] = example
    return parameter


def _content(said: Json, names: dict[str, str]) -> Json:
    """A request body or an answer, its schemas converted."""
    out = {key: value for key, value in said.items() if key not in {"content", "headers"}}
    if "headers" in said:
        out["headers"] = {
            name: {**header, "schema": downgraded(header["schema"], names)}
            for name, header in said["headers"].items()
        }
    if "content" in said:
        out["content"] = {
            media_type: {**media, "schema": downgraded(media["schema"], names)}
            for media_type, media in said["content"].items()
        }
    return out


def _responses(method: str, path: str, operation: Json, said: Json, names: dict[str, str]) -> Json:
    responses: Json = {}
    for status, response in said.items():
        schemas = str(response.get("content", {}))
        if not any(f"/{name}'" in schemas for name in _POWERTOOLS):
            responses[status] = _content(response, names)
    for status in _problem_statuses(method, path, operation):
        responses.setdefault(status, problem_response(status))
    return dict(sorted(responses.items()))


def _problem_statuses(method: str, path: str, operation: Json) -> list[str]:
    """What can go wrong with an operation of this shape."""
    headers = {each["name"] for each in operation.get("parameters", []) if each["in"] == "header"}
    statuses = ["400", "401", "403", "429", "500", "503"]
    if "{" in path or method == "post":
        statuses.append("404")
    if method == "post":
        statuses += ["409", "413", "415", "422"]
    if "If-Match" in headers:
        statuses.append("412")
    return statuses


def problem_response(status: str) -> Json:
    """An answer with a problem, written out: API Gateway reads no shared responses."""
    slug, title, detail = PROBLEM_ANSWERS[status]
    response: Json = {
        "description": title,
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": PROBLEMS + slug,
                    "title": title,
                    "status": int(status),
                    "detail": detail,
                    "code": slug,
                    "request_id": "0f0a3e1c-5a1c-4a43-9f6e-3a6d8c1b2e4f",
                },
            }
        },
    }
    if status in {"429", "503"}:
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds to wait",
                "schema": {"type": "integer", "minimum": 1, "maximum": 86400},
            }
        }
    return response


def _add_examples(operation: Json, found: Json) -> None:
    """What a test sent and what it was answered: events/ is played by tests."""
    if "request" in found and "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = found["request"]
    for status, body in found.get("responses", {}).items():
        content = operation["responses"].get(status, {}).get("content", {})
        for media in content.values():
            media["example"] = body


def _tags(paths: Json) -> list[Json]:
    names = {tag for item in paths.values() for each in item.values() for tag in each["tags"]}
    return [{"name": name, "description": TAGS.get(name, name)} for name in sorted(names)]


INFO: Json = {
    "title": "Coverwright",
    "version": VERSION,
    "description": "Insurance operations: quote, issue, claim, settle. Money is in minor units; "
    "times are UTC; what goes wrong is a problem (RFC 9457) with a code to act on.",
    "contact": {"name": "Coverwright", "url": "https://docs.coverwright.example"},
    "license": {"name": "Proprietary", "url": "https://docs.coverwright.example/terms"},
}

TAGS = {
    "products": "The products on sale and their questions",
    "quoting": "Price a risk, decide a referral, accept",
    "policy_issuance": "Issue a policy; read it and its events",
    "claim_intake": "Check cover, notify a loss, read a claim",
    "settlement": "Settle a claim, approve a payment, report the bank's outcome",
    "data_intake": "Erase a party's personal data",
}

PROBLEM_FIELD: Json = {
    "type": "object",
    "description": "One fault in what was sent",
    "required": ["pointer", "code", "detail"],
    "properties": {
        "pointer": {"type": "string", "maxLength": 500, "description": "A JSON pointer"},
        "code": {"type": "string", "maxLength": 100},
        "detail": {"type": "string", "maxLength": 1000},
    },
}

PROBLEM: Json = {
    "type": "object",
    "description": "What went wrong (RFC 9457). Act on `code`, never on the words.",
    "required": ["type", "title", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "maxLength": 200},
        "title": {"type": "string", "maxLength": 200},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "maxLength": 2000},
        "code": {"type": "string", "pattern": "^[a-z0-9-]+$", "maxLength": 100},
        "request_id": {"type": "string", "maxLength": 100},
        "errors": {
            "type": "array",
            "maxItems": 1000,
            "items": {"$ref": "#/components/schemas/ProblemField"},
        },
    },
}

PROBLEM_ANSWERS = {
    "400": ("invalid-parameters", "Invalid parameters", "Missing required request parameters."),
    "401": ("unauthorized", "Unauthorized", "Send a valid access token as a Bearer token."),
    "403": ("missing-scope", "Missing scope", "This needs the scope policies:write."),
    "404": ("quote-not-found", "Quote not found", "There is no quote quo_0123456789abcdefghjk."),
    "409": ("wrong-state", "Wrong state", "The quote is declined: it cannot be accepted."),
    "412": ("stale-revision", "Stale revision", "It has changed since you read it."),
    "413": ("too-large", "Too large", "The request is too large."),
    "415": ("unsupported-media-type", "Unsupported media type", "Send application/json."),
    "422": ("invalid-fields", "Invalid fields", "1 field(s) need attention."),
    "429": ("throttled", "Too many requests", "Slow down: the plan's rate is exceeded."),
    "500": ("internal-error", "Internal error", "Nothing is known to be done."),
    "503": ("unavailable", "Unavailable", "Nothing was done. Repeat the call with the same key."),
}
