"""The proxy's own process: PyPI `microburst`, and a barrier at which calls wait until a test says go on.

`python -m tests.support.fault_proxy FD UPSTREAM` serves on a listening socket that it was handed.
"""

import asyncio
import socket
import sys
from typing import Any

from aiohttp import web
from microburst.app import make_app
from microburst.core.pipeline import Microburst

type Json = dict[str, Any]

PREFIX = "/_barrier"


class HeldCall:
    """A call at the barrier."""

    def __init__(self, operation: str) -> None:
        self.operation = operation
        loop = asyncio.get_running_loop()
        self.goes_on: asyncio.Future[bool] = loop.create_future()
        self.is_over = asyncio.Event()


class Barrier:
    """Holds calls of certain operations that name certain subjects."""

    def __init__(self) -> None:
        self._wanted: list[Json] = []
        self._held: list[HeldCall] = []
        self._changed = asyncio.Condition()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith(PREFIX):
            return await self._control(request)
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if not await self._is_wanted(request, operation):
            return await self._passed(request, handler)
        held = HeldCall(operation)
        async with self._changed:
            self._held.append(held)
            self._changed.notify_all()
        try:
            if await held.goes_on:
                return await self._passed(request, handler)
        finally:
            held.is_over.set()
        if request.transport is not None:
            request.transport.close()
        raise web.HTTPServiceUnavailable

    async def _passed(self, request: web.Request, handler: Any) -> web.StreamResponse:
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _is_wanted(self, request: web.Request, operation: str) -> bool:
        if not self._wanted:
            return False
        body = await request.read()
        request.content.unread_data(body)  # the proxy itself reads it as a stream
        return any(
            operation == wanted["operation"]
            and wanted["about"].encode() in body
            and wanted["by"] in request.headers.get("User-Agent", "")
            for wanted in self._wanted
        )

    async def _control(self, request: web.Request) -> web.Response:
        match request.path.removeprefix(PREFIX):
            case "/close":
                self._wanted = await request.json()
            case "/wait":
                async with self._changed:
                    await self._changed.wait_for(lambda: self._held)
            case "/count":
                return web.json_response({"held": [held.operation for held in self._held]})
            case "/open":
                self._wanted = []
            case "/go-on" | "/drop" as told:
                ended, self._held = self._held, []
                for held in ended:
                    held.goes_on.set_result(told == "/go-on")
                for held in ended:
                    await held.is_over.wait()
            case unknown:
                raise web.HTTPNotFound(text=unknown)
        return web.json_response({})


def main(descriptor: int, upstream: str) -> None:
    app = make_app(Microburst(upstream, rules=[], resign=False))
    app.middlewares.append(Barrier().middleware)
    # What is held when the proxy ends has nobody left who waits for it.
    web.run_app(app, sock=socket.socket(fileno=descriptor), print=None, shutdown_timeout=0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
