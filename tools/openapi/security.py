"""How callers prove who they are, as the published definition describes it: one scheme a kind."""

from collections.abc import Iterable
from typing import Any

from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind

from tools.openapi.handlers import scope_descriptions

type Json = dict[str, Any]

SIGN_IN_URL = "https://auth.coverwright.example/oauth2"
"""The user pool's domain; the local stack puts its own issuer here."""
SCOPE_PREFIX = "coverwright/"

_DESCRIPTIONS = {
    CallerKind.APPLICATION: "A partner's application: client credentials become an access token, which"
    " is sent as a Bearer token. A token that is bound to the application's key comes with the scheme DPoP"
    " and a proof in the header DPoP (RFC 9449); one that is bound to its certificate over mutual TLS (RFC 8705)."
    " In live mode an application that reaches claims is bound.",
    CallerKind.STAFF: "Staff, who sign in at the insurer's user pool; their roles are groups of it.",
    CallerKind.POLICYHOLDER: "A policyholder, who signed in at the partner's own issuer: its access token.",
    CallerKind.MACHINE: "The insurer's own machines: client credentials of the user pool.",
    CallerKind.DEVELOPER: "A person of a partner's team, who signs in at the developer portal.",
}
CHECKED = "The token is a JWT, checked as RFC8725 asks."


def security_of(route: Route) -> list[Json]:
    """The schemes that let a caller in, with the scope that its token needs where the scheme has any."""
    scope = f"{SCOPE_PREFIX}{route.scope}"
    return [
        {kind.value: [] if kind is CallerKind.POLICYHOLDER else [scope]}
        for kind in _DESCRIPTIONS
        if kind in route.callers
    ]


def security_schemes(routes: Iterable[Route]) -> Json:
    """`components/securitySchemes`: each with the scopes that it is of use for."""
    routes, words = list(routes), scope_descriptions()
    schemes: Json = {}
    for kind, description in _DESCRIPTIONS.items():
        scopes = {
            f"{SCOPE_PREFIX}{scope}": words[scope]
            for scope in sorted({route.scope for route in routes if kind in route.callers})
        }
        schemes[kind.value] = {**_scheme(kind, scopes), "description": f"{description} {CHECKED}"}
    return schemes


def _scheme(kind: CallerKind, scopes: dict[str, str]) -> Json:
    token_url = f"{SIGN_IN_URL}/token"
    match kind:
        case CallerKind.POLICYHOLDER:
            return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        case CallerKind.STAFF | CallerKind.DEVELOPER:
            flow = {"authorizationUrl": f"{SIGN_IN_URL}/authorize", "tokenUrl": token_url}
            flow |= {"refreshUrl": token_url}
            return {"type": "oauth2", "flows": {"authorizationCode": {**flow, "scopes": scopes}}}
        case CallerKind.APPLICATION | CallerKind.MACHINE:
            flow = {"tokenUrl": token_url}
            return {"type": "oauth2", "flows": {"clientCredentials": {**flow, "scopes": scopes}}}
