"""A backend and the handlers on it, for a whole session; each test gets empty tables."""

from collections.abc import Iterator

import pytest

from tests.resilience.backend import Backend, running_backend
from tests.resilience.calls import Handlers
from tests.resilience.faults import Faults, running_faults
from tests.resilience.zygote import Zygote, running_zygote


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    with running_backend(tmp_path_factory.mktemp("backend")) as backend:
        yield backend


@pytest.fixture(scope="session")
def loaded(running: Backend) -> Handlers:
    running.empty()
    return Handlers(running)


@pytest.fixture
def handlers(loaded: Handlers) -> Handlers:
    """Every function in this process, on empty tables."""
    loaded.backend.empty()
    return loaded


@pytest.fixture
def backend(handlers: Handlers) -> Backend:
    return handlers.backend


@pytest.fixture(scope="session")
def proxy(running: Backend) -> Iterator[Faults]:
    with running_faults(running.engine_url) as faults:
        yield faults


@pytest.fixture
def faults(proxy: Faults) -> Faults:
    """A proxy in front of the engine that breaks nothing until it is told to."""
    proxy.inject()
    return proxy


@pytest.fixture(scope="session")
def zygote(running: Backend) -> Iterator[Zygote]:
    """Fresh processes for `issue` and `settle`, straight on the engine."""
    with running_zygote(running.environment()) as parent:
        yield parent


@pytest.fixture(scope="session")
def troubled(running: Backend, proxy: Faults) -> Iterator[Zygote]:
    """Fresh processes with the proxy between them and the engine."""
    with running_zygote(running.environment(proxy.url)) as parent:
        yield parent
