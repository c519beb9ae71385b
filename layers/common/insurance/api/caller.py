"""The caller as the authorizers describe it: ours by a flat context, Cognito's by the token's claims."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from insurance.config import words
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import NoAuthority
from insurance.domain.core.house_authority import SIGN_IN_MINUTES
from insurance.domain.core.identity import Mode

SIGN_IN_LEEWAY_SECONDS: Final = 30
"""How far the issuer's clock may be ahead of ours."""

SECONDS_DIGITS_MAX: Final = 12

SCOPE_PREFIX = "coverwright/"
"""The resource server's name in front of each scope of an access token."""

MODE_GROUPS = frozenset(Mode)
"""A member of staff is in one of these groups of the pool, and acts on that mode's data alone."""


def caller_of(event: Mapping[str, Any], at: datetime) -> Caller:
    """The caller of a REST proxy event that came at this time.

    The mode is registered: in an application's row, a person's group or a machine's client. It is
    never a scope, because a client may ask for fewer scopes than it has.

    Raises:
        NoAuthority: The person or the machine is registered for no mode, or for both.
        KeyError: No authorizer has spoken.
    """
    context = event["requestContext"]["authorizer"]
    return _staff(context["claims"], at) if "claims" in context else _principal(context, at)


def signed_in_recently(auth_time: object, at: datetime) -> bool:
    """Whether somebody signed in shortly before this time, by the claim `auth_time`.

    The staff pool lets nobody sign in without a second factor, and a token that is refreshed keeps the
    time of the sign-in. In test mode, too, this is measured in real time.
    """
    text = str(auth_time)
    if not (text.isascii() and text.isdecimal() and len(text) <= SECONDS_DIGITS_MAX):
        return False
    age = at.timestamp() - int(text)
    return -SIGN_IN_LEEWAY_SECONDS <= age <= SIGN_IN_MINUTES * 60


def _principal(context: Mapping[str, str], at: datetime) -> Caller:
    kind = CallerKind(context["kind"])
    return Caller(
        principal=context["principal"],
        kind=kind,
        application=_application(kind, context),
        partner=context["partner"],
        roles=frozenset(context["roles"].split()),
        scopes=frozenset(context["scopes"].split()),
        mode=Mode(context["mode"]),
        signed_in_recently=signed_in_recently(context.get("auth_time", ""), at),
        parties=frozenset(context.get("parties", "").split()),
    )


def _application(kind: CallerKind, context: Mapping[str, str]) -> str:
    """Whose rules of access policies are about the caller; of a policyholder the portal's."""
    if kind is CallerKind.APPLICATION:
        return context["principal"]
    return context.get("application", "") if kind is CallerKind.POLICYHOLDER else ""


def _staff(claims: Mapping[str, Any], at: datetime) -> Caller:
    groups = _words(claims.get("cognito:groups", ""))
    granted = _words(claims.get("scope", ""))
    scopes = frozenset(scope.removeprefix(SCOPE_PREFIX) for scope in granted)
    # A client of its own signs in without a user: no groups, and no name of a person.
    machine = not groups and "username" not in claims
    modes = _modes_of_client(claims.get("client_id", "")) if machine else groups & MODE_GROUPS
    if len(modes) != 1:
        who = "the client" if machine else "the person"
        raise NoAuthority(f"this operation: {who} is not registered for one of live and test data")
    [mode] = modes
    return Caller(
        principal=claims["sub"],
        kind=CallerKind.MACHINE if machine else CallerKind.STAFF,
        partner="",
        roles=groups - MODE_GROUPS,
        scopes=scopes,
        mode=Mode(mode),
        signed_in_recently=not machine and signed_in_recently(claims.get("auth_time", ""), at),
    )


def _modes_of_client(client_id: str) -> frozenset[str]:
    """The mode that the template registers a machine's client for; empty for any other client."""
    registered = {Mode.LIVE: words("LIVE_MACHINES"), Mode.TEST: words("TEST_MACHINES")}
    return frozenset(mode for mode, clients in registered.items() if client_id in clients)


def _words(claim: str | list[str]) -> frozenset[str]:
    """A claim with several values: API Gateway hands on "a b", "a,b" or "[a b]"."""
    if isinstance(claim, list):
        return frozenset(claim)
    return frozenset(claim.strip("[]").replace(",", " ").split())
