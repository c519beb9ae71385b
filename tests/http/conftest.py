"""Handlers as they ship, on a real engine: the environment of template.yaml, real REST proxy events."""

import pytest

SHARING = ("claims", "complaints", "edge", "products", "quoting")
"""Areas whose modules empty and fill one set of tables, one after another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process for the areas that share tables: engine and handlers are loaded once for them."""
    for item in items:
        if item.nodeid.startswith(tuple(f"tests/http/{area}/" for area in SHARING)):
            item.add_marker(pytest.mark.xdist_group("http"))
