"""The token issuer: what the Cognito user pool does on AWS, with a key of its own.

Beside it an application may sign in with a key of its own (`private_key_jwt`, RFC 7523), which Cognito does not
take: so can it be practised what an issuer of a partner's own would ask (docs/adr/0031).

It signs for the sample callers only. Code that ships trusts it because, and only where, its
address is configured as a trusted issuer.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import sqlite3
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.samples import CLIENTS, SCOPE_PREFIX, Machine, Partner, Person, Staff
from local.aws.assertions import Assertions, client_of

type Json = dict[str, Any]
type Sample = Partner | Staff | Person | Machine

STAFF_CLIENT = "staff-portal"
TOKEN_SECONDS = 24 * 3600  # the longest Cognito allows: what `serve` prints should last the day


class Issuer:
    """Signs tokens; its key and its clients' secrets are made once and kept."""

    def __init__(self, store: sqlite3.Connection, url: str) -> None:
        self._store = store
        self.url = url
        self._key = self._load_key()
        self._public = KeySet([self._key])
        self._assertions = Assertions(store, url)

    def public_keys(self) -> KeySet:
        return self._public

    def token(self, caller: Sample, *, changes: Mapping[str, Any] | None = None) -> str:
        """An access token with what Cognito puts into one; `changes` are for tests."""
        claims = self._claims(caller) | dict(changes or {})
        header = {"alg": "RS256", "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self._key, algorithms=["RS256"])

    def client_secret(self, client_id: str) -> str:
        self._store.execute(
            "INSERT OR IGNORE INTO client_secrets VALUES (?, ?)",
            (client_id, secrets.token_urlsafe(32)),
        )
        (secret,) = self._store.execute(
            "SELECT secret FROM client_secrets WHERE client = ?", (client_id,)
        ).fetchone()
        return str(secret)

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self._configuration),
            Route("/.well-known/jwks.json", self._jwks),
            Route("/oauth2/token", self._token, methods=["POST"]),
        ]

    def _claims(self, caller: Sample) -> Json:
        now = int(time.time())
        client_id = _client_of(caller)
        claims: Json = {
            "iss": self.url,
            "client_id": client_id,
            "sub": client_id,
            "token_use": "access",
            "scope": " ".join(f"{SCOPE_PREFIX}{scope}" for scope in caller.scopes),
            "iat": now,
            "auth_time": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid.uuid4()),
            "version": 2,
        }
        if isinstance(caller, Staff | Person):
            claims |= {"sub": caller.subject, "username": caller.name}
        if isinstance(caller, Staff):
            claims |= {"cognito:groups": list(caller.groups)}
        return claims

    def _load_key(self) -> RSAKey:
        row = self._store.execute("SELECT id, pem FROM issuer_keys").fetchone()
        if row is None:
            made = RSAKey.generate_key(2048, auto_kid=True)
            row = (made.kid, made.as_pem(private=True).decode())
            self._store.execute("INSERT INTO issuer_keys VALUES (?, ?)", row)
        return RSAKey.import_key(row[1], {"kid": row[0], "use": "sig", "alg": "RS256"})

    async def _configuration(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/.well-known/jwks.json",
                "token_endpoint": f"{self.url}/oauth2/token",
                "grant_types_supported": ["client_credentials"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_basic",
                    "client_secret_post",
                    "private_key_jwt",
                ],
                "token_endpoint_auth_signing_alg_values_supported": ["ES256", "PS256"],
            }
        )

    async def _jwks(self, _: Request) -> Response:
        return JSONResponse(self._public.as_dict(private=False))

    async def _token(self, request: Request) -> Response:
        """Client credentials (RFC 6749 §4.4); staff sign in through a portal, which is not here."""
        form = {k: v[-1] for k, v in parse_qs((await request.body()).decode("latin-1")).items()}
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type")
        client_id, secret = _credentials(request, form)
        caller = CLIENTS.get(client_id)
        if caller is None:
            return _refused("invalid_client", 401)
        if isinstance(caller, Partner) and caller.signs_in_by_key:
            if not self._assertions.hold(client_id, form):
                return _refused("invalid_client", 401)
        elif not hmac.compare_digest(secret.encode(), self.client_secret(client_id).encode()):
            return _refused("invalid_client", 401)
        allowed = {f"{SCOPE_PREFIX}{scope}" for scope in caller.scopes}
        wanted = set(form.get("scope", "").split()) or allowed
        if not wanted <= allowed:
            return _refused("invalid_scope")
        token = self.token(caller, changes={"scope": " ".join(sorted(wanted))})
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS},
            headers={"Cache-Control": "no-store"},
        )


def _client_of(caller: Sample) -> str:
    """The application that a token is given to: people sign in through one."""
    match caller:
        case Staff():
            return STAFF_CLIENT
        case Person():
            return caller.portal
    return caller.client_id


def _credentials(request: Request, form: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return client_id, secret
    if "client_assertion" in form and "client_id" not in form:
        return client_of(form["client_assertion"]), ""
    return form.get("client_id", ""), form.get("client_secret", "")


def _refused(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status, headers={"Cache-Control": "no-store"})
