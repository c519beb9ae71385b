"""What the gateway knows about one request, and the events and answers made from it."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from local.aws.cloudformation import ACCOUNT, REGION
from local.aws.gateway.definition import GatewayResponse, Match

type Json = dict[str, Any]

API_ID = "local00000"
_STAGE_VARIABLE = re.compile(r"\$stageVariables\.(\w+)")
_VARIABLE = re.compile(r"\$context\.([A-Za-z0-9_.-]*[A-Za-z0-9_])|\$\{context\.([A-Za-z0-9_.-]+)\}")


def _trace_id() -> str:
    return f"Root=1-{int(time.time()):08x}-{secrets.token_hex(12)}"


@dataclass
class Request:
    """One HTTP request as it came in, and what was found out about it on the way."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    source_ip: str
    protocol: str
    scheme: str
    stage: str
    stage_variables: Json = field(default_factory=dict)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    extended_request_id: str = field(default_factory=lambda: secrets.token_urlsafe(11) + "=")
    received_at: float = field(default_factory=time.time)
    trace_id: str = ""
    match: Match | None = None
    authorizer: Json | None = None
    api_key: str | None = None
    api_key_id: str | None = None
    error_message: str = ""
    error_kind: str = ""
    validation_error: str = ""
    status: int = 0
    response_length: int = 0
    integration_latency_ms: int = 0

    def __post_init__(self) -> None:
        self.trace_id = self.header("x-amzn-trace-id") or _trace_id()

    def header(self, name: str) -> str | None:
        """The last value of a header, as `headers` of an event has it."""
        values = [value for key, value in self.headers if key.lower() == name.lower()]
        return values[-1] if values else None

    @property
    def parameters(self) -> list[tuple[str, str]]:
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def resource_path(self) -> str:
        return self.match.route.path if self.match else self.path

    def arn(self) -> str:
        """The method's ARN, which an authorizer's policy is evaluated against."""
        return (
            f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{API_ID}/{self.stage}/{self.method}{self.path}"
        )

    def context(self) -> Json:
        """`requestContext` of an event, and the source of `$context` variables."""
        when = datetime.fromtimestamp(self.received_at, UTC)
        context: Json = {
            "accountId": ACCOUNT,
            "apiId": API_ID,
            "domainName": self.header("host") or "localhost",
            "domainPrefix": API_ID,
            "extendedRequestId": self.extended_request_id,
            "httpMethod": self.method,
            "identity": {
                "accessKey": None,
                "accountId": None,
                "apiKey": self.api_key,
                "apiKeyId": self.api_key_id,
                "caller": None,
                "cognitoAuthenticationProvider": None,
                "cognitoAuthenticationType": None,
                "cognitoIdentityId": None,
                "cognitoIdentityPoolId": None,
                "principalOrgId": None,
                "sourceIp": self.source_ip,
                "user": None,
                "userAgent": self.header("user-agent"),
                "userArn": None,
            },
            "path": self.path,  # as under a domain of one's own: no stage stands in the address
            "protocol": self.protocol,
            "requestId": self.request_id,
            "requestTime": when.strftime("%d/%b/%Y:%H:%M:%S +0000"),
            "requestTimeEpoch": int(self.received_at * 1000),
            "resourceId": self.match.route.resource_id if self.match else "",
            "resourcePath": self.resource_path,
            "stage": self.stage,
        }
        if self.authorizer is not None:
            context["authorizer"] = self.authorizer
        return context

    def event(self, binary_media_types: Iterable[str]) -> Json:
        """The REST proxy event, version 1.0."""
        binary = media_type_in(self.header("content-type"), binary_media_types)
        body: str | None = None
        if self.body:
            body = (
                base64.b64encode(self.body).decode()
                if binary
                else self.body.decode("utf-8", errors="replace")
            )
        single, multiple = _single_and_multiple((*self.headers, *self._added_headers()))
        query, queries = _single_and_multiple(self.parameters)
        return {
            "resource": self.resource_path,
            "path": self.path,
            "httpMethod": self.method,
            "headers": single or None,
            "multiValueHeaders": multiple or None,
            "queryStringParameters": query or None,
            "multiValueQueryStringParameters": queries or None,
            "pathParameters": dict(self.match.variables) or None if self.match else None,
            "stageVariables": self.stage_variables or None,
            "requestContext": self.context(),
            "body": body,
            "isBase64Encoded": binary and bool(self.body),
        }

    def _added_headers(self) -> list[tuple[str, str]]:
        """What API Gateway adds to what the caller sent."""
        port = (self.header("host") or "").rpartition(":")[2]
        added = {
            "X-Amzn-Trace-Id": self.trace_id,
            "X-Forwarded-For": self.source_ip,
            "X-Forwarded-Port": port,
            "X-Forwarded-Proto": self.scheme,
        }
        sent = {name.lower() for name, _ in self.headers}
        return [(name, value) for name, value in added.items() if name.lower() not in sent]

    def authorizer_event(self) -> Json:
        """What a REQUEST authorizer is called with: the same without the body."""
        event = self.event(())
        for absent in ("body", "isBase64Encoded"):
            del event[absent]
        return {"type": "REQUEST", "methodArn": self.arn()} | event

    def substituted(self, text: str) -> str:
        """A template of an answer with its `$context` and `$stageVariables` filled in."""
        values = self._variables()
        text = _STAGE_VARIABLE.sub(lambda found: _look_up(self.stage_variables, found[1]), text)
        return _VARIABLE.sub(lambda found: _look_up(values, found[1] or found[2]), text)

    def header_value(self, mapped: str) -> str:
        """What a header is mapped from: a text in quotes, or a variable such as `context.requestId`."""
        return mapped[1:-1] if mapped.startswith("'") else self.substituted(f"${mapped}")

    def _variables(self) -> Json:
        context = self.context()
        context["error"] = {
            "message": self.error_message,
            "messageString": json.dumps(self.error_message),
            "responseType": self.error_kind,
            "validationErrorString": self.validation_error,
        }
        context["status"] = str(self.status)
        context["responseLength"] = str(self.response_length)
        context["responseLatency"] = str(int((time.time() - self.received_at) * 1000))
        context["integrationLatency"] = str(self.integration_latency_ms)
        context["xrayTraceId"] = self.trace_id
        return context

    def access_log(self, log_format: str) -> str:
        """One access log line; an absent value is `-`."""
        values = self._variables()
        return _VARIABLE.sub(lambda found: _look_up(values, found[1] or found[2], "-"), log_format)


def _look_up(values: Json, name: str, absent: str = "") -> str:
    found: Any = values
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            return absent
        found = found[part]
    if found is None or found == "":
        return absent
    return found if isinstance(found, str) else json.dumps(found)


def _single_and_multiple(
    pairs: Iterable[tuple[str, str]],
) -> tuple[dict[str, str], dict[str, list[str]]]:
    multiple: dict[str, list[str]] = {}
    for name, value in pairs:
        multiple.setdefault(name, []).append(value)
    return {name: values[-1] for name, values in multiple.items()}, multiple


def media_type_in(value: str | None, media_types: Iterable[str]) -> bool:
    """Whether a Content-Type or an Accept's first choice is one of the binary media types."""
    if not value:
        return False
    first = value.split(",")[0].split(";")[0].strip().lower()
    return any(
        each in {"*/*", first} or (each.endswith("/*") and first.startswith(each[:-1]))
        for each in media_types
    )


@dataclass(frozen=True)
class Answer:
    """What goes back to the caller."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class MalformedAnswer(Exception):
    """The function's answer is not a proxy answer: 502."""


def proxied(payload: bytes, *, accept: str | None, binary_media_types: Iterable[str]) -> Answer:
    """A function's answer as HTTP."""
    try:
        result = json.loads(payload)
    except ValueError as error:
        raise MalformedAnswer("not JSON") from error
    if not isinstance(result, dict) or not _is_status(result.get("statusCode")):
        raise MalformedAnswer("no statusCode")
    body = result.get("body")
    if body is not None and not isinstance(body, str):
        raise MalformedAnswer("body is not a string")
    headers: dict[str, list[str]] = {}
    for name, value in (result.get("headers") or {}).items():
        headers[name] = [_as_header(value)]
    for name, values in (result.get("multiValueHeaders") or {}).items():
        # A header in both appears with the values of multiValueHeaders.
        headers = {key: kept for key, kept in headers.items() if key.lower() != name.lower()}
        headers[name] = [_as_header(value) for value in values]
    headers = {_renamed(name): values for name, values in headers.items()}
    if not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = ["application/json"]
    content = (body or "").encode()
    if result.get("isBase64Encoded") and media_type_in(accept or "*/*", binary_media_types):
        try:
            content = base64.b64decode(body or "", validate=True)
        except binascii.Error as error:
            raise MalformedAnswer("body is not base64") from error
    return Answer(
        status=int(result["statusCode"]),
        headers=tuple((name, value) for name, values in headers.items() for value in values),
        body=content,
    )


def _renamed(name: str) -> str:
    """API Gateway keeps this header for itself; a function's own comes under another name."""
    return f"x-amzn-Remapped-{name}" if name.lower() == "www-authenticate" else name


def _is_status(value: Any) -> bool:
    return str(value).isdigit() and 100 <= int(value) <= 599  # noqa: PLR2004 (HTTP's range)


def _as_header(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


@dataclass(frozen=True)
class Kind:
    """A gateway response type: what AWS answers unless the definition says otherwise."""

    status: int
    message: str
    family: str


KINDS: Mapping[str, Kind] = {
    "ACCESS_DENIED": Kind(403, "User is not authorized to access this resource", "DEFAULT_4XX"),
    "API_CONFIGURATION_ERROR": Kind(500, "Internal server error", "DEFAULT_5XX"),
    "AUTHORIZER_CONFIGURATION_ERROR": Kind(500, "Internal server error", "DEFAULT_5XX"),
    "AUTHORIZER_FAILURE": Kind(500, "Internal server error", "DEFAULT_5XX"),
    "BAD_REQUEST_BODY": Kind(400, "Invalid request body", "DEFAULT_4XX"),
    "BAD_REQUEST_PARAMETERS": Kind(400, "Missing required request parameters", "DEFAULT_4XX"),
    "EXPIRED_TOKEN": Kind(403, "The incoming token has expired", "DEFAULT_4XX"),
    "INTEGRATION_FAILURE": Kind(504, "Internal server error", "DEFAULT_5XX"),
    "INTEGRATION_TIMEOUT": Kind(504, "Endpoint request timed out", "DEFAULT_5XX"),
    "INVALID_API_KEY": Kind(403, "Forbidden", "DEFAULT_4XX"),
    "MISSING_AUTHENTICATION_TOKEN": Kind(403, "Missing Authentication Token", "DEFAULT_4XX"),
    "QUOTA_EXCEEDED": Kind(429, "Limit Exceeded", "DEFAULT_4XX"),
    "REQUEST_TOO_LARGE": Kind(413, "HTTP content length exceeded 10485760 bytes.", "DEFAULT_4XX"),
    "THROTTLED": Kind(429, "Too Many Requests", "DEFAULT_4XX"),
    "UNAUTHORIZED": Kind(401, "Unauthorized", "DEFAULT_4XX"),
    "UNSUPPORTED_MEDIA_TYPE": Kind(415, "Unsupported Media Type", "DEFAULT_4XX"),
    "WAF_FILTERED": Kind(403, "Forbidden", "DEFAULT_4XX"),
    # A Lambda that failed or answered nonsense: AWS answers 502 under the default response.
    "DEFAULT_5XX": Kind(502, "Internal server error", "DEFAULT_5XX"),
    "DEFAULT_4XX": Kind(400, "Bad Request", "DEFAULT_4XX"),
}
ERROR_TYPES: Mapping[str, str] = {
    "ACCESS_DENIED": "AccessDeniedException",
    "BAD_REQUEST_BODY": "BadRequestException",
    "BAD_REQUEST_PARAMETERS": "BadRequestException",
    "INVALID_API_KEY": "ForbiddenException",
    "MISSING_AUTHENTICATION_TOKEN": "MissingAuthenticationTokenException",
    "QUOTA_EXCEEDED": "LimitExceededException",
    "REQUEST_TOO_LARGE": "RequestEntityTooLargeException",
    "THROTTLED": "TooManyRequestsException",
    "UNAUTHORIZED": "UnauthorizedException",
    "WAF_FILTERED": "ForbiddenException",
}


@dataclass(frozen=True)
class Refusal:
    """The gateway itself says no."""

    kind: str
    message: str | None = None
    validation_error: str = ""


def refused(request: Request, refusal: Refusal, responses: Mapping[str, GatewayResponse]) -> Answer:
    """The gateway's own answer: the kind's response, else its family's, else AWS's default."""
    kind = KINDS[refusal.kind]
    request.error_kind = refusal.kind
    request.error_message = refusal.message or kind.message
    request.validation_error = refusal.validation_error
    declared = responses.get(refusal.kind)
    if declared is None:
        declared = responses.get(kind.family)
    request.status = (declared.status if declared else None) or kind.status
    template = '{"message":$context.error.messageString}'
    content_type = "application/json"
    headers: list[tuple[str, str]] = []
    if declared is not None and declared.templates:
        # The first template's media type is the answer's, unless a header says otherwise.
        content_type, template = next(iter(declared.templates.items()))
    if declared is not None:
        for name, value in declared.headers.items():
            text = request.header_value(value)
            if name.lower() == "content-type":
                content_type = text
            else:
                headers.append((name, text))
    headers.append(("Content-Type", content_type))
    error_type = ERROR_TYPES.get(refusal.kind, "InternalServerErrorException")
    headers.append(("x-amzn-ErrorType", error_type))
    return Answer(request.status, tuple(headers), request.substituted(template).encode())
