"""A connection to an API that answers in turn."""

from collections.abc import Iterator

import httpx
import pytest
from coverwright import ClientCredentials, Connection

from tests.support.api_in_turn import BASE, TOKENS, Api, Waits


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def seconds() -> list[float]:
    """The clock that tokens end by."""
    return [0.0]


@pytest.fixture
def connection(
    api: Api, waits: Waits, seconds: list[float], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connection]:
    monkeypatch.setattr("coverwright.connection.sleep", waits.append)
    made = Connection(
        BASE,
        ClientCredentials(TOKENS, "harbour", "secret", clock=lambda: seconds[0]),
        http=httpx.Client(transport=httpx.MockTransport(api)),
    )
    with made:
        yield made
