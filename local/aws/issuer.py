"""The token issuer: what the Cognito user pool does on AWS, with a key of its own.

Beside it an application may sign in with a key of its own (`private_key_jwt`, RFC 7523), which Cognito does not
take: so can it be practised what an issuer of a partner's own would ask (docs/adr/0031).

It signs for the sample callers and for the clients of the user pool. Code that ships trusts it because, and only where, its
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
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.samples import (
    CALLERS,
    MACHINES,
    SCOPE_PREFIX,
    Developer,
    Machine,
    Partner,
    Person,
    Staff,
)
from local.aws.assertions import Assertions, client_of
from local.aws.cloudformation import STACK_NAME
from local.aws.services.user_pool import UserPoolClients
from local.aws.sign_in import BrowserClient, SignIn

type Json = dict[str, Any]
type Sample = Partner | Staff | Person | Developer | Machine

STAFF_CLIENT = "staff-portal"
PORTAL_CLIENT = f"{STACK_NAME}-PortalClient"
TOKEN_SECONDS = 24 * 3600  # the longest Cognito allows: what `serve` prints should last the day


class Issuer:
    """Signs tokens; its key and its clients' secrets are made once and kept."""

    def __init__(
        self,
        store: sqlite3.Connection,
        url: str,
        clients: UserPoolClients,
        browser_clients: Mapping[str, BrowserClient] | None = None,
    ) -> None:
        self._store = store
        self._sign_in = SignIn(browser_clients or {}, self._person_token)
        self._clients = clients
        self.url = url
        self._key = self._load_key()
        self._public = KeySet([self._key])
        self._assertions = Assertions(store, url)

    def public_keys(self) -> KeySet:
        return self._public

    def token(self, caller: Sample, *, changes: Mapping[str, Any] | None = None) -> str:
        """An access token with what Cognito puts into one; `changes` are for tests."""
        claims = self._claims(caller) | dict(changes or {})
        return self._signed(claims)

    def _person_token(
        self, person: Staff | Developer, client_id: str, scope: str, seconds: int
    ) -> str:
        """Of a person who signed in through a client: with the scopes that it asked for."""
        claims = self._claims(person) | {"client_id": client_id, "scope": scope}
        return self._signed(claims | {"exp": claims["iat"] + seconds})

    def _signed(self, claims: Json) -> str:
        header = {"alg": "RS256", "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(header, claims, self._key, algorithms=["RS256"])

    def client_secret(self, client_id: str) -> str:
        """The newest secret of a client: only the pool itself can say it after it was made."""
        client = self._clients.client(client_id)
        if client is not None:
            return client.secrets[-1]
        return self._machine_secret(client_id)

    def _machine_secret(self, client_id: str) -> str:
        """Of a client that the template declares."""
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
            *self._sign_in.routes(),
        ]

    def _claims_of(self, client_id: str, scope: str) -> Json:
        """What stands in the token of a client that signed in for itself."""
        now = int(time.time())
        return {
            "iss": self.url,
            "client_id": client_id,
            "sub": client_id,
            "token_use": "access",
            "scope": scope,
            "iat": now,
            "auth_time": now,
            "exp": now + TOKEN_SECONDS,
            "jti": str(uuid.uuid4()),
            "version": 2,
        }

    def _claims(self, caller: Sample) -> Json:
        scope = " ".join(f"{SCOPE_PREFIX}{scope}" for scope in caller.scopes)
        claims = self._claims_of(_client_of(caller), scope)
        if isinstance(caller, Staff | Person | Developer):
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
                "authorization_endpoint": f"{self.url}/oauth2/authorize",
                "token_endpoint": f"{self.url}/oauth2/token",
                "grant_types_supported": ["authorization_code", "client_credentials"],
                "code_challenge_methods_supported": ["S256"],
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
        """Client credentials (RFC 6749 §4.4), or a code with which a person came back from the sign-in."""
        form = {k: v[-1] for k, v in parse_qs((await request.body()).decode("latin-1")).items()}
        if form.get("grant_type") == "authorization_code":
            return self._sign_in.exchange(form)
        if form.get("grant_type") != "client_credentials":
            return _refused("unsupported_grant_type")
        client_id, secret = _credentials(request, form)
        allowed = self._signed_in(client_id, secret, form)
        if allowed is None:
            return _refused("invalid_client", 401)
        wanted = set(form.get("scope", "").split()) or allowed
        if not wanted <= allowed:
            return _refused("invalid_scope")
        token = self._signed(self._claims_of(client_id, " ".join(sorted(wanted))))
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": TOKEN_SECONDS},
            headers={"Cache-Control": "no-store"},
        )

    def _signed_in(self, client_id: str, secret: str, form: Mapping[str, str]) -> set[str] | None:
        """The scopes of a client that has proved who it is; None: it has not."""
        client = self._clients.client(client_id)
        if client is None:
            machine = MACHINES.get(client_id)
            if machine is None or not _is_one_of(secret, [self._machine_secret(client_id)]):
                return None
            return {f"{SCOPE_PREFIX}{scope}" for scope in machine.scopes}
        sample = CALLERS.get(client_id)
        if isinstance(sample, Partner) and sample.signs_in_by_key:
            return set(client.scopes) if self._assertions.hold(client_id, form) else None
        return set(client.scopes) if _is_one_of(secret, client.secrets) else None


def _is_one_of(secret: str, known: Iterable[str]) -> bool:
    return any(hmac.compare_digest(secret.encode(), each.encode()) for each in known)


def _client_of(caller: Sample) -> str:
    """The application that a token is given to: people sign in through one."""
    match caller:
        case Staff():
            return STAFF_CLIENT
        case Person():
            return caller.portal
        case Developer():
            return PORTAL_CLIENT
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
