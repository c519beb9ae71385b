"""How people sign in: the user pool's pages and its authorization codes (RFC 6749 §4.1, with PKCE, RFC 7636).

Here nobody has a password: who signs in is one of the sample people. All else is as Cognito does it: the clients are
the template's, a page returns to an address that its client names, and a code is good once, for five minutes, to who
knows the secret that it was asked for with. Who has signed in is known by a cookie for an hour, and asked for no name,
until they sign out.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.samples import DEVELOPERS, STAFF, Developer, Staff
from local.aws.template import Template

type Json = dict[str, Any]
type Signer = Callable[[Staff | Developer, str, str, int], str]
"""An access token of a person, for a client, with these scopes, for so many seconds."""

PEOPLE: Final[Mapping[str, Staff | Developer]] = {each.name: each for each in (*DEVELOPERS, *STAFF)}
CODE_SECONDS: Final = 300
SESSION_SECONDS: Final = 3600
SESSION: Final = "cognito"
"""The cookie of a browser in which somebody has signed in."""
ASKED: Final = ("client_id", "redirect_uri", "scope", "state", "code_challenge")
"""What the page hands on from the address to the sign-in."""
CHALLENGE_CHARACTERS: Final = 43
STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:10vh auto;padding:0 1rem;color:#1a1f2b;"
    "background:#fff}button{display:block;width:100%;margin:.4rem 0;padding:.7rem;font:inherit;text-align:left;"
    "border:1px solid #6b7280;border-radius:.4rem;background:#f5f6f8;color:inherit;cursor:pointer}"
    "@media(prefers-color-scheme:dark){body{background:#14171f;color:#e8eaf0}button{background:#1f2430}}"
)
_STYLE_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS: Final = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}


class BrowserClient(NamedTuple):
    """A client of the pool through which people sign in."""

    returns_to: tuple[str, ...]
    signs_out_to: tuple[str, ...]
    scopes: frozenset[str]
    token_seconds: int


class Granted(NamedTuple):
    """What a code stands for."""

    person: str
    asked: Mapping[str, str]
    until: float


class Session(NamedTuple):
    """Somebody who has signed in, in one browser."""

    person: str
    until: float


def browser_clients(template: Template) -> dict[str, BrowserClient]:
    """The template's clients that have codes, by their ids."""
    return {
        template.ref(each.logical_id): BrowserClient(
            tuple(each.properties["CallbackURLs"]),
            tuple(each.properties.get("LogoutURLs", ())),
            frozenset(each.properties["AllowedOAuthScopes"]),
            int(each.properties["AccessTokenValidity"]) * 60,
        )
        for each in template.of_type("AWS::Cognito::UserPoolClient")
        if "code" in each.properties["AllowedOAuthFlows"]
    }


class SignIn:
    """The pages, and the codes that wait to be taken for a token."""

    def __init__(self, clients: Mapping[str, BrowserClient], sign: Signer) -> None:
        self._clients = clients
        self._sign = sign
        self._codes: dict[str, Granted] = {}
        self._sessions: dict[str, Session] = {}

    def routes(self) -> list[Route]:
        return [
            Route("/oauth2/authorize", self._authorize),
            Route("/login", self._login, methods=["POST"]),
            Route("/logout", self._logout),
        ]

    async def _authorize(self, request: Request) -> Response:
        """The page where a person says who they are; a client that is not known, or another address, is told so
        here and never redirected."""
        asked = dict(request.query_params)
        client = self._client_of(asked)
        if client is None:
            return HTMLResponse(_page("<h1>There is no such client</h1>"), 400, HEADERS)
        error = _fault(asked, client)
        if error:
            return _returned(asked, error=error)
        session = self._sessions.get(request.cookies.get(SESSION, ""))
        if session and session.until > time.time() and asked.get("prompt") != "login":
            return _returned(asked, code=self._code(session.person, asked))
        return HTMLResponse(_page(_form(asked)), headers=HEADERS)

    async def _login(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode("latin-1")))
        client = self._client_of(form)
        if client is None or form.get("person") not in PEOPLE or _fault(form | _AS_ASKED, client):
            return HTMLResponse(_page("<h1>Nobody signed in</h1>"), 400, HEADERS)
        answer = _returned(form, code=self._code(form["person"], form))
        key, now = secrets.token_urlsafe(32), time.time()
        self._sessions = {key: one for key, one in self._sessions.items() if one.until > now}
        self._sessions[key] = Session(form["person"], now + SESSION_SECONDS)
        answer.set_cookie(SESSION, key, SESSION_SECONDS, httponly=True, samesite="lax")
        return answer

    async def _logout(self, request: Request) -> Response:
        """End the session, and go to an address that the client names for it; to any other nobody is sent."""
        client = self._clients.get(request.query_params.get("client_id", ""))
        to = request.query_params.get("logout_uri", "")
        if client is None or to not in client.signs_out_to:
            return HTMLResponse(_page("<h1>There is no such address</h1>"), 400, HEADERS)
        self._sessions.pop(request.cookies.get(SESSION, ""), None)
        answer = RedirectResponse(to, 302, HEADERS)
        answer.delete_cookie(SESSION, httponly=True, samesite="lax")
        return answer

    def _code(self, person: str, asked: Mapping[str, str]) -> str:
        code, now = secrets.token_urlsafe(32), time.time()
        self._codes = {key: one for key, one in self._codes.items() if one.until > now}
        handed_on = {name: asked.get(name, "") for name in ASKED}
        self._codes[code] = Granted(person, handed_on, now + CODE_SECONDS)
        return code

    def exchange(self, form: Mapping[str, str]) -> Response:
        """The token for a code, once: a code that was tried is gone."""
        granted = self._codes.pop(form.get("code", ""), None)
        if granted is None or granted.until < time.time() or not _is_askers(granted.asked, form):
            return JSONResponse({"error": "invalid_grant"}, 400, {"Cache-Control": "no-store"})
        client_id = granted.asked["client_id"]
        lasts = self._clients[client_id].token_seconds
        token = self._sign(PEOPLE[granted.person], client_id, granted.asked["scope"], lasts)
        return JSONResponse(
            {"access_token": token, "token_type": "Bearer", "expires_in": lasts},
            headers={"Cache-Control": "no-store"},
        )

    def _client_of(self, asked: Mapping[str, str]) -> BrowserClient | None:
        """The client, if the address is one that it names."""
        client = self._clients.get(asked.get("client_id", ""))
        if client is None or asked.get("redirect_uri") not in client.returns_to:
            return None
        return client


_AS_ASKED: Final = {"response_type": "code", "code_challenge_method": "S256"}
"""What the page has seen already."""


def _fault(asked: Mapping[str, str], client: BrowserClient) -> str:
    """What is wrong with a request whose client is known; empty for nothing."""
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    challenge = asked.get("code_challenge", "")
    if asked.get("code_challenge_method") != "S256" or len(challenge) != CHALLENGE_CHARACTERS:
        return "invalid_request"
    wanted = set(asked.get("scope", "").split())
    return "" if wanted and wanted <= client.scopes else "invalid_scope"


def _is_askers(asked: Mapping[str, str], form: Mapping[str, str]) -> bool:
    """Whether it comes from the client that asked, and from the browser that made the challenge."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    same = all(form.get(name) == asked[name] for name in ("client_id", "redirect_uri"))
    return same and hmac.compare_digest(challenge.encode(), asked["code_challenge"].encode())


def _returned(asked: Mapping[str, str], **told: str) -> Response:
    query = urlencode({**told, **({"state": asked["state"]} if asked.get("state") else {})})
    return RedirectResponse(f"{asked['redirect_uri']}?{query}", 302, HEADERS)


def _form(asked: Mapping[str, str]) -> str:
    handed_on = "".join(
        f'<input type="hidden" name="{name}" value="{escape(asked.get(name, ""))}">'
        for name in ASKED
    )
    return (
        "<h1>Sign in</h1><p>This machine's stand-in for the user pool: choose who you are. There is no password.</p>"
        f'<form method="post" action="/login">{handed_on}{"".join(_buttons())}</form>'
    )


def _buttons() -> Iterator[str]:
    for name, person in PEOPLE.items():
        what = (
            f"team of {person.partner}" if isinstance(person, Developer) else "staff of the insurer"
        )
        yield f'<button name="person" value="{escape(name)}">{escape(name)}, {escape(what)}</button>'


def _page(body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sign in</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main>{body}</main></body></html>"
    )
