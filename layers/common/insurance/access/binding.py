"""Binding: what the sender of an application's token must prove, beside having the token.

Cognito puts no confirmation (`cnf`) into its tokens. So the registration says it: the thumbprints of the
application's keys (DPoP, RFC 9449) or of its certificates (mutual TLS, RFC 8705). A token of another issuer that has
a confirmation is held to it, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from insurance.access.tokens import is_name
from insurance.api_products import API_PRODUCTS

if TYPE_CHECKING:
    from collections.abc import Mapping

DPOP: Final = "dpop"
MUTUAL_TLS: Final = "mtls"
CONFIRMATIONS: Final = {"jkt": DPOP, "x5t#S256": MUTUAL_TLS}
"""The members of `cnf` that we know, and what each asks for."""

BOUND_SCOPES: Final = "claims:"
"""How scopes begin that read claims and move money: in live mode who has one is bound, as who has an API product
that says so."""


class NotBound(Exception):
    """Nobody could say what the token's sender must prove. `reason` is one of our words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Binding:
    """What proves the sender: a key or a certificate with one of these thumbprints."""

    method: str
    thumbprints: frozenset[str]

    def context(self) -> dict[str, str]:
        """What functions learn of it, as flat text."""
        return {"binding": self.method, "thumbprints": " ".join(sorted(self.thumbprints))}


def binding_of(claims: Mapping[str, Any], registered: Binding | None) -> Binding | None:
    """What the sender of this token must prove, by the registration and by the token's own confirmation.

    Raises:
        NotBound: The confirmation is not readable, or is not of a registered key or certificate; or the
            registration names a method that we do not know.
    """
    if registered is not None and registered.method not in CONFIRMATIONS.values():
        raise NotBound("unknown_binding")
    confirmed = _confirmed(claims)
    if registered is None or confirmed is None:
        bound = confirmed or registered
        if bound is not None and not bound.thumbprints:
            raise NotBound("no_key_registered")
        return bound
    if confirmed.method != registered.method:
        raise NotBound("other_binding")
    if registered.thumbprints and not confirmed.thumbprints <= registered.thumbprints:
        raise NotBound("other_key")
    return confirmed


def must_be_bound(mode: str, products: frozenset[str], scopes: frozenset[str]) -> bool:
    """Whether an application of this mode, with these API products and scopes, may not do with a token alone."""
    reaches_claims = any(scope.startswith(BOUND_SCOPES) for scope in scopes)
    return mode == "live" and (
        reaches_claims or any(API_PRODUCTS[product].proves_sender for product in products)
    )


def _confirmed(claims: Mapping[str, Any]) -> Binding | None:
    if "cnf" not in claims:
        return None
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict) or len(confirmation) != 1:
        raise NotBound("unreadable_confirmation")
    [(member, thumbprint)] = confirmation.items()
    if member not in CONFIRMATIONS or not is_name(thumbprint):
        raise NotBound("unreadable_confirmation")
    return Binding(CONFIRMATIONS[member], frozenset({thumbprint}))
