"""The fixture stack: a few functions of a few lines behind the real gateway, engine and services."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from local.settings import Settings
from local.stack import Stack, ephemeral
from tests.support.clock import Clock
from tests.support.waiting import ANSWER_SECONDS

FIXTURE = Path(__file__).parent / "fixture"


@dataclass(frozen=True)
class Running:
    """A stack that is up, and a client of its gateway."""

    stack: Stack
    client: httpx.Client
    seen: Path
    """What the listener function wrote down."""
    clock: Clock


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("stack")
    seen = folder / "seen.jsonl"
    seen.touch()
    settings = ephemeral(
        Settings(),
        template=FIXTURE / "template.yaml",
        folder=folder / "data",
        slots=4,
        parameters={"Seen": str(seen)},
    )
    clock = Clock()
    with (
        Stack(settings, clock=clock) as stack,
        httpx.Client(base_url=stack.base_url, timeout=ANSWER_SECONDS) as client,
    ):
        yield Running(stack, client, seen, clock)


@pytest.fixture
def client(running: Running) -> httpx.Client:
    return running.client


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One stack for all of these, so one worker of xdist runs them."""
    for item in items:
        if item.nodeid.startswith("tests/local/"):
            item.add_marker(pytest.mark.xdist_group("local"))
