"""The sender of a call: a token that is bound to a key or a certificate is no use to anybody else.

The authorizer says what must be proved; its answer is cached for the token, and a proof is for one call. So each
function checks it, before anything else.
"""

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final, Protocol

from insurance.access.binding import DPOP, MUTUAL_TLS
from insurance.access.proofs import ProvenCall, check_proof
from insurance.access.tokens import TokenRefused, encode
from insurance.config import words
from insurance.domain.core.caller import Caller, CallerKind
from insurance.domain.core.errors import CertificateRefused, ProofRefused
from insurance.domain.core.identity import Mode

REASONS: Final[Mapping[str, str]] = {
    "oversized": "it is too long",
    "malformed": "it is no signed JWT, or its key is malformed",
    "duplicate_member": "a member stands in it twice",
    "header_not_allowed": "its header must have typ, alg and jwk, and nothing else",
    "wrong_type": "its typ must be dpop+jwt",
    "algorithm_not_allowed": "its alg must be ES256 with a key on P-256, or PS256 with an RSA key of 2,048 to 4,096 bits",
    "private_key_sent": "its jwk holds a private key: that key is lost, register another one",
    "other_key": "its key is not registered for the application",
    "bad_signature": "its signature does not hold",
    "other_method": "its htm is not the method of the call",
    "other_address": "its htu is not the address of the call",
    "other_token": "its ath is not of this access token",
    "no_iat": "its iat is no time",
    "issued_in_the_future": "its iat lies ahead",
    "too_old": "its iat is more than 60 seconds ago",
    "no_jti": "it has no jti",
    "used_before": "its jti was used before: each call needs a new proof",
    "absent": "there must be one DPoP header, and Authorization must say DPoP",
}
"""What a caller is told, by our word for it."""


class UsedProofs(Protocol):
    """Which proofs were used."""

    def use(self, id: str, *, expires_at: int) -> bool:
        """Note that a proof is used; false where it was used before. Of many calls at once one is the first.

        Args:
            id: The proof's.
            expires_at: In seconds since 1970: from then on the proof is refused for its age.

        Raises:
            Unavailable: It cannot be noted now.
        """
        ...


def check_sender(
    event: Mapping[str, Any], caller: Caller, used: Callable[[], UsedProofs] | None
) -> None:
    """Check that the caller proves what its token is bound to.

    An application's row says what that is, and the authorizer hands it on. A machine of our own comes
    through the pool's authorizer, which hands on claims alone: the template says its certificates.

    Raises:
        ProofRefused: There is no proof (DPoP) for this very call, or it was used before.
        CertificateRefused: The connection has no certificate that is registered for the application.
        Unavailable: It cannot be noted now that the proof is used.
    """
    if caller.kind is CallerKind.MACHINE:
        registered = words("MACHINE_CERTIFICATES")
        if registered and caller.mode is Mode.LIVE:
            _check_certificate(event, registered)
        return
    context = event["requestContext"]["authorizer"]
    method = context.get("binding")
    if method is None:
        return
    thumbprints = frozenset(context["thumbprints"].split())
    if method == DPOP and used is not None:
        _check_proof(event, thumbprints, used())
    elif method == MUTUAL_TLS:
        _check_certificate(event, thumbprints)
    else:
        raise ValueError(f"nobody can check the binding {method!r} here")


def _check_proof(event: Mapping[str, Any], thumbprints: frozenset[str], used: UsedProofs) -> None:
    try:
        sent, token = _one(event, "dpop"), _token(event)
        call = ProvenCall(event["httpMethod"], _address(event), token)
        proof = check_proof(sent, call, thumbprints, int(time.time()))
    except TokenRefused as refused:
        raise ProofRefused(REASONS[refused.reason]) from None
    if not used.use(proof.id, expires_at=proof.expires_at):
        raise ProofRefused(REASONS["used_before"])


def _token(event: Mapping[str, Any]) -> str:
    scheme, _, token = _one(event, "authorization").partition(" ")
    if scheme.lower() != DPOP:
        raise TokenRefused("absent")
    return token


def _one(event: Mapping[str, Any], name: str) -> str:
    """The only value of a header."""
    headers = event.get("multiValueHeaders") or {}
    sent = [value for each in headers if each.lower() == name for value in headers[each]]
    if len(sent) != 1:
        raise TokenRefused("absent")
    return str(sent[0])


def _address(event: Mapping[str, Any]) -> str:
    """The address that was called: with the stage, or the base path of a custom domain.

    The gateway serves https alone, and knows its names: both are in the context, which no caller writes. The local
    stack may serve http on this machine.
    """
    context = event["requestContext"]
    headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    host = context["domainName"]
    loopback = host.partition(":")[0] in {"127.0.0.1", "localhost"}
    scheme = headers.get("x-forwarded-proto", "https") if loopback else "https"
    return f"{scheme}://{host}{context['path']}"


def _check_certificate(event: Mapping[str, Any], thumbprints: frozenset[str]) -> None:
    certificate = event["requestContext"].get("identity", {}).get("clientCert") or {}
    if thumbprint_of(certificate.get("clientCertPem", "")) not in thumbprints:
        raise CertificateRefused


def thumbprint_of(pem: str) -> str | None:
    """The `x5t#S256` of a certificate (RFC 8705 §3.1); None for what is none."""
    body = "".join(line for line in pem.splitlines() if line and not line.startswith("-----"))
    try:
        der = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return None
    return encode(sha256(der).digest()) if der else None
