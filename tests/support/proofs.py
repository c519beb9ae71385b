"""Proofs of possession as a caller makes them, and as a thief might."""

import json
import time
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any
from uuid import uuid4

from insurance.access.tokens import encode
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

type Json = dict[str, Any]
type Key = ECKey | RSAKey

OWN_ALGORITHM = {"EC": "ES256", "RSA": "PS256"}


@cache
def p256(name: str = "own") -> ECKey:
    return ECKey.generate_key("P-256")


@cache
def rsa() -> RSAKey:
    return RSAKey.generate_key(2048)


def proof(
    method: str,
    url: str,
    token: str,
    *,
    key: Key | None = None,
    header: Mapping[str, Any] | None = None,
    **claims: Any,
) -> str:
    """A proof for this call; what is given besides replaces what an honest one says, and None leaves it out."""
    key = key or p256()
    members: Json = {"typ": "dpop+jwt", "alg": OWN_ALGORITHM[key.key_type]}
    members["jwk"] = key.as_dict(private=False)
    members = _without_none(members | dict(header or {}))
    said = {
        "jti": uuid4().hex,
        "htm": method,
        "htu": url,
        "iat": int(time.time()),
        "ath": encode(sha256(token.encode()).digest()),
    }
    return signed(members, _without_none(said | claims), key)


def signed(header: Json, claims: Json, key: Key) -> str:
    """Signed with the key by its own algorithm, whatever the header says of it."""
    message = f"{encode(json.dumps(header).encode())}.{encode(json.dumps(claims).encode())}"
    algorithm = jws.JWSRegistry.algorithms[OWN_ALGORITHM[key.key_type]]
    return f"{message}.{encode(algorithm.sign(message.encode(), key))}"


def _without_none(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}
