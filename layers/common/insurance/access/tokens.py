"""Bearer tokens: their shape before the signature is checked, and their claims after it.

The shape is checked before any key is looked up. So a token chooses neither the family of its
algorithm nor its key, and the parser never has to guess.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from insurance.access.issuers import Issuer

type Json = dict[str, Any]

MAX_TOKEN_CHARACTERS = 8_192  # the gateway takes 10,240 bytes of headers in all
MAX_HEADER_CHARACTERS = 512
MAX_NAME_CHARACTERS = 256  # key ids, client ids, subjects
LEEWAY_SECONDS = 30

KEY_TYPES: Mapping[str, str] = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC"}
# Other members (jwk, jku, x5u, x5c, crit, b64, zip …) would let a token bring its own rules or key.
# x5t is a thumbprint that some issuers add; it is not read.
_HEADER_MEMBERS = frozenset({"alg", "kid", "typ", "x5t"})
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})


class TokenRefused(Exception):
    """The token is not valid. `reason` is one of our words, never text from the token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, repr=False)
class SignedToken:
    """A well-formed token whose signature is not checked yet: enough to find the key."""

    compact: str
    algorithm: str
    key_id: str
    issuer: Issuer
    claims: Json


def read_token(compact: str, issuers: Mapping[str, Issuer]) -> SignedToken:
    """Read a token. Its claims must not be trusted before the signature is checked.

    Raises:
        TokenRefused: The token is malformed, too long, or of an issuer that is not trusted.
    """
    if len(compact) > MAX_TOKEN_CHARACTERS:
        raise TokenRefused("oversized")
    header, body, _ = parts_of(compact)
    if len(header) > MAX_HEADER_CHARACTERS:
        raise TokenRefused("oversized")
    algorithm, key_id = _read_header(read_object(header))
    claims = read_object(body)
    issuer = claims.get("iss")
    if not isinstance(issuer, str) or issuer not in issuers:
        raise TokenRefused("untrusted_issuer")
    if algorithm not in issuers[issuer].algorithms:
        raise TokenRefused("algorithm_not_allowed")
    return SignedToken(compact, algorithm, key_id, issuers[issuer], claims)


def check_claims(claims: Json, *, issuer: Issuer, audience: str, now: int) -> None:
    """Check times, kind and audience of a token.

    Raises:
        TokenRefused: It is expired, not yet valid, not an access token, or for another audience.
    """
    if seconds(claims, "exp") <= now - LEEWAY_SECONDS:
        raise TokenRefused("expired")
    if seconds(claims, "iat") > now + LEEWAY_SECONDS:
        raise TokenRefused("issued_in_the_future")
    if "nbf" in claims and seconds(claims, "nbf") > now + LEEWAY_SECONDS:
        raise TokenRefused("not_yet_valid")
    if "sub" not in claims or not is_name(claims["sub"]):
        raise TokenRefused("no_subject")
    if claims.get("token_use", "access") != "access":
        raise TokenRefused("not_an_access_token")
    _check_audience(claims, issuer=issuer, audience=audience)


def parts_of(compact: str) -> tuple[str, str, str]:
    """Header, claims and signature of a signed token (RFC 7515), each still encoded.

    Raises:
        TokenRefused: It does not have three parts, or the signature is not encoded.
    """
    parts = compact.split(".")
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 (RFC 7515)
        raise TokenRefused("malformed")
    header, claims, signature = parts
    _decode(signature)
    return header, claims, signature


def read_object(part: str) -> Json:
    """The JSON object that a part of a token is.

    Raises:
        TokenRefused: It is none, or a member stands in it twice.
    """
    try:
        value = json.loads(
            _decode(part).decode("utf-8"),
            object_pairs_hook=_without_duplicates,
            parse_float=str,  # no claim that we read has a fraction; as text it is refused
            parse_constant=_refuse_constant,
        )
    except (ValueError, RecursionError):
        raise TokenRefused("malformed") from None
    if not isinstance(value, dict):
        raise TokenRefused("malformed")
    return value


def seconds(claims: Json, name: str) -> int:
    """A time among the claims, in seconds since 1970.

    Raises:
        TokenRefused: It is not there, or no whole number.
    """
    value = claims.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TokenRefused(f"no_{name}")
    return value


def encode(content: bytes) -> str:
    """Base64url by RFC 7515: without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def is_name(value: object) -> bool:
    """Whether a claim can be the id of a caller or key: printable ASCII, bounded, no spaces."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_NAME_CHARACTERS
        and all("!" <= character <= "~" for character in value)
    )


def _check_audience(claims: Json, *, issuer: Issuer, audience: str) -> None:
    """Cognito's access tokens have no audience: client and use stand for it."""
    if "aud" in claims:
        meant_for = claims["aud"]
        meant_for = meant_for if isinstance(meant_for, list) else [meant_for]
        if audience not in meant_for:
            raise TokenRefused("wrong_audience")
    elif not issuer.is_own or "token_use" not in claims or not is_name(claims.get("client_id")):
        raise TokenRefused("no_audience")


def _read_header(header: Json) -> tuple[str, str]:
    if not header.keys() <= _HEADER_MEMBERS:
        raise TokenRefused("header_not_allowed")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in KEY_TYPES:
        raise TokenRefused("algorithm_not_allowed")
    kind = header.get("typ", "JWT")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenRefused("wrong_type")
    key_id = header.get("kid")
    if not isinstance(key_id, str) or not is_name(key_id):
        raise TokenRefused("no_key_id")
    return algorithm, key_id


def _decode(part: str) -> bytes:
    """Base64url by RFC 7515: no padding, no spaces, one spelling for each value."""
    try:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        raise TokenRefused("malformed") from None
    if encode(decoded) != part:
        raise TokenRefused("malformed")
    return decoded


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise TokenRefused("duplicate_member")
    return members


def _refuse_constant(_: str) -> None:
    raise TokenRefused("malformed")
