"""The sample applications' keys, and what they sign: proofs of possession (DPoP, RFC 9449), and assertions to sign in with.

A sample's key follows from its name: it opens nothing but the stack on this machine. A real application makes its own
key, keeps it, and registers the thumbprint (docs/callers.md).
"""

import hashlib
import time
import uuid
from base64 import urlsafe_b64encode
from functools import cache

from joserfc import jwt
from joserfc.jwk import ECKey


@cache
def key_of(client_id: str) -> ECKey:
    return ECKey.derive_key(f"a sample, and no secret: {client_id}", "P-256")


def assertion(client_id: str, issuer: str) -> str:
    """What an application signs in with at an issuer (RFC 7523), instead of a secret."""
    now = int(time.time())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 60,
    }
    return jwt.encode({"alg": "ES256"}, claims, key_of(client_id), algorithms=["ES256"])


def proof(client_id: str, method: str, url: str, token: str) -> str:
    """A proof for one call; `url` without query."""
    key = key_of(client_id)
    header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": key.as_dict(private=False)}
    digest = hashlib.sha256(token.encode()).digest()
    claims = {
        "jti": str(uuid.uuid4()),
        "htm": method,
        "htu": url,
        "iat": int(time.time()),
        "ath": urlsafe_b64encode(digest).rstrip(b"=").decode(),
    }
    return jwt.encode(header, claims, key, algorithms=["ES256"])
