"""Handlers as they ship, for the tests here that go through them."""

from tests.resilience.conftest import backend, handlers, loaded, running

__all__ = ["backend", "handlers", "loaded", "running"]
