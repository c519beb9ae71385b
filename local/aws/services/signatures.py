"""Signature version 4 as S3 checks it: in the headers, in a link's query, in an upload form's policy.

The canonical forms are botocore's own: the same code that signs says here what had to be signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from botocore.auth import S3SigV4Auth, S3SigV4PostAuth, S3SigV4QueryAuth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.aws.services.errors import ServiceError

type Json = dict[str, Any]

SECRET = "local"  # noqa: S105 (there is nothing to protect on this machine)
"""The one secret of all access keys here. The key's id says who signed."""

CLOCKS_APART = timedelta(minutes=15)
LONGEST_LINK_SECONDS = 604_800
_TIME = "%Y%m%dT%H%M%SZ"


class SignedRequest(NamedTuple):
    """A request as it came, before anything was unquoted."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def check(request: SignedRequest, *, now: datetime) -> str:
    """Who signed the request, by its headers or by its query. Raises as S3 does unless it is signed."""
    query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    if "X-Amz-Signature" in query:
        return _check_link(request, query, now)
    if "authorization" in request.headers:
        return _check_headers(request, now)
    raise denied("Access Denied")


class SignedForm(NamedTuple):
    """What an upload form's policy asks, and who signed it."""

    key_id: str
    conditions: list[Any]


def check_form(form: Mapping[str, str], *, now: datetime) -> SignedForm:
    """An upload form, once its signature and its end were checked."""
    try:
        scope = _scope(form["x-amz-credential"])
        policy = json.loads(base64.b64decode(form["policy"], validate=True))
        until = datetime.fromisoformat(policy["expiration"])
        conditions: list[Any] = policy["conditions"]
    except (KeyError, ValueError) as error:
        raise denied("Access Denied") from error
    signer = S3SigV4PostAuth(_credentials(scope), "s3", scope.region)
    request = AWSRequest()
    request.context["timestamp"] = form.get("x-amz-date", "")
    _compare(signer.signature(form["policy"], request), form.get("x-amz-signature", ""))
    if now >= until:
        raise denied("Invalid according to Policy: Policy expired.")
    return SignedForm(scope.key_id, conditions)


class _Scope(NamedTuple):
    key_id: str
    region: str


def _check_headers(request: SignedRequest, now: datetime) -> str:
    try:
        parts = dict(
            part.strip().split("=", 1)
            for part in request.headers["authorization"]
            .removeprefix("AWS4-HMAC-SHA256 ")
            .split(",")
        )
        scope, timestamp = _scope(parts["Credential"]), request.headers["x-amz-date"]
        said = request.headers["x-amz-content-sha256"]
        signed = set(parts["SignedHeaders"].split(";"))
        sent_at = _time(timestamp)
    except (KeyError, ValueError) as error:
        message = "The authorization header is malformed"
        raise ServiceError("AuthorizationHeaderMalformed", message) from error
    if abs(now - sent_at) > CLOCKS_APART:
        message = "The difference between the request time and the current time is too large."
        raise ServiceError("RequestTimeTooSkewed", message, status=403)
    signer = S3SigV4Auth(_credentials(scope), "s3", scope.region)
    _compare(_signature(signer, request, request.url, signed, timestamp), parts["Signature"])
    if said not in {"UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()}:
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise ServiceError("XAmzContentSHA256Mismatch", message)
    return scope.key_id


def _check_link(request: SignedRequest, query: Mapping[str, str], now: datetime) -> str:
    try:
        scope, timestamp = _scope(query["X-Amz-Credential"]), query["X-Amz-Date"]
        seconds, signed = int(query["X-Amz-Expires"]), query["X-Amz-SignedHeaders"].split(";")
        sent_at = _time(timestamp)
    except (KeyError, ValueError) as error:
        message = "Query-string authentication version 4 needs its X-Amz parameters"
        raise ServiceError("AuthorizationQueryParametersError", message) from error
    if not 0 < seconds <= LONGEST_LINK_SECONDS:
        message = "X-Amz-Expires must be less than a week (in seconds)"
        raise ServiceError("AuthorizationQueryParametersError", message)
    parts = urlsplit(request.url)
    kept = "&".join(
        part for part in parts.query.split("&") if not part.startswith("X-Amz-Signature=")
    )
    url = urlunsplit(parts._replace(query=kept))
    signer = S3SigV4QueryAuth(_credentials(scope), "s3", scope.region, expires=seconds)
    found = _signature(signer, request, url, set(signed), timestamp)
    _compare(found, query["X-Amz-Signature"])
    if not sent_at - CLOCKS_APART <= now < sent_at + timedelta(seconds=seconds):
        raise denied("Request has expired")
    return scope.key_id


def _signature(
    signer: SigV4Auth, request: SignedRequest, url: str, signed: set[str], timestamp: str
) -> str:
    headers = {name: value for name, value in request.headers.items() if name in signed}
    rebuilt = AWSRequest(method=request.method, url=url, headers=headers, data=request.body)
    rebuilt.context["timestamp"] = timestamp
    canonical = signer.canonical_request(rebuilt)
    signature: str = signer.signature(signer.string_to_sign(rebuilt, canonical), rebuilt)
    return signature


def _scope(credential: str) -> _Scope:
    key_id, _, region, service, end = credential.split("/")
    if (service, end) != ("s3", "aws4_request"):
        raise ValueError(credential)
    return _Scope(key_id, region)


def _credentials(scope: _Scope) -> Credentials:
    return Credentials(scope.key_id, SECRET)


def _compare(found: str, sent: str) -> None:
    if not hmac.compare_digest(found, sent):
        message = "The request signature we calculated does not match the signature you provided."
        raise ServiceError("SignatureDoesNotMatch", message, status=403)


def _time(text: str) -> datetime:
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)


def denied(message: str) -> ServiceError:
    """What S3 says to who may not."""
    return ServiceError("AccessDenied", message, status=403)
