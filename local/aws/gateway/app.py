"""The gateway: one ASGI app that does to a request what API Gateway does, in its order.

Firewall, route, authorizer, API key, throttles and quota, request validation, integration. Whatever stops a
request on the way is answered with the gateway response that openapi.deployed.yaml declares for it.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from jsonschema import Draft4Validator

from local.aws.gateway.authorizers import Authorizers
from local.aws.gateway.context import (
    Answer,
    MalformedAnswer,
    Refusal,
    Request,
    proxied,
    refused,
)
from local.aws.gateway.definition import (
    Definition,
    LambdaIntegration,
    Match,
    MockIntegration,
    Parameter,
)
from local.aws.gateway.firewall import Firewall
from local.aws.gateway.plans import ApiKey, Plans
from local.aws.runtime import Lambda
from local.aws.workers import PayloadTooLarge
from local.server import read_body

type Json = dict[str, Any]

BODY_LIMIT = 10 * 1024 * 1024
HEADER_LIMIT = 10_240
INTEGRATION_SECONDS = 29.0

execution_log = logging.getLogger("coverwright.gateway")


@dataclass(frozen=True)
class Guards:
    """What may stop a request on its way to a function."""

    firewall: Firewall
    authorizers: Authorizers
    find_key: Callable[[str], ApiKey | None]
    plans: Plans


@dataclass(frozen=True)
class Stage:
    """The settings of the API's stage."""

    name: str
    variables: Json
    """For the templates of the gateway's own answers."""
    access_log_format: str
    write_access_log: Callable[[str], None]
    api_key_source: str
    minimum_compression_size: int | None
    """In bytes; None: answers are never compressed."""
    stretch: int
    """How many times longer than on AWS an integration may take."""


class Gateway:
    """ASGI: one REST API, one stage."""

    def __init__(
        self, definition: Definition, functions: Lambda, guards: Guards, stage: Stage
    ) -> None:
        self._definition = definition
        self._functions = functions
        self._guards = guards
        self._stage = stage

    async def __call__(self, scope: Json, receive: Any, send: Any) -> None:
        request = _request_of(scope, self._stage)
        too_large = await _read(request, receive)
        answer = await self._answer(request, too_large)
        request.status = answer.status
        request.response_length = len(answer.body)
        await self._send(request, answer, send)
        self._stage.write_access_log(request.access_log(self._stage.access_log_format))

    async def _answer(self, request: Request, too_large: Refusal | None) -> Answer:
        try:
            outcome = too_large or await self._handle(request)
        except Exception:
            execution_log.exception("%s: the local gateway failed", request.request_id)
            outcome = Refusal("DEFAULT_5XX")
        if isinstance(outcome, Refusal):
            return refused(request, outcome, self._definition.gateway_responses)
        return outcome

    async def _handle(self, request: Request) -> Answer | Refusal:
        if self._guards.firewall.blocks(request):
            return Refusal("WAF_FILTERED")
        match = self._definition.match(request.method, request.path)
        if match is None:
            # AWS has no 404 of its own: an unknown route is one that nobody may call.
            return Refusal("MISSING_AUTHENTICATION_TOKEN")
        request.match = match
        admitted = await self._guards.authorizers.admit(match.route, request)
        if isinstance(admitted, Refusal):
            return admitted
        if match.route.authorizer is not None:
            request.authorizer = admitted.authorizer
        refusal = self._limit(match, request, admitted.usage_key) or self._validate(match, request)
        if refusal is not None:
            return refusal
        integration = match.route.integration
        if isinstance(integration, MockIntegration):
            return _mocked(integration, request)
        return await self._invoke(integration, request)

    def _limit(self, match: Match, request: Request, usage_key: str | None) -> Refusal | None:
        key = None
        if match.route.api_key_required:
            from_authorizer = self._stage.api_key_source == "AUTHORIZER"
            value = usage_key if from_authorizer else request.header("x-api-key")
            key = self._guards.find_key(value) if value else None
            if key is None or not key.enabled or not self._guards.plans.knows(key.plan):
                return Refusal("INVALID_API_KEY")
            request.api_key, request.api_key_id = key.value, key.id
        stopped = self._guards.plans.admit(key, path=match.route.path, method=match.route.method)
        return Refusal(stopped) if stopped else None

    def _validate(self, match: Match, request: Request) -> Refusal | None:
        route = match.route
        if route.validator.parameters:
            missing = [each for each in route.required if not _is_present(each, match, request)]
            if missing:
                names = ", ".join(each.name for each in missing)
                text = f"Missing required request parameters: [{names}]"
                return Refusal("BAD_REQUEST_PARAMETERS", text)
        if route.validator.body:
            errors = self._body_errors(match, request)
            if errors:
                return Refusal("BAD_REQUEST_BODY", validation_error=f"[{', '.join(errors)}]")
        return None

    def _body_errors(self, match: Match, request: Request) -> list[str]:
        """API Gateway validates with the model of the request's content type, if there is one."""
        content_type = (request.header("content-type") or "application/json").split(";")[0].strip()
        model = match.route.models.get(content_type)
        if model is None:
            return []
        if not request.body:
            return ["object has missing required properties"] if match.route.body_required else []
        try:
            document = json.loads(request.body)
        except (ValueError, RecursionError):
            return ["not JSON"]
        # Models are JSON schema draft 4; their references point into the definition.
        whole = {**model, "components": {"schemas": self._definition.schemas}}
        return [error.message for error in Draft4Validator(whole).iter_errors(document)]

    async def _invoke(self, integration: LambdaIntegration, request: Request) -> Answer | Refusal:
        event = request.event(self._definition.binary_media_types)
        started = time.monotonic()
        seconds = min(integration.timeout_seconds, INTEGRATION_SECONDS) * self._stage.stretch
        try:
            async with asyncio.timeout(seconds):
                result = await self._functions.invoke(
                    integration.function, event, trace_id=request.trace_id
                )
        except TimeoutError:
            return Refusal("INTEGRATION_TIMEOUT")
        except PayloadTooLarge:
            return Refusal("REQUEST_TOO_LARGE", "Request Entity Too Large")
        finally:
            request.integration_latency_ms = int((time.monotonic() - started) * 1000)
        if result.error is not None:
            text = result.payload.decode(errors="replace")
            execution_log.error("%s: %s: %s", request.request_id, integration.function, text)
            return Refusal("DEFAULT_5XX")
        try:
            return proxied(
                result.payload,
                accept=request.header("accept"),
                binary_media_types=self._definition.binary_media_types,
            )
        except MalformedAnswer as error:
            execution_log.error(
                "%s: Malformed Lambda proxy response: %s", request.request_id, error
            )
            return Refusal("DEFAULT_5XX")

    async def _send(self, request: Request, answer: Answer, send: Any) -> None:
        body, encoding = answer.body, None
        accepts = request.header("accept-encoding") or ""
        minimum = self._stage.minimum_compression_size
        encoded = any(name.lower() == "content-encoding" for name, _ in answer.headers)
        if minimum is not None and len(body) >= minimum and "gzip" in accepts and not encoded:
            body, encoding = gzip.compress(body, compresslevel=5, mtime=0), "gzip"
        own = [
            ("x-amzn-RequestId", request.request_id),
            ("x-amz-apigw-id", request.extended_request_id),
            ("X-Amzn-Trace-Id", request.trace_id),
            ("Content-Length", str(len(body))),
        ]
        if encoding:
            own.append(("Content-Encoding", encoding))
        remapped = {"connection", "content-length", "date", "server", "transfer-encoding"}
        headers = [pair for pair in answer.headers if pair[0].lower() not in remapped] + own
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(n.encode("latin-1"), _header_bytes(v)) for n, v in headers],
            }
        )
        await send(
            {"type": "http.response.body", "body": b"" if request.method == "HEAD" else body}
        )


def _header_bytes(value: str) -> bytes:
    text = "".join(character if character >= " " else " " for character in value)
    return text.encode("utf-8")


def _request_of(scope: Json, stage: Stage) -> Request:
    raw_path = scope.get("raw_path") or quote(scope["path"]).encode()
    return Request(
        method=scope["method"],
        path=raw_path.decode("latin-1").split("?")[0],
        query=scope["query_string"].decode("latin-1"),
        headers=tuple((n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]),
        body=b"",
        source_ip=scope["client"][0] if scope.get("client") else "127.0.0.1",
        protocol=f"HTTP/{scope['http_version']}",
        scheme=scope["scheme"],
        stage=stage.name,
        stage_variables=stage.variables,
    )


async def _read(request: Request, receive: Callable[[], Any]) -> Refusal | None:
    """Read the body; say so when request line and headers, or the body, are too large."""
    line = len(request.method) + len(request.path) + len(request.query)
    if line + sum(len(name) + len(value) for name, value in request.headers) > HEADER_LIMIT:
        return Refusal("REQUEST_TOO_LARGE", f"HTTP header is larger than {HEADER_LIMIT} bytes.")
    body = b"".join([chunk async for chunk in read_body(receive, BODY_LIMIT)])
    if len(body) > BODY_LIMIT:
        return Refusal("REQUEST_TOO_LARGE")
    if (request.header("content-encoding") or "").lower() == "gzip":
        unpacked = _unzipped(body)
        if unpacked is None:
            return Refusal("BAD_REQUEST_BODY")
        if len(unpacked) > BODY_LIMIT:
            return Refusal("REQUEST_TOO_LARGE")
        body = unpacked
    request.body = body
    return None


def _unzipped(body: bytes) -> bytes | None:
    """At most one byte over the limit, however much is packed into it."""
    try:
        return zlib.decompressobj(wbits=31).decompress(body, BODY_LIMIT + 1)
    except zlib.error:
        return None


def _is_present(parameter: Parameter, match: Match, request: Request) -> bool:
    match parameter.location:
        case "header":
            return bool(request.header(parameter.name))
        case "query":
            return bool(dict(request.parameters).get(parameter.name))
    return bool(match.variables.get(parameter.name))


def _mocked(integration: MockIntegration, request: Request) -> Answer | Refusal:
    template = integration.request_templates.get("application/json", '{"statusCode": 200}')
    status = str(json.loads(template)["statusCode"])
    response = integration.responses.get(status) or integration.responses.get("default")
    if response is None:
        return Refusal("API_CONFIGURATION_ERROR")
    templates = response.get("responseTemplates", {})
    content_type, body = next(iter(templates.items()), ("application/json", ""))
    headers = [
        (name.removeprefix("method.response.header."), request.header_value(str(value)))
        for name, value in response.get("responseParameters", {}).items()
    ]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", content_type))
    request.status = int(response["statusCode"])
    text = request.substituted(body)
    return Answer(request.status, tuple(headers), text.encode())
