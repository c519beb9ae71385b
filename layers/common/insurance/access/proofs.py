"""Proofs of possession (DPoP, RFC 9449): the sender of a token holds the private key that is registered for it.

A proof is made for one call: its method, its address, its token, its time. So it is checked where the call is
carried out, never where an answer is cached. Nothing that it brings is believed before its key is a registered one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from insurance.access.tokens import (
    LEEWAY_SECONDS,
    Json,
    TokenRefused,
    encode,
    is_name,
    parts_of,
    read_object,
    seconds,
)

WINDOW_SECONDS: Final = 60
"""How old a proof may be."""

MAX_PROOF_CHARACTERS: Final = 4_096
MODULUS_CHARACTERS: Final = range(342, 684)
"""Of 2,048 to 4,096 bits, in base64url."""

PROOF_ALGORITHMS: Final[Mapping[str, str]] = {"ES256": "EC", "PS256": "RSA"}
_HEADER: Final = frozenset({"typ", "alg", "jwk"})
_PUBLIC: Final = {"EC": frozenset({"crv", "x", "y"}), "RSA": frozenset({"n", "e"})}
_DESCRIPTIVE: Final = frozenset({"kty", "kid", "use", "alg", "key_ops"})


@dataclass(frozen=True, slots=True)
class ProvenCall:
    """What a proof must have been made for."""

    method: str
    url: str
    """Without query."""
    token: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof that holds; it may be used once."""

    id: str
    expires_at: int
    """From then on it would be too old, in seconds since 1970."""


def check_proof(compact: str, call: ProvenCall, keys: frozenset[str], now: int) -> Proof:
    """Check a proof against its call, by one of the keys whose thumbprints (RFC 7638) are registered.

    Raises:
        TokenRefused: It does not hold.
    """
    if len(compact) > MAX_PROOF_CHARACTERS:
        raise TokenRefused("oversized")
    encoded_header, encoded_claims, _ = parts_of(compact)
    header, claims = read_object(encoded_header), read_object(encoded_claims)
    thumbprint = _check_signed(compact, header, keys)
    if claims.get("htm") != call.method:
        raise TokenRefused("other_method")
    if _address(claims.get("htu")) != _address(call.url):
        raise TokenRefused("other_address")
    if claims.get("ath") != encode(sha256(call.token.encode()).digest()):
        raise TokenRefused("other_token")
    made = seconds(claims, "iat")
    if made > now + LEEWAY_SECONDS:
        raise TokenRefused("issued_in_the_future")
    if made + WINDOW_SECONDS < now:
        raise TokenRefused("too_old")
    jti = claims.get("jti")
    if not is_name(jti):
        raise TokenRefused("no_jti")
    id = sha256(f"{thumbprint}#{jti}".encode()).hexdigest()
    return Proof(id, made + WINDOW_SECONDS + 1)


def _check_signed(compact: str, header: Json, keys: frozenset[str]) -> str:
    """The thumbprint of the registered key that signed it."""
    # Loaded by the first proof: most callers send none.
    from joserfc import jws  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import ECKey, RSAKey  # noqa: PLC0415

    if header.keys() != _HEADER:
        raise TokenRefused("header_not_allowed")
    if header["typ"] != "dpop+jwt":
        raise TokenRefused("wrong_type")
    algorithm, jwk = header["alg"], header["jwk"]
    if not isinstance(algorithm, str) or algorithm not in PROOF_ALGORITHMS:
        raise TokenRefused("algorithm_not_allowed")
    _check_key(jwk, PROOF_ALGORITHMS[algorithm])
    try:
        key = (ECKey if jwk["kty"] == "EC" else RSAKey).import_key(_without_description(jwk))
        thumbprint: str = key.thumbprint()
        if thumbprint not in keys:
            raise TokenRefused("other_key")
        registry = jws.JWSRegistry(algorithms=[algorithm])
        registry.max_header_length = MAX_PROOF_CHARACTERS  # an RSA key stands in it
        jws.deserialize_compact(compact, key, registry=registry)
    except (JoseError, ValueError, TypeError):
        raise TokenRefused("bad_signature") from None
    return thumbprint


def _check_key(jwk: Any, kind: str) -> None:
    """A public key of this kind, without anything of a private one."""
    if not isinstance(jwk, dict) or jwk.get("kty") != kind:
        raise TokenRefused("algorithm_not_allowed")
    public = jwk.keys() - _DESCRIPTIVE
    if public > _PUBLIC[kind]:
        raise TokenRefused("private_key_sent")
    if public != _PUBLIC[kind] or not all(isinstance(jwk[name], str) for name in public):
        raise TokenRefused("malformed")
    if kind == "EC" and jwk["crv"] != "P-256":
        raise TokenRefused("algorithm_not_allowed")
    if kind == "RSA" and (len(jwk["n"]) not in MODULUS_CHARACTERS or jwk["e"] != "AQAB"):
        raise TokenRefused("algorithm_not_allowed")


def _without_description(jwk: Json) -> Json:
    return {name: jwk[name] for name in ("kty", *_PUBLIC[jwk["kty"]])}


def _address(url: object) -> tuple[str, str, str]:
    """Scheme, host and path: query and fragment are not compared (RFC 9449 §4.3)."""
    try:
        parts = urlsplit(url if isinstance(url, str) else "")
        port = parts.port
    except ValueError:
        raise TokenRefused("other_address") from None
    if not parts.hostname or parts.username is not None:
        raise TokenRefused("other_address")
    scheme = parts.scheme.lower()
    usual = port is None or (scheme, port) == ("https", 443)
    host = parts.hostname if usual else f"{parts.hostname}:{port}"
    return scheme, host, parts.path
