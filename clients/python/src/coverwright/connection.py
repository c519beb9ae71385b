"""Calls by path, in JSON: signed in, repeated safely, problems raised.

Each command has an idempotency key, the caller's or a new one, and every repetition of it carries the same: the API
answers as it did the first time, and nothing is done twice.
"""

from __future__ import annotations

import email.utils
import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from time import sleep
from time import time as now
from types import TracebackType
from typing import Any, Final, NamedTuple

import httpx

from coverwright.credentials import ClientCredentials, Credentials, GivenToken, TokenEndpointBusy
from coverwright.errors import ConnectionLost, ProblemError, SignInRefused
from coverwright.settings import ClientSettings
from coverwright.version import __version__

Json = dict[str, Any]
Proof = Callable[[str, str, str], str]
"""Makes the proof of possession of a bound token (DPoP) from method, address and token."""

UNAUTHORIZED: Final = 401
REPEATED: Final = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same call may succeed, and is harmless: it carries the same key."""
LOST: Final = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)
TIMEOUT: Final = httpx.Timeout(35, connect=5)
"""The API answers within 29 seconds, or says that it did not."""


@dataclass(frozen=True)
class Retries:
    """How often a call is repeated, and how long it may wait in between."""

    tries: int = 5
    longest_wait: float = 30.0
    """Asked to wait longer (a day's quota is used up), the problem is raised at once, with `retry_after`."""
    first_wait: float = 0.5
    """Where the answer does not say: at most this long, then twice, four times, … as long."""


class Answer(NamedTuple):
    """What was answered, and what its headers say."""

    status: int
    body: Any
    etag: str | None
    """For `if_match`: the change is made only if the object is still as this answer shows it."""
    request_id: str
    replayed: bool
    """The command had been carried out before, and this is the first answer to it."""
    idempotency_key: str | None


class Connection:
    """One application's connection to the API. Safe to share among threads; close it, or use it with `with`."""

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        *,
        clock: str | None = None,
        retries: Retries | None = None,
        proof: Proof | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        """`http` is yours to give for a proxy, a client certificate or a stub; it is closed with the connection."""
        self._base_url = base_url.rstrip("/")
        self._credentials = credentials
        self._clock = clock
        self._retries = retries or Retries()
        self._proof = proof
        self._http = http or httpx.Client(timeout=TIMEOUT)

    @classmethod
    def of(cls, settings: ClientSettings) -> Connection:
        """A connection for an address and credentials that were read from somewhere."""
        credentials: Credentials = (
            GivenToken(settings.token)
            if settings.token
            else ClientCredentials(settings.token_url, settings.client_id, settings.client_secret)
        )
        return cls(settings.base_url, credentials, clock=settings.clock)

    def at(self, clock: str) -> Connection:
        """This connection at a time of its own, in test mode; both are closed with the first."""
        return Connection(
            self._base_url,
            self._credentials,
            clock=clock,
            retries=self._retries,
            proof=self._proof,
            http=self._http,
        )

    @property
    def base_url(self) -> str:
        """Where the API is."""
        return self._base_url

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, **parameters: Any) -> Json:
        """What stands at a path; `None` among the parameters is left out."""
        body: Json = self.call("GET", path, parameters=parameters).body
        return body

    def post(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        idempotency_key: str | None = None,
        if_match: str | None = None,
    ) -> Json:
        """Carry a command out: once, however often it has to be sent."""
        headers = {
            **({"Idempotency-Key": idempotency_key} if idempotency_key else {}),
            **({"If-Match": if_match} if if_match else {}),
        }
        said: Json = self.call("POST", path, body=body, headers=headers).body
        return said

    def items(self, path: str, **parameters: Any) -> Iterator[Json]:
        """Each entry of a list, page by page, as they are asked for."""
        after = parameters.pop("after", None)
        while True:
            page = self.get(path, after=after, **parameters)
            yield from page["items"]
            before, after = after, page.get("next")
            if (
                not after or after == before
            ):  # a feed of events has a place to go on from at its end, too
                return

    def call(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One call, repeated while that is safe and may help. A POST without an `Idempotency-Key` is given one.

        Raises:
            ProblemError: The API refused, or could not.
            ConnectionLost: No answer came.
            SignInRefused: There is no token for these credentials.
        """
        request = self._request(method, path, parameters, body)
        request.headers.update(headers or {})
        if method == "POST":
            request.headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        key = request.headers.get("Idempotency-Key")
        number = 1
        while True:
            try:
                answer = self._sent(request)
            except SignInRefused as error:
                raise SignInRefused(str(error), idempotency_key=key) from error
            except LOST as error:
                asked = _retry_after(error.answer) if isinstance(error, TokenEndpointBusy) else None
                wait = self._wait(number, asked)
                if wait is None:
                    lost = f"{method} {self._base_url}{path}: {error or type(error).__name__}"
                    raise ConnectionLost(lost, idempotency_key=key) from error
            else:
                if _is_good(answer):
                    return _answer(answer, key)
                asked = _retry_after(answer)
                repeat = answer.status_code in REPEATED
                wait = self._wait(number, asked) if repeat else None
                if wait is None:
                    raise _problem(answer, asked, key)
            sleep(wait)
            number += 1

    def _sent(self, request: httpx.Request) -> httpx.Response:
        """The answer; with a new token where the API took the one it had no more, and another can be had."""
        token = self._sign(request)
        answer = self._http.send(request)
        if answer.status_code != UNAUTHORIZED or not self._credentials.forget(token):
            return answer
        self._sign(request)
        return self._http.send(request)

    def _request(
        self, method: str, path: str, parameters: Mapping[str, Any] | None, body: Any
    ) -> httpx.Request:
        given = {name: value for name, value in (parameters or {}).items() if value is not None}
        headers = {"Accept": "application/json", "User-Agent": f"coverwright-python/{__version__}"}
        if self._clock:
            headers["Coverwright-Clock"] = self._clock
        return self._http.build_request(
            method, f"{self._base_url}{path}", params=given, json=body, headers=headers
        )

    def _sign(self, request: httpx.Request) -> str:
        """Put a good token on the request, and a new proof where the token is bound to a key."""
        token = self._credentials.token(self._http)
        scheme = "Bearer"
        if self._proof is not None:
            scheme = "DPoP"
            address = str(request.url.copy_with(query=None))
            request.headers["DPoP"] = self._proof(request.method, address, token)
        request.headers["Authorization"] = f"{scheme} {token}"
        return token

    def _wait(self, number: int, asked: float | None) -> float | None:
        """How long to wait after this try; None: it was the last."""
        if number >= self._retries.tries:
            return None
        if asked is not None:
            return asked if asked <= self._retries.longest_wait else None
        most = min(self._retries.longest_wait, self._retries.first_wait * 2 ** (number - 1))
        return random.uniform(0, most)  # noqa: S311 (so that many callers do not come back at once)


def _is_good(answer: httpx.Response) -> bool:
    """It is the API's, and says that all is well: a proxy may answer with a page of its own."""
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return True
    kind = answer.headers.get("content-type", "")
    return answer.is_success and (not answer.content or "json" in kind)


def _answer(answer: httpx.Response, key: str | None) -> Answer:
    return Answer(
        status=answer.status_code,
        body=answer.json() if answer.content else None,
        etag=answer.headers.get("etag"),
        request_id=answer.headers.get("x-request-id", ""),
        replayed=answer.headers.get("idempotent-replayed") == "true",
        idempotency_key=key,
    )


def _problem(answer: httpx.Response, retry_after: float | None, key: str | None) -> ProblemError:
    try:
        said = answer.json()
    except ValueError:
        said = None
    if not isinstance(said, dict):
        said = {"code": "unexpected-answer", "detail": answer.text[:200]}
    said.setdefault("request_id", answer.headers.get("x-request-id", ""))
    return ProblemError(answer.status_code, said, retry_after=retry_after, idempotency_key=key)


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds, which the header gives as such or as a date (RFC 9110 §10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - now())
    except (TypeError, ValueError):
        return None
