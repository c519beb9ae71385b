"""People sign in as at the user pool: by a code, at a client and an address of the template, proved by PKCE."""

import asyncio
import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.aws.issuer import PORTAL_CLIENT
from local.aws.sign_in import SignIn, browser_clients
from local.aws.template import Template
from local.settings import Settings

VERIFIER = "a-secret-of-the-browser-that-is-long-enough-1234"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
SCOPE = "openid coverwright/partners:read coverwright/quotes:write"


class Browser:
    """A browser at the sign-in of a stack whose pages begin with this address."""

    def __init__(self) -> None:
        parameters = Settings().parameters_at("http://127.0.0.1:8081")
        clients = browser_clients(Template(Settings().template, overrides=parameters))
        self.sign_in = SignIn(clients, lambda *signed: json.dumps([signed[0].name, *signed[1:]]))
        routes = [*self.sign_in.routes(), Route("/oauth2/token", self._token, methods=["POST"])]
        self.pages = httpx.ASGITransport(Starlette(routes=routes))
        self.asked = {
            "response_type": "code",
            "client_id": PORTAL_CLIENT,
            "redirect_uri": "http://127.0.0.1:8081/portal/",
            "scope": SCOPE,
            "state": "<the state>",
            "code_challenge": CHALLENGE.decode(),
            "code_challenge_method": "S256",
        }

    async def _token(self, request: Request) -> Response:
        return self.sign_in.exchange(dict(parse_qsl((await request.body()).decode())))

    def call(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def called() -> httpx.Response:
            async with httpx.AsyncClient(transport=self.pages, base_url="http://here") as client:
                return await client.request(method, path, **given)

        return asyncio.run(called())

    def asks_again(self, signed_in: httpx.Response, **changes: str) -> httpx.Response:
        """In the browser in which somebody has signed in."""
        known = cookie_of(signed_in)
        return self.call("GET", "/oauth2/authorize", params=self.asked | changes, headers=known)

    def signs_out(self, signed_in: httpx.Response, **changes: str) -> httpx.Response:
        asked = {"client_id": PORTAL_CLIENT, "logout_uri": self.asked["redirect_uri"]}
        return self.call("GET", "/logout", params=asked | changes, headers=cookie_of(signed_in))

    def asks(self, **changes: str) -> httpx.Response:
        return self.call("GET", "/oauth2/authorize", params=self.asked | changes)

    def signs_in(self, person: str = "dora-test", **changes: str) -> httpx.Response:
        return self.call("POST", "/login", data={**self.asked, "person": person, **changes})

    def exchanges(self, code: str, /, **changes: str) -> httpx.Response:
        form = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
        own = {"client_id": PORTAL_CLIENT, "redirect_uri": self.asked["redirect_uri"]}
        return self.call("POST", "/oauth2/token", data=form | own | changes)


def cookie_of(signed_in: httpx.Response) -> Mapping[str, str]:
    """What a browser says from then on."""
    return {"Cookie": signed_in.headers["Set-Cookie"].partition(";")[0]}


def told(answer: httpx.Response) -> Mapping[str, str]:
    """What the address says to which a page returns."""
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@pytest.fixture
def browser() -> Browser:
    return Browser()


def test_a_person_gets_a_token_for_what_the_page_asked(browser: Browser) -> None:
    page, back = browser.asks(), told(browser.signs_in())
    answer = browser.exchanges(back["code"]).json()

    assert 'value="dora-test"' in page.text
    assert "<the state>" not in page.text
    assert back["state"] == "<the state>"
    assert json.loads(answer["access_token"]) == ["dora-test", PORTAL_CLIENT, SCOPE, 3600]
    assert answer["expires_in"] == 3600


def test_who_has_signed_in_is_known_until_they_sign_out(browser: Browser) -> None:
    signed_in = browser.signs_in()
    known = told(browser.asks_again(signed_in))
    prompted = browser.asks_again(signed_in, prompt="login")
    out = browser.signs_out(signed_in)

    assert json.loads(browser.exchanges(known["code"]).json()["access_token"])[0] == "dora-test"
    assert (out.status_code, out.headers["Location"]) == (302, browser.asked["redirect_uri"])
    for asked in (prompted, browser.asks_again(signed_in), browser.asks()):
        assert (asked.status_code, 'value="dora-test"' in asked.text) == (200, True)


@pytest.mark.parametrize(
    "change",
    [{"logout_uri": "https://evil.example/"}, {"logout_uri": ""}, {"client_id": "stranger"}],
)
def test_who_signs_out_is_sent_to_no_other_address(
    browser: Browser, change: Mapping[str, str]
) -> None:
    answer = browser.signs_out(browser.signs_in(), **change)

    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_a_name_that_nobody_has_signs_nobody_in(browser: Browser) -> None:
    assert browser.signs_in("somebody").status_code == 400


def test_a_code_is_good_once(browser: Browser) -> None:
    code = told(browser.signs_in())["code"]

    assert [browser.exchanges(code).status_code for _ in range(2)] == [200, 400]


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "somebody-else"},
        {"code_verifier": ""},
        {"client_id": "coverwright-local-StaffClient"},
        {"redirect_uri": "https://evil.example/"},
        {"code": "guessed"},
    ],
)
def test_a_code_is_good_to_who_asked_for_it(browser: Browser, change: Mapping[str, str]) -> None:
    answer = browser.exchanges(told(browser.signs_in())["code"], **change)

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    "change",
    [{"redirect_uri": "https://evil.example/"}, {"redirect_uri": ""}, {"client_id": "stranger"}],
)
def test_nobody_is_sent_to_an_address_that_the_client_does_not_name(
    browser: Browser, change: Mapping[str, str]
) -> None:
    for answer in (browser.asks(**change), browser.signs_in(**change)):
        assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "coverwright/parties:erase"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
    ],
)
def test_what_the_client_may_not_ask_is_refused_at_its_own_address(
    browser: Browser, change: Mapping[str, str], error: str
) -> None:
    assert told(browser.asks(**change)) == {"error": error, "state": "<the state>"}
    if change.keys() & {"code_challenge", "scope"}:
        assert browser.signs_in(**change).status_code == 400
