"""Fixtures of every level: one engine and one set of functions a process, each started when first asked for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from tests.support.backend import Backend
    from tests.support.faults import Faults
    from tests.support.platform import Platform
    from tests.support.receiver import Receiver
    from tests.support.webhooks import Sending
    from tests.support.zygote import Zygote

# What a fixture needs is imported when it is asked for: unit tests load none of it.
# ruff: noqa: PLC0415


@pytest.fixture(scope="session")
def engine_url() -> Iterator[str]:
    """A real DynamoDB engine in memory."""
    from tests.support.engine import running_engine

    with running_engine() as url:
        yield url


@pytest.fixture(scope="session")
def dynamodb(engine_url: str) -> "Iterator[DynamoDBClient]":
    """The engine's client. A test that writes makes the tables anew first (`make_tables`)."""
    from tests.support.engine import quick_client

    made = quick_client(engine_url)
    yield made
    made.close()


@pytest.fixture
def platform(dynamodb: "DynamoDBClient") -> "Iterator[Platform]":
    """The functions of policies and claims in this process, on empty tables of the engine."""
    from tests.support.engine import make_tables
    from tests.support.platform import platform_on

    with platform_on(dynamodb, make_tables(dynamodb)) as opened:
        yield opened


@pytest.fixture
def receiver() -> "Iterator[Receiver]":
    """A receiver of webhooks on loopback."""
    from tests.support.receiver import receiving

    with receiving() as receiver:
        yield receiver


@pytest.fixture
def sending(platform: "Platform") -> "Sending":
    """Delivery's notes and the sender of webhooks, on the platform's tables."""
    from tests.support.webhooks import Sending

    return Sending(platform)


@pytest.fixture(scope="session")
def running(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Backend]":
    from tests.support.backend import running_backend

    with running_backend(engine_url, tmp_path_factory.mktemp("backend")) as backend:
        yield backend


@pytest.fixture(scope="session")
def loaded(running: "Backend") -> "Platform":
    from tests.support.platform import platform_as_deployed

    running.empty()
    return platform_as_deployed(running)


@pytest.fixture
def handlers(loaded: "Platform") -> "Platform":
    """Every function in this process, on empty tables and with the environment of template.yaml."""
    loaded.empty()
    return loaded


@pytest.fixture
def backend(handlers: "Platform") -> "Backend":
    return handlers.backend


@pytest.fixture(scope="session")
def proxy(engine_url: str) -> "Iterator[Faults]":
    from tests.support.faults import running_faults

    with running_faults(engine_url) as faults:
        yield faults


@pytest.fixture
def faults(proxy: "Faults") -> "Faults":
    """A proxy in front of the engine that breaks nothing until it is told to."""
    proxy.inject()
    return proxy


@pytest.fixture(scope="session")
def zygote(running: "Backend") -> "Iterator[Zygote]":
    """Fresh processes for `issue` and `settle`, straight on the engine."""
    from tests.support.zygote import running_zygote

    with running_zygote(running.environment()) as parent:
        yield parent


@pytest.fixture(scope="session")
def troubled(running: "Backend", proxy: "Faults") -> "Iterator[Zygote]":
    """Fresh processes with the proxy between them and the engine."""
    from tests.support.zygote import running_zygote

    with running_zygote(running.environment(proxy.url)) as parent:
        yield parent


@pytest.fixture(scope="session")
def hurried(running: "Backend", proxy: "Faults") -> "Iterator[Zygote]":
    """The same, and soon tired of waiting: for a database that never answers."""
    from tests.support.patience import HURRY
    from tests.support.zygote import running_zygote

    with running_zygote(running.environment(proxy.url), stretch=HURRY) as parent:
        yield parent
