"""An ASGI app on a socket, inside the stack's own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import uvicorn

type Scope = dict[str, Any]


class _QuietServer(uvicorn.Server):
    """Signals belong to the stack: this server stops when it is told to."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Server:
    """A running server; `stop` lets requests under way finish."""

    def __init__(
        self,
        app: Callable[..., Any],
        sockets: Sequence[socket.socket],
        *,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        self._sockets = list(sockets)
        config = uvicorn.Config(
            app,
            interface="asgi3",
            access_log=False,
            log_config=None,
            proxy_headers=False,
            lifespan="off",
            server_header=False,
            date_header=True,
            timeout_graceful_shutdown=5,
            timeout_keep_alive=75,
            # In C, and without a limit of its own: the gateway is the one to refuse long headers.
            http="httptools",
            ssl_certfile=str(certificate) if certificate else None,
            ssl_keyfile=str(key) if key else None,
        )
        self._server = _QuietServer(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._server.serve(sockets=self._sockets))
        while not self._server.started:
            if self._task.done():
                await self._task
                raise RuntimeError("the server stopped before it started")
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        if self._task is None:
            return
        self._server.should_exit = True
        await self._task
        for listener in self._sockets:
            listener.close()


async def read_body(receive: Callable[[], Any], limit: int) -> AsyncIterator[bytes]:
    """The body's chunks, at most `limit` bytes of them; one chunk past it tells of the excess."""
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        yield chunk
        if size > limit or not message.get("more_body", False):
            return
