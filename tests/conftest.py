"""What every test may use."""

import gc
import os
import sys

import pytest
from hypothesis import settings

# Telemetry reads it once, in whatever test of a process imports it first.
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Coverwright")

# A deadline on the wall clock says how busy the machine is, not whether the code is right.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

# Nothing that is collected goes again before the tests begin: the collector would only look through it.
gc.disable()

pytest_plugins = ["tests.support.fixtures", "tests.support.order", "tests.support.groups"]


def pytest_sessionstart(session: pytest.Session) -> None:
    """The first process of a session forgets which problems an earlier session saw."""
    if not hasattr(session.config, "workerinput"):
        from tests.support.routes import forget_seen  # noqa: PLC0415 - it reads every route

        forget_seen()


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


def pytest_sessionfinish() -> None:
    """Each process keeps which problems it saw, for `python -m tests.support.routes`."""
    routes = sys.modules.get("tests.support.routes")
    if routes is not None:
        routes.keep_seen()
