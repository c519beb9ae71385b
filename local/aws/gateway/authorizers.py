"""Who may call: Lambda REQUEST authorizers with their result cache, and Cognito user pools."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from local.aws.gateway.context import Refusal, Request
from local.aws.gateway.definition import (
    Authorizer,
    LambdaAuthorizer,
    Route,
    UserPoolAuthorizer,
)
from local.aws.gateway.policy import BadPolicy, Grant, grant_of
from local.aws.workers import Result

type Json = dict[str, Any]
type Invoke = Callable[[str, Json, str], Awaitable[Result]]


@dataclass(frozen=True)
class UserPool:
    """Where a user pool's tokens come from: on this machine, the local issuer."""

    issuer: str
    keys: Callable[[], KeySet]


@dataclass(frozen=True)
class Admitted:
    """The caller may go on; `authorizer` is what the event says about them."""

    authorizer: Json
    usage_key: str | None


class Authorizers:
    """Asks the right authorizer and remembers Lambda's answers for their time to live.

    The cache is keyed by the identity sources' values alone, as on AWS, and the remembered policy
    is evaluated again for each method: an authorizer that allows one method only is caught here.
    """

    def __init__(
        self,
        invoke: Invoke,
        pools: Mapping[str, UserPool],
        *,
        clock: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        self._invoke = invoke
        self._pools = pools
        self._clock = clock
        self._now = now
        self._remembered: dict[tuple[str, ...], tuple[float, Grant]] = {}

    async def admit(self, route: Route, request: Request) -> Admitted | Refusal:
        authorizer: Authorizer | None = route.authorizer
        match authorizer:
            case None:
                return Admitted({}, None)
            case LambdaAuthorizer():
                return await self._ask_lambda(authorizer, request)
            case UserPoolAuthorizer():
                return self._ask_pool(authorizer, route, request)

    async def _ask_lambda(
        self, authorizer: LambdaAuthorizer, request: Request
    ) -> Admitted | Refusal:
        identity = tuple(_source(request, source) for source in authorizer.identity_sources)
        if not all(identity):
            return Refusal("UNAUTHORIZED")
        key = (authorizer.name, *(value or "" for value in identity))
        started = self._clock()
        expires, grant = self._remembered.get(key, (0.0, None))
        if grant is None or expires <= started:
            answer = await self._invoke(
                authorizer.function, request.authorizer_event(), request.trace_id
            )
            outcome = _grant(answer)
            if isinstance(outcome, Refusal):
                return outcome
            grant = outcome
            if authorizer.ttl_seconds:
                self._remember(key, started + authorizer.ttl_seconds, grant)
        latency = int((self._clock() - started) * 1000)
        said = {**grant.context, "principalId": grant.principal, "integrationLatency": latency}
        request.authorizer = said  # the access log knows also of whom it is who is turned away
        match grant.verdict(request.arn()):
            case "deny":
                message = "User is not authorized to access this resource with an explicit deny"
                return Refusal("ACCESS_DENIED", message)
            case "silent":
                return Refusal("ACCESS_DENIED")
        return Admitted(said, grant.usage_key)

    def _remember(self, key: tuple[str, ...], expires: float, grant: Grant) -> None:
        now = self._clock()
        if len(self._remembered) > 10_000:  # noqa: PLR2004 (a bound, so that memory has one)
            self._remembered = {k: v for k, v in self._remembered.items() if v[0] > now}
        self._remembered[key] = (expires, grant)

    def _ask_pool(
        self, authorizer: UserPoolAuthorizer, route: Route, request: Request
    ) -> Admitted | Refusal:
        sent = request.header(authorizer.header)
        if not sent:
            return Refusal("UNAUTHORIZED")
        token = sent[7:] if sent[:7].lower() == "bearer " else sent
        for arn in authorizer.provider_arns:
            pool = self._pools.get(arn)
            claims = _verified(token.strip(), pool) if pool else None
            if claims is not None:
                return self._judge(claims, route)
        return Refusal("UNAUTHORIZED")

    def _judge(self, claims: Json, route: Route) -> Admitted | Refusal:
        if not isinstance(claims.get("exp"), int) or claims["exp"] <= self._now():
            return Refusal("UNAUTHORIZED", "The incoming token has expired")
        # With scopes on the method an access token is expected, without them an id token.
        wanted_use = "access" if route.scopes else "id"
        if claims.get("token_use") != wanted_use:
            return Refusal("UNAUTHORIZED")
        if route.scopes and not set(route.scopes) & set(str(claims.get("scope", "")).split()):
            return Refusal("ACCESS_DENIED")
        return Admitted({"claims": {k: _claim(k, v) for k, v in claims.items()}}, None)


def _verified(token: str, pool: UserPool) -> Json | None:
    try:
        decoded = jwt.decode(token, pool.keys(), algorithms=["RS256"])
    except (JoseError, ValueError):
        return None
    claims = decoded.claims
    return dict(claims) if claims.get("iss") == pool.issuer else None


def _claim(name: str, value: Any) -> str:
    """A claim as a REST API shows it: everything is text, times are dates, lists have commas."""
    if name in {"exp", "iat"}:
        return datetime.fromtimestamp(int(value), UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    if isinstance(value, list):
        return ",".join(str(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _grant(result: Result) -> Grant | Refusal:
    if result.error is not None:
        message = json.loads(result.payload).get("errorMessage")
        # Only this very message is a 401; any other failure of the authorizer is ours: 500.
        return Refusal("UNAUTHORIZED" if message == "Unauthorized" else "AUTHORIZER_FAILURE")
    try:
        return grant_of(json.loads(result.payload))
    except (BadPolicy, ValueError):
        return Refusal("AUTHORIZER_CONFIGURATION_ERROR")


def _source(request: Request, source: str) -> str | None:
    """The value of `method.request.header.X`, `method.request.querystring.X` or `context.X`."""
    kind, _, name = source.removeprefix("method.request.").partition(".")
    match kind:
        case "header":
            return request.header(name)
        case "querystring":
            return dict(request.parameters).get(name)
        case "context":
            return request.substituted(f"$context.{name}")
    return None
