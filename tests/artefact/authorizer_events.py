"""Events of the authorizer, with tokens signed by a key that is then thrown away: as the pool signs them."""

import json
from collections.abc import Iterator
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import RSAKey

from demo.samples import CALLERS
from tests.artefact.backend import ISSUER
from tests.artefact.proxy import request_context
from tests.artefact.scenes.common import ADA_SIGNED_IN, Json

KEYS = Path(__file__).with_name("issuer_keys.json")


FAR_AWAY = 4_102_444_800  # 2100-01-01: a token of an event must outlive its repository


def authorizer_events() -> Iterator[tuple[str, Json]]:
    """What the gateway asks the authorizer, with tokens of a key that is thrown away."""
    key, stranger = (RSAKey.generate_key(2048, {"kid": "events", "use": "sig"}) for _ in "12")
    KEYS.write_text(json.dumps({"keys": [key.as_dict(private=False) | {"alg": "RS256"}]}) + "\n")
    yield "authorizer/application", _asked(_token("harbour-test", key))
    yield "authorizer/suspended", _asked(_token("gone-test", key))
    yield "authorizer/unknown_application", _asked(_token("nobody-test", key))
    yield "authorizer/forged", _asked(_token("harbour-test", stranger))
    yield "authorizer/expired", _asked(_token("harbour-test", key, expires=1_795_341_600))
    yield "authorizer/policyholder", _asked(_token("portal-test", key, subject=ADA_SIGNED_IN))


def _token(client: str, key: RSAKey, *, subject: str = "", expires: int = FAR_AWAY) -> str:
    scopes = CALLERS[client].scopes if client in CALLERS else ("quotes:read",)
    claims = {
        "iss": ISSUER,
        "sub": subject or client,
        "aud": "coverwright",
        "client_id": client,
        "token_use": "access",
        "scope": " ".join(f"coverwright/{scope}" for scope in scopes),
        "iat": 1_700_000_000,
        "exp": expires,
    }
    return jwt.encode({"alg": "RS256", "kid": "events", "typ": "JWT"}, claims, key)


def _asked(token: str) -> Json:
    headers = {"Authorization": f"Bearer {token}", "Host": "api.coverwright.example"}
    return {
        "type": "REQUEST",
        "methodArn": "arn:aws:execute-api:eu-west-2:123456789012:a1b2c3d4e5/dev/POST/v1/quotes",
        "resource": "/v1/quotes",
        "path": "/v1/quotes",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
        "pathParameters": {},
        "stageVariables": {},
        "requestContext": request_context("POST", "/v1/quotes", "/v1/quotes"),
    }
