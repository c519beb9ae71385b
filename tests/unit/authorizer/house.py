"""What the authorizer's tests stand on: an issuer that signs, applications, and a clock."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from insurance.access.binding import Binding
from insurance.access.grants import Application
from insurance.access.issuers import Issuer, trusted_issuers
from insurance.access.keys import IssuerKeys, KeysUnavailable, PublishedKeys
from insurance.access.notices import RecentNotices, SunsetNotice
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from functions.authorizer.app import Authorizer
from local.aws.gateway.policy import grant_of

type Json = dict[str, Any]

NOW = 1_790_000_000
OWN = "https://cognito-idp.eu-west-2.amazonaws.com/eu-west-2_HOUSE"
PARTNERS_OWN = "https://login.meadow.example/"
AUDIENCE = "coverwright-api"
STAFF_KEY = "the one key of all staff".ljust(64, "x")
SECRET = b"a secret that only the stack knows"
STAGE = "arn:aws:execute-api:eu-west-2:123456789012:a1b2c3d4e5/prod"
ARN = f"{STAGE}/POST/v1/quotes"

BOUND = Binding("dpop", frozenset({"a-thumbprint"}))
"""What applications must have that read claims in live mode."""

HARBOUR = Application(
    id="app_harbour",
    partner="harbour",
    is_active=True,
    mode="live",
    plan="gold",
    products=frozenset({"quoting", "issuance"}),
    scopes=frozenset({"quotes:read", "quotes:write", "policies:write"}),
    issuer=None,
)
CLAIMS: Json = {
    "iss": OWN,
    "sub": "harbour",
    "client_id": "harbour",
    "token_use": "access",
    "scope": "coverwright/quotes:write coverwright/claims:read",
    "iat": NOW - 60,
    "exp": NOW + 3600,
}
STAFF: Json = {
    **CLAIMS,
    "sub": "7c1e2a52-0f5b-4f5e-9d3b-0a7d5f6e8c11",
    "client_id": "staff-portal",
    "username": "ada",
    "scope": "openid coverwright/quotes:read coverwright/quotes:underwrite",
    "cognito:groups": ["live", "underwriter", "supervisor"],
}


@cache
def rsa_key(kid: str = "rsa-1") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


@cache
def ec_key(kid: str = "ec-1") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


def published(*keys: RSAKey | ECKey) -> Json:
    return {"keys": [key.as_dict(private=False) for key in keys or (rsa_key(), ec_key())]}


def signed(
    claims: Mapping[str, Any] | bytes = CLAIMS,
    *,
    key: RSAKey | ECKey | OctKey | None = None,
    header: Mapping[str, Any] | None = None,
    algorithm: str | None = None,
) -> str:
    """A token signed with joserfc, whatever its header says."""
    key = key or rsa_key()
    algorithm = algorithm or ("ES256" if isinstance(key, ECKey) else "RS256")
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    members = {"alg": algorithm, "kid": key.kid, "typ": "JWT"} if header is None else dict(header)
    message = f"{encoded(json.dumps(members).encode())}.{encoded(payload)}"
    return f"{message}.{encoded(_signature(message, key, algorithm))}"


def encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _signature(message: str, key: RSAKey | ECKey | OctKey, algorithm: str) -> bytes:
    return jws.JWSRegistry.algorithms[algorithm].sign(message.encode(), key)


def event(token: str, *, arn: str = ARN) -> Json:
    return {
        "type": "REQUEST",
        "methodArn": arn,
        "headers": {"Authorization": f"Bearer {token}"},
        "multiValueHeaders": {"Authorization": [f"Bearer {token}"]},
        "requestContext": {"requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"},
    }


@dataclass
class Memory:
    """A shelf that forgets with the process."""

    kept: dict[Issuer, PublishedKeys] = field(default_factory=dict)

    def read(self, issuer: Issuer) -> PublishedKeys | None:
        return self.kept.get(issuer)

    def write(self, issuer: Issuer, keys: PublishedKeys) -> None:
        self.kept[issuer] = keys


@dataclass
class House:
    """An authorizer between fakes, each of which a test may change."""

    now: int = NOW
    documents: dict[str, Json] = field(default_factory=lambda: {OWN: published()})
    applications: dict[str, Application] = field(default_factory=lambda: {"harbour": HARBOUR})
    parties: dict[str, frozenset[str]] = field(default_factory=dict)
    shelf: Memory = field(default_factory=Memory)
    notices: dict[str, dict[str, SunsetNotice]] = field(default_factory=dict)
    """By mode."""
    configured: str = f"{OWN}, {PARTNERS_OWN}"
    fetches: int = 0

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process: memory is gone, the shelf is not."""
        self.keys = IssuerKeys(fetch=self._fetch, shelf=self.shelf, clock=lambda: self.now)
        self.authorizer = Authorizer(
            issuers=trusted_issuers(self.configured),
            audience=AUDIENCE,
            keys=self.keys,
            registered=self.applications.get,
            parties_of=lambda person: self.parties.get(person, frozenset()),
            secret=lambda: SECRET,
            staff_key=lambda: STAFF_KEY,
            notices=RecentNotices(self.notices.get, lambda: self.now),
            clock=lambda: self.now,
        )

    def answer(self, token: str, *, arn: str = ARN) -> Json:
        return self.authorizer.answer(event(token, arn=arn))

    def verdict(self, token: str, *, arn: str = ARN) -> str:
        return grant_of(self.answer(token)).verdict(arn)

    def _fetch(self, issuer: Issuer) -> object:
        self.fetches += 1
        if issuer.url not in self.documents:
            raise KeysUnavailable(issuer.url)
        return self.documents[issuer.url]
