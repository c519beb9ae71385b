"""An ASGI app on a socket of its own, in a thread, for as long as a test needs it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import uvicorn
from starlette.applications import Starlette

from local import processes
from tests.support.waiting import ENDED_SECONDS

GRACE_SECONDS = 5
"""What is under way then is cut off: a caller that was killed must hold nobody up for good."""


@contextmanager
def served(app: Starlette, *, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """Its address."""
    listener = processes.bound_socket(0, what="services", setting="SERVICES_PORT")
    config = uvicorn.Config(
        app, log_level="error", lifespan=lifespan, timeout_graceful_shutdown=GRACE_SECONDS
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield f"http://{processes.LOOPBACK}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=ENDED_SECONDS)
        assert not thread.is_alive(), "the app did not stop"
        listener.close()
