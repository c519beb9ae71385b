"""What API Gateway itself needs in the definition: authorizers, validators, its own answers."""

import json
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, NamedTuple

from insurance.api.body import BODY_BYTES_MAX, FILE_BODY_BYTES_MAX
from insurance.api.problems import FAULT, NO_ROUTE, Problem
from insurance.api.responses import ALWAYS

type Json = dict[str, Any]

AUTHORIZER_TTL_SECONDS = 60  # also how long a suspended application may still be served
PARTNER, STAFF, API_KEY = "partner", "staff", "api_key"


class Kind(NamedTuple):
    """One kind of answer that the gateway gives without asking a handler."""

    status: int | None
    slug: str
    title: str
    detail: str | None = None
    """What to tell the caller; without one, the gateway's own message."""
    headers: tuple[tuple[str, str], ...] = ()


# No status for the defaults: one given there would replace those of all other kinds.
KINDS: dict[str, Kind] = {
    "DEFAULT_4XX": Kind(None, "bad-request", "Bad request"),
    "DEFAULT_5XX": Kind(None, FAULT.slug, FAULT.title, "Nothing is known to be done."),
    "RESOURCE_NOT_FOUND": Kind(404, NO_ROUTE.slug, NO_ROUTE.title, "There is no such operation."),
    "MISSING_AUTHENTICATION_TOKEN": Kind(
        404, NO_ROUTE.slug, NO_ROUTE.title, "There is no such operation."
    ),
    "UNAUTHORIZED": Kind(
        401,
        "unauthorized",
        "Unauthorized",
        "Send a valid access token: as a Bearer token, or with DPoP where it is bound to a key.",
        (
            (
                "WWW-Authenticate",
                'Bearer realm="coverwright", DPoP realm="coverwright", algs="ES256 PS256"',
            ),
        ),
    ),
    "EXPIRED_TOKEN": Kind(
        401,
        "unauthorized",
        "Unauthorized",
        "The access token has expired.",
        (("WWW-Authenticate", 'Bearer realm="coverwright", error="invalid_token"'),),
    ),
    "INVALID_SIGNATURE": Kind(
        401,
        "unauthorized",
        "Unauthorized",
        "The request's signature does not hold.",
        (("WWW-Authenticate", 'Bearer realm="coverwright"'),),
    ),
    "ACCESS_DENIED": Kind(
        403, "access-denied", "Access denied", "This token does not reach this operation."
    ),
    "INVALID_API_KEY": Kind(
        403, "no-usage-plan", "No usage plan", "The application has no usable key of a plan."
    ),
    "WAF_FILTERED": Kind(403, "filtered", "Filtered", "The firewall refused the request."),
    "BAD_REQUEST_PARAMETERS": Kind(400, "bad-header", "Header missing or malformed"),
    "BAD_REQUEST_BODY": Kind(400, "malformed-body", "Malformed body"),
    "REQUEST_TOO_LARGE": Kind(
        413,
        "body-too-large",
        "Body too large",
        f"A body has at most {BODY_BYTES_MAX:,} bytes, one that carries a file at most"
        f" {FILE_BODY_BYTES_MAX:,}; address and headers have 10,240 bytes.",
    ),
    "UNSUPPORTED_MEDIA_TYPE": Kind(
        415, "unsupported-media-type", "Unsupported media type", "Send application/json."
    ),
    "THROTTLED": Kind(
        429,
        "throttled",
        "Too many requests",
        "Slow down: the plan's rate is exceeded.",
        (("Retry-After", "1"),),
    ),
    "QUOTA_EXCEEDED": Kind(
        429,
        "quota-exceeded",
        "Quota exceeded",
        "The plan's calls for the day are used up.",
        (("Retry-After", "3600"),),
    ),
    "AUTHORIZER_FAILURE": Kind(
        500, FAULT.slug, FAULT.title, "Nobody could say who calls. Try again."
    ),
    "AUTHORIZER_CONFIGURATION_ERROR": Kind(
        500, FAULT.slug, FAULT.title, "Nobody could say who calls. Try again."
    ),
    "API_CONFIGURATION_ERROR": Kind(
        500, FAULT.slug, FAULT.title, "The operation could not be reached."
    ),
    "INTEGRATION_FAILURE": Kind(
        504, "no-answer", "No answer", "Repeat the call with the same Idempotency-Key."
    ),
    "INTEGRATION_TIMEOUT": Kind(
        504, "no-answer", "No answer in time", "Repeat the call with the same Idempotency-Key."
    ),
}


def type_of(slug: str) -> str:
    """As handlers name a problem's page, in a text that `naming_docs` completes."""
    return f"${{Docs}}/problems/{slug}"


def naming_docs(text: str) -> Json:
    """A text with the address of the docs in it, which the stack knows."""
    own = {"Fn::Sub": "https://${SiteDistribution.DomainName}/docs"}
    named = {"Fn::If": ["NamesDocs", {"Ref": "DocsUrl"}, own]}
    return {"Fn::Sub": [text, {"Docs": named}]}


def at_stage(text: str) -> str:
    """The same text for an answer of the gateway's own at a path: there are hundreds, and the stage's variable says it
    in a tenth of the bytes."""
    return text.replace("${Docs}", "$stageVariables.docs")


REQUEST_ID = "context.requestId"
"""What the gateway puts into a header by itself."""


def gateway_responses() -> Json:
    """`x-amazon-apigateway-gateway-responses`: every kind answers a problem."""
    return {name: _gateway_response(kind) for name, kind in KINDS.items()}


def _gateway_response(kind: Kind) -> Json:
    headers = (("Content-Type", "application/problem+json"), *ALWAYS.items())
    response: Json = {} if kind.status is None else {"statusCode": str(kind.status)}
    response["responseParameters"] = {
        f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers + kind.headers
    }
    response["responseParameters"]["gatewayresponse.header.X-Request-Id"] = REQUEST_ID
    # One template under application/json, whatever is accepted; the header above says what it is.
    response["responseTemplates"] = {"application/json": naming_docs(_template(kind))}
    return response


def _template(kind: Kind) -> str:
    """Not VTL: variables are put in as they are. Only `messageString` comes quoted and escaped."""
    fields = {"type": type_of(kind.slug), "title": kind.title}
    parts = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in fields.items()]
    if kind.status is not None:
        parts.append(f'"status":{kind.status}')
    detail = json.dumps(kind.detail) if kind.detail else "$context.error.messageString"
    parts.append(f'"detail":{detail}')
    parts.append(f'"code":{json.dumps(kind.slug)}')
    parts.append('"request_id":"$context.requestId"')
    return "{" + ",".join(parts) + "}"


def security_schemes() -> Json:
    """Whose authorizer asks: ours, or the staff pool's; and the usage plan's key."""
    return {
        PARTNER: {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "description": "`Bearer` and an access token of a partner's application, or of staff.",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
                "type": "request",
                "identitySource": "method.request.header.Authorization",
                "authorizerUri": invocation("AuthorizerFunction"),
                "authorizerResultTtlInSeconds": AUTHORIZER_TTL_SECONDS,
            },
        },
        STAFF: {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "description": "`Bearer` and an access token of the user pool, with the scope.",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
                "type": "cognito_user_pools",
                "providerARNs": [{"Fn::GetAtt": ["StaffPool", "Arn"]}],
            },
        },
        API_KEY: {
            "type": "apiKey",
            "name": "x-api-key",
            "in": "header",
            "description": "The authorizer names the plan's key; callers send none.",
        },
    }


def integration(function: str) -> Json:
    """The Lambda proxy integration with a function's alias; it has API Gateway's own 29 seconds."""
    return {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": invocation(function),
    }


def invocation(function: str) -> Json:
    """The alias's address. Long form: an included file knows no short one."""
    return {
        "Fn::Sub": "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31"
        f"/functions/${{{function}.Alias}}/invocations"
    }


def request_validators() -> Json:
    """Parameters only: a body is refused by its handler, which can point at the fault."""
    return {"parameters": {"validateRequestParameters": True, "validateRequestBody": False}}


METHOD_NOT_ALLOWED = Problem(
    HTTPStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "Method not allowed"
)
ANY_METHOD = "x-amazon-apigateway-any-method"


def other_methods(declared: Iterable[str]) -> Json:
    """What the gateway answers to the methods that a path does not have: a 405 with those it has."""
    allowed = ", ".join(sorted(method.upper() for method in declared))
    problem = {
        "type": type_of(METHOD_NOT_ALLOWED.slug),
        "title": METHOD_NOT_ALLOWED.title,
        "status": int(METHOD_NOT_ALLOWED.status),
        "detail": f"Use {allowed}.",
        "code": METHOD_NOT_ALLOWED.slug,
        "request_id": "$context.requestId",
    }
    headers = {
        "Allow": f"'{allowed}'",
        "Content-Type": "'application/problem+json'",
        "X-Request-Id": REQUEST_ID,
    }
    return {
        "security": [],
        "responses": {
            "405": {
                "description": "",
                "headers": {name: {"schema": {"type": "string"}} for name in headers},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode":405}'},
            "passthroughBehavior": "never",
            "responses": {
                "default": {
                    "statusCode": "405",
                    "responseParameters": {
                        f"method.response.header.{name}": value for name, value in headers.items()
                    },
                    "responseTemplates": {
                        "application/json": at_stage(json.dumps(problem, separators=(",", ":")))
                    },
                }
            },
        },
    }
