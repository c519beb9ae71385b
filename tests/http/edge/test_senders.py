"""On every route that applications or policyholders reach, a bound token is no use without what it is bound to."""

from typing import Any

import pytest
from insurance.api import sender
from insurance.api.route import Route
from insurance.domain.core.caller import CallerKind

from tests.support.calls import FOLDERS, application, event, machine, policyholder
from tests.support.platform import Platform
from tests.support.proofs import p256, proof
from tests.support.route_calls import IDS, call

type Json = dict[str, Any]

REFUSALS = {"dpop": "invalid-proof", "mtls": "invalid-certificate"}
CHALLENGES = {
    "dpop": 'DPoP realm="coverwright", error="invalid_dpop_proof", algs="ES256 PS256"',
    "mtls": 'Bearer realm="coverwright", error="invalid_token"',
}
TOKEN = "eyJ.an-access.token"
HOST = "api.coverwright.example"


@pytest.fixture(scope="module")
def routes(loaded: Platform) -> list[Route]:
    found = [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]
    return [route for route in found if route.takes_proofs]


def caller(route: Route) -> Json:
    if CallerKind.APPLICATION in route.callers:
        return application("app_test_one", "harbour", scopes=route.scope)
    return policyholder(IDS["policy_id"]) | {"scopes": route.scope}


@pytest.mark.parametrize("binding", REFUSALS)
def test_the_token_alone_opens_nothing(loaded: Platform, routes: list[Route], binding: str):
    bound = {"binding": binding, "thumbprints": p256().thumbprint()}
    for route in routes:
        answer = call(loaded, route, caller=caller(route) | bound)
        assert (answer.status, answer.code) == (401, REFUSALS[binding]), route.path
        assert answer.headers["WWW-Authenticate"] == CHALLENGES[binding]


def test_the_live_banks_token_alone_opens_nothing_where_its_certificate_is_registered(
    loaded: Platform, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sender, "words", lambda _: frozenset({"a-thumbprint"}))
    routes = [route for folder in FOLDERS for route in loaded.apps[folder].api.routes]
    for route in routes:
        if CallerKind.MACHINE in route.callers:
            answer = call(loaded, route, caller=machine(route.scope, mode="live"))
            assert (answer.status, answer.code) == (401, "invalid-certificate"), route.path
            assert answer.headers["WWW-Authenticate"] == CHALLENGES["mtls"]


def test_a_proof_opens_what_the_token_opens_and_once(handlers: Platform):
    bound = {"binding": "dpop", "thumbprints": p256().thumbprint()}
    listed = application("app_test_one", "harbour", scopes="products:read") | bound
    url = f"https://{HOST}/v1/products"
    headers = {"Authorization": f"DPoP {TOKEN}", "DPoP": proof("GET", url, TOKEN)}

    def answered() -> str:
        sent = event("GET", "/v1/products", caller=listed, headers=headers)
        sent["requestContext"]["domainName"] = HOST
        answer = handlers.send("products", sent)
        return answer.code or str(answer.status)

    assert [answered(), answered()] == ["200", "invalid-proof"]
