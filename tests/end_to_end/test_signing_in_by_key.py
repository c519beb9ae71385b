"""Without any secret: an application signs in with its key, and proves each call with it."""

import httpx

from demo.proofs import assertion, proof
from local.stack import Stack
from tests.support.loopback import NO_AUTHORITIES
from tests.support.waiting import ANSWER_SECONDS

CLIENT = "proof-test"


def test_an_application_lives_by_its_key_alone(stack: Stack) -> None:
    with httpx.Client(timeout=ANSWER_SECONDS, verify=NO_AUTHORITIES) as http:
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": assertion(CLIENT, stack.services_url),
        }
        token = http.post(f"{stack.services_url}/oauth2/token", data=form).json()["access_token"]
        url = f"{stack.base_url}/v1/products"
        sent = {"Authorization": f"DPoP {token}", "DPoP": proof(CLIENT, "GET", url, token)}

        assert http.get(url, headers=sent).status_code == 200
