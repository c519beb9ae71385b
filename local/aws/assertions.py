"""Assertions that an application signs in with instead of a secret (`private_key_jwt`, RFC 7523)."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from demo.proofs import key_of

type Json = dict[str, Any]

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "PS256")
LIFETIME_SECONDS = 300
LEEWAY_SECONDS = 30


class Assertions:
    """Takes each assertion once; which ones were used is kept over a restart."""

    def __init__(self, store: sqlite3.Connection, audience: str) -> None:
        self._store = store
        self._audience = audience

    def hold(self, client_id: str, form: Mapping[str, str]) -> bool:
        """Whether the form has an assertion of this client, for this issuer, that lives and is new."""
        if form.get("client_assertion_type") != TYPE or "client_secret" in form:
            return False
        try:
            decoded = jwt.decode(
                form.get("client_assertion", ""), key_of(client_id), algorithms=list(ALGORITHMS)
            )
        except (JoseError, ValueError):
            return False
        claims = decoded.claims
        named = (claims.get("iss"), claims.get("sub"), claims.get("aud"))
        return (
            named == (client_id, client_id, self._audience)
            and _lives(claims)
            and self._is_new(client_id, claims.get("jti"))
        )

    def _is_new(self, client_id: str, jti: object) -> bool:
        if not isinstance(jti, str) or not jti:
            return False
        entered = self._store.execute(
            "INSERT OR IGNORE INTO client_assertions VALUES (?, ?)", (client_id, jti)
        )
        return entered.rowcount == 1


def client_of(assertion: str) -> str:
    """Whose assertion it says it is; nothing is checked yet."""
    try:
        claims = json.loads(jws.extract_compact(assertion.encode()).payload)
    except (JoseError, ValueError):
        return ""
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) else ""


def _lives(claims: Json) -> bool:
    now, expires = time.time(), claims.get("exp")
    if not isinstance(expires, int) or isinstance(expires, bool):
        return False
    return now - LEEWAY_SECONDS < expires <= now + LIFETIME_SECONDS + LEEWAY_SECONDS
