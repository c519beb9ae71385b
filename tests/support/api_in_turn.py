"""An API that answers in turn, for the Python client."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

type Step = httpx.Response | Exception

BASE = "https://api.test"
TOKENS = "https://auth.test/oauth2/token"


@dataclass
class Api:
    """Answers in turn, and keeps what it was sent."""

    steps: list[Step] = field(default_factory=list)
    token_answer: Callable[[int], httpx.Response] = field(
        default=lambda number: httpx.Response(
            200, json={"access_token": f"token-{number}", "expires_in": 3600}
        )
    )
    calls: list[httpx.Request] = field(default_factory=list)
    signed_in: int = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == TOKENS:
            self.signed_in += 1
            return self.token_answer(self.signed_in)
        self.calls.append(as_sent(request))
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return step

    def headers(self, name: str) -> list[str | None]:
        return [call.headers.get(name) for call in self.calls]


def as_sent(request: httpx.Request) -> httpx.Request:
    """A copy: the next try has other headers."""
    return httpx.Request(
        request.method, request.url, headers=request.headers.raw, content=request.content
    )


class Waits(list[float]):
    """What a connection would have slept."""


def ok(body: Any = None, **headers: str) -> httpx.Response:
    return httpx.Response(200, json=body or {"id": "quo_1"}, headers=headers)


def problem(status: int, code: str, *, retry_after: str | None = None) -> httpx.Response:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return httpx.Response(status, json={"code": code, "detail": "…"}, headers=headers)
