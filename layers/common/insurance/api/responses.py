"""HTTP responses as API Gateway takes them from a function: answers, problems and faults."""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from insurance import telemetry
from insurance.api import problems
from insurance.api.problems import Problem
from insurance.api.rate_limits import rate_limits
from insurance.api.sunset import sunset_headers
from insurance.domain.core.errors import (
    CertificateRefused,
    InsuranceError,
    ProofRefused,
    QuotaExceeded,
    RateExceeded,
    SignInTooOld,
    Unavailable,
)
from insurance.metrics import Metric

TRACE_PLACES_MAX = 12

ALWAYS: Final = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
    }
)
"""Headers of every answer: it is kept by nobody, comes over TLS alone, and is what it says it is."""


TRACEPARENT = re.compile(
    r"00-(?P<id>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-(?P<flags>[0-9a-f]{2})"
)
"""As W3C's Trace Context has it; another is left unanswered."""


def span_of(event: Mapping[str, Any]) -> str:
    """Our span of the caller's trace: it follows from the request's id, which every log line has."""
    return sha256(request_id(event).encode()).hexdigest()[:16]


def response(
    event: Mapping[str, Any], status: int, body: str | None, headers: Mapping[str, str]
) -> dict[str, Any]:
    """What API Gateway makes an HTTP response of."""
    common = {"X-Request-Id": request_id(event), **ALWAYS, **rate_limits(event)}
    common |= sunset_headers(event)
    sent = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    if trace := TRACEPARENT.fullmatch(sent.get("traceparent", "")):
        common["traceparent"] = f"00-{trace['id']}-{span_of(event)}-{trace['flags']}"
    return {
        "statusCode": int(status),
        "multiValueHeaders": {name: [value] for name, value in {**common, **headers}.items()},
        "body": body,
        "isBase64Encoded": False,
    }


def no_route(event: Mapping[str, Any]) -> dict[str, Any]:
    telemetry.count(Metric.REFUSALS)
    detail = f"There is no {event['httpMethod']} {event['path']}."
    return _problem(event, problems.NO_ROUTE, detail)


def refused(event: Mapping[str, Any], error: InsuranceError) -> dict[str, Any]:
    """The problem that a refusal is shown as."""
    telemetry.count(Metric.REFUSALS)
    headers = {}
    if isinstance(error, Unavailable | QuotaExceeded | RateExceeded):
        headers["Retry-After"] = str(error.retry_after_seconds)
    challenge = _challenge(error)
    if challenge:
        headers["WWW-Authenticate"] = challenge
    return _problem(
        event, problems.problem_of(error), str(error), problems.members_of(error), headers
    )


def _challenge(error: InsuranceError) -> str | None:
    """How to come back with what is missing; API Gateway hands this on under another name."""
    match error:
        case SignInTooOld():  # RFC 9470
            return (
                'Bearer realm="coverwright", error="insufficient_user_authentication",'
                f' max_age="{error.max_age_seconds}"'
            )
        case ProofRefused():  # RFC 9449
            return 'DPoP realm="coverwright", error="invalid_dpop_proof", algs="ES256 PS256"'
        case CertificateRefused():  # RFC 8705
            return 'Bearer realm="coverwright", error="invalid_token"'
    return None


def failed(event: Mapping[str, Any], error: Exception) -> dict[str, Any]:
    """A fault of ours: logged without its text, which may quote what was sent."""
    telemetry.count(Metric.FAULTS)
    telemetry.logger.error("unhandled", error=type(error).__name__, at=_places(error))
    detail = "Something went wrong on our side. Repeat the call with the same key."
    return _problem(event, problems.FAULT, detail)


def code_of(answer: Mapping[str, Any]) -> str | None:
    """The code of the problem that an answer is; None for a success."""
    [kind] = answer["multiValueHeaders"].get("Content-Type", [""])
    return json.loads(answer["body"])["code"] if kind == problems.CONTENT_TYPE else None


def request_id(event: Mapping[str, Any]) -> str:
    return str(event["requestContext"]["requestId"])


def _problem(
    event: Mapping[str, Any],
    problem: Problem,
    detail: str,
    members: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    body = problems.render(problem, detail=detail, request_id=request_id(event), members=members)
    named = {**(headers or {}), "Content-Type": problems.CONTENT_TYPE}
    return response(event, problem.status, body, named)


def _places(error: BaseException) -> list[str]:
    """The lines of our code that it came through: enough to find it, nothing of what it carried."""
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-TRACE_PLACES_MAX:]
