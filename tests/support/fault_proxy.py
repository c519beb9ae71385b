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


class Barrier:
    """Holds calls of one operation that name a subject."""

    def __init__(self) -> None:
        self._wanted: Json | None = None
        self._verdicts: list[asyncio.Future[bool]] = []
        self._changed = asyncio.Condition()

    @web.middleware
    async def middleware(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith(PREFIX):
            return await self._control(request)
        if await self._is_wanted(request) and not await self._verdict():
            if request.transport is not None:
                request.transport.close()
            raise web.HTTPServiceUnavailable
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _is_wanted(self, request: web.Request) -> bool:
        wanted = self._wanted
        if wanted is None:
            return False
        operation = request.headers.get("X-Amz-Target", "").rpartition(".")[2]
        # Bytes: what is read here is kept for whoever reads the body next.
        return operation == wanted["operation"] and wanted["about"].encode() in await request.read()

    async def _verdict(self) -> bool:
        verdict: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        async with self._changed:
            self._verdicts.append(verdict)
            self._changed.notify_all()
        return await verdict

    async def _control(self, request: web.Request) -> web.Response:
        match request.path.removeprefix(PREFIX):
            case "/close":
                self._wanted = await request.json()
            case "/wait":
                async with self._changed:
                    await self._changed.wait_for(lambda: self._verdicts)
            case "/open":
                self._wanted = None
            case "/go-on" | "/drop" as told:
                for verdict in self._verdicts:
                    verdict.set_result(told == "/go-on")
                self._verdicts.clear()
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
