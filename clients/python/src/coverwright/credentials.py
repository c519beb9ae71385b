"""An access token for an application: client credentials (RFC 6749 §4.4), renewed before it ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

import httpx

from coverwright.errors import SignInRefused

EARLY_SECONDS: Final = 60
"""A token is renewed so long before it ends: the call that carries it takes time, too."""


class TokenEndpointBusy(httpx.NetworkError):
    """The token endpoint could not answer for now: asked again, it may."""

    def __init__(self, answer: httpx.Response) -> None:
        asked = answer.headers.get("retry-after")
        wait = f", Retry-After: {asked}" if asked else ""
        super().__init__(f"{answer.url} answered {answer.status_code}{wait}")
        self.answer = answer


class Credentials(Protocol):
    """Gives a token for each call."""

    def token(self, http: httpx.Client) -> str:
        """A token that is good."""

    def forget(self, token: str) -> bool:
        """The API did not take this token; whether another can be had."""


class GivenToken:
    """A person's token, from where they signed in. Nobody here can renew it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self, http: httpx.Client) -> str:  # noqa: ARG002 - no call is needed
        return self._token

    def forget(self, token: str) -> bool:  # noqa: ARG002 - there is no other
        return False


class ClientCredentials:
    """Gives a token that is good; asks for one only when it must. Safe to share among threads."""

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        scopes: tuple[str, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_url = token_url
        self._auth = (client_id, client_secret)
        self._form = {"grant_type": "client_credentials"}
        if scopes:
            self._form["scope"] = " ".join(scopes)
        self._clock = clock
        self._lock = threading.Lock()
        self._token = ""
        self._good_until = 0.0

    def token(self, http: httpx.Client) -> str:
        """A token that is good for a while yet.

        Raises:
            SignInRefused: The token endpoint gave none.
            httpx.TransportError: It did not answer, or was busy.
        """
        with self._lock:
            if not self._token or self._clock() >= self._good_until:
                self._renew(http)
            return self._token

    def forget(self, token: str) -> bool:
        """The API takes this token no more: the next call asks for another."""
        with self._lock:
            if self._token == token:
                self._token = ""
        return True

    def _renew(self, http: httpx.Client) -> None:
        began = self._clock()
        answer = http.post(self._token_url, data=self._form, auth=self._auth)
        if answer.is_server_error or answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise TokenEndpointBusy(answer)
        try:
            said = answer.json()
        except ValueError:
            said = None
        if not isinstance(said, dict):
            said = {}
        if not answer.is_success or "access_token" not in said:
            why = said.get("error", f"{answer.status_code}, and no token")
            raise SignInRefused(f"{self._token_url} refused {self._auth[0]}: {why}")
        self._token = str(said["access_token"])
        self._good_until = began + max(0, int(said.get("expires_in", 0)) - EARLY_SECONDS)
