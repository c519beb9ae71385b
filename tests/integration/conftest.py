"""Handlers as they ship, on a real engine: the environment of template.yaml, real REST proxy events."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process for them all: an engine and the handlers are loaded once."""
    for item in items:
        if "tests/integration" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("integration"))
