"""The caller as the authorizers describe it: ours by a flat context, Cognito's by the token's claims."""

from collections.abc import Mapping
from typing import Any

from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.identity import Mode

SCOPE_PREFIX = "coverwright/"
"""The resource server's name in front of each scope of an access token."""

TEST_GROUP = "test"
"""Staff in this group work on test data, and on nothing else."""

TEST_SCOPE = "mode.test"
"""The same for a machine, whose token has no groups."""


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
        parties=frozenset(context.get("parties", "").split()),
    )


def _staff(claims: Mapping[str, Any]) -> Caller:
    groups = _words(claims.get("cognito:groups", ""))
    words = _words(claims.get("scope", ""))
    scopes = frozenset(scope.removeprefix(SCOPE_PREFIX) for scope in words)
    test = TEST_GROUP in groups or TEST_SCOPE in scopes
    # A client of its own signs in without a user: no groups, and no name of a person.
    machine = not groups - {TEST_GROUP} and "username" not in claims
    return Caller(
        principal=claims["sub"],
        kind=CallerKind.MACHINE if machine else CallerKind.STAFF,
        partner="",
        roles=groups - {TEST_GROUP},
        scopes=scopes,
        mode=Mode.TEST if test else Mode.LIVE,
    )


def _words(claim: str | list[str]) -> frozenset[str]:
    """A claim with several values: API Gateway hands on "a b", "a,b" or "[a b]"."""
    if isinstance(claim, list):
        return frozenset(claim)
    return frozenset(claim.strip("[]").replace(",", " ").split())
