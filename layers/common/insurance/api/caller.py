"""The caller as the authorizers describe it: ours by a flat context, Cognito's by the token's claims."""

from collections.abc import Mapping
from typing import Any

from insurance.domain.caller import Caller, CallerKind
from insurance.domain.identity import Mode

SCOPE_PREFIX = "coverwright/"
"""The resource server's name in front of each scope of an access token."""

TEST_GROUP = "test"
"""Staff in this group work on test data, and on nothing else."""


def caller_of(event: Mapping[str, Any]) -> Caller:
    """The caller of a REST proxy event. Raises KeyError when no authorizer has spoken."""
    context = event["requestContext"]["authorizer"]
    return _staff(context["claims"]) if "claims" in context else _principal(context)


def _principal(context: Mapping[str, str]) -> Caller:
    return Caller(
        principal=context["principal"],
        kind=CallerKind(context["kind"]),
        partner=context["partner"],
        roles=frozenset(context["roles"].split()),
        scopes=frozenset(context["scopes"].split()),
        mode=Mode(context["mode"]),
    )


def _staff(claims: Mapping[str, Any]) -> Caller:
    groups = _words(claims.get("cognito:groups", ""))
    scopes = _words(claims.get("scope", ""))
    return Caller(
        principal=claims["sub"],
        kind=CallerKind.STAFF,
        partner="",
        roles=groups - {TEST_GROUP},
        scopes=frozenset(scope.removeprefix(SCOPE_PREFIX) for scope in scopes),
        mode=Mode.TEST if TEST_GROUP in groups or "mode.test" in scopes else Mode.LIVE,
    )


def _words(claim: str | list[str]) -> frozenset[str]:
    """A claim with several values: API Gateway hands on "a b", "a,b" or "[a b]"."""
    if isinstance(claim, list):
        return frozenset(claim)
    return frozenset(claim.strip("[]").replace(",", " ").split())
