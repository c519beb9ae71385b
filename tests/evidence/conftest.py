"""Handlers as they ship, on a real engine and the local S3."""

from tests.resilience.conftest import backend, handlers, loaded, running

__all__ = ["backend", "handlers", "loaded", "running"]
