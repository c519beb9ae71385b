"""A random order of the tests within each module: `SEED=4711 pytest tests/http` finds what depends on it.

Without SEED the order is the one in which they are written. Modules keep their order, and a test's
seed is made of SEED and its module: the order of one module alone is the order in the whole run.
"""

import os
from itertools import groupby
from random import Random

import pytest

SEED = "SEED"


def pytest_report_header() -> str | None:
    """Say how to have this order again."""
    seed = os.environ.get(SEED)
    return f"tests of a module in a random order: {SEED}={seed}" if seed else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Shuffle before pytest brings tests of one parametrised fixture together: that order stays."""
    seed = os.environ.get(SEED)
    if seed:
        items[:] = in_random_order(items, seed)


def in_random_order(items: list[pytest.Item], seed: str) -> list[pytest.Item]:
    """The same items, each module's among themselves in the order that the seed gives."""
    shuffled: list[pytest.Item] = []
    for module, own in groupby(items, key=lambda item: item.nodeid.partition("::")[0]):
        tests = sorted(own, key=lambda item: item.nodeid)
        Random(f"{seed} {module}").shuffle(tests)  # noqa: S311 - chance, not a secret
        shuffled += tests
    return shuffled
