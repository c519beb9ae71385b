"""The issuer signs for sample callers what Cognito would, and for nobody else."""

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.samples import CALLERS, STAFF
from tests.local.conftest import Running
from tests.support import loopback


def test_a_client_gets_a_token_for_its_secret_that_the_published_keys_verify(
    running: Running,
) -> None:
    with httpx.Client(base_url=running.stack.services_url, **loopback.LOOPBACK) as issuer:
        configuration = issuer.get("/.well-known/openid-configuration").json()
        answer = issuer.post(
            "/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=("harbour-test", running.stack.issuer.client_secret("harbour-test")),
        )
        keys = KeySet.import_key_set(issuer.get("/.well-known/jwks.json").json())

    claims = jwt.decode(answer.json()["access_token"], keys, algorithms=["RS256"]).claims
    assert claims["iss"] == configuration["issuer"] == running.stack.services_url
    assert claims["client_id"] == claims["sub"] == "harbour-test"
    assert "coverwright/quotes:write" in claims["scope"].split()
    assert "cognito:groups" not in claims


def test_the_published_keys_hold_nothing_private(running: Running) -> None:
    keys = loopback.get(f"{running.stack.services_url}/.well-known/jwks.json").json()["keys"]

    assert all(not {"d", "p", "q"} & key.keys() for key in keys)


@pytest.mark.parametrize(
    ("client", "form", "status", "error"),
    [
        ("harbour-test", {"grant_type": "password"}, 400, "unsupported_grant_type"),
        ("harbour-test", {}, 400, "unsupported_grant_type"),
        ("stranger", {"grant_type": "client_credentials"}, 401, "invalid_client"),
        ("underwriter-test", {"grant_type": "client_credentials"}, 401, "invalid_client"),
    ],
)
def test_nobody_else_gets_one(
    running: Running, client: str, form: dict[str, str], status: int, error: str
) -> None:
    url = f"{running.stack.services_url}/oauth2/token"

    answer = loopback.post(url, data=form, auth=(client, "guess"))

    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_client_gets_no_scope_that_is_not_its_own(running: Running) -> None:
    answer = loopback.post(
        f"{running.stack.services_url}/oauth2/token",
        data={"grant_type": "client_credentials", "scope": "coverwright/parties:erase"},
        auth=("harbour-test", running.stack.issuer.client_secret("harbour-test")),
    )

    assert answer.json() == {"error": "invalid_scope"}


def test_staff_have_groups_and_machines_have_none(running: Running) -> None:
    keys = running.stack.issuer.public_keys()
    claims = {
        name: jwt.decode(running.stack.token(name), keys, algorithms=["RS256"]).claims
        for name in CALLERS
    }

    assert claims["handler-test"]["cognito:groups"] == ["claims_handler", "test"]
    assert {name for name in claims if "cognito:groups" in claims[name]} == {
        staff.name for staff in STAFF
    }
    assert claims["ada-test"]["client_id"] == "portal-test" != claims["ada-test"]["sub"]
