"""Lambda on one machine: worker processes behind the Runtime API, one request at a time each.

A function has up to `slots` workers. Each runs AWS's own runtime client (`awslambdaric`) against
its own port of a Runtime API served here, with only the environment that the template gives the
function plus what Lambda sets.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from local.aws.background import end
from local.aws.prefork import starter
from local.aws.template import Function
from local.aws.workers import PAYLOAD_LIMIT, Pool, Result, Worker, function_error
from local.processes import bound_socket
from local.server import Server, read_body

type Json = dict[str, Any]

_PREFIX = "/2018-06-01/runtime"


class Lambda:
    """Every function of the template, callable by name."""

    def __init__(
        self,
        functions: Sequence[Function],
        *,
        slots: int,
        init_seconds: float,
        endpoints: Mapping[str, str],
        log_folder: Path,
        prepared: Sequence[str],
    ) -> None:
        self._sockets = [
            bound_socket(0, what="Lambda Runtime API", setting="-")
            for _ in range(slots * len(functions))
        ]
        self._starter = starter(functions, log_folder / "workers.log", prepared=prepared)
        ports = [each.getsockname()[1] for each in self._sockets]
        self._pools = {
            function.name: Pool(
                function,
                ports=ports[index * slots : (index + 1) * slots],
                init_seconds=init_seconds,
                endpoints=endpoints,
                starter=self._starter,
                log=log_folder / f"{function.folder.name}.log",
            )
            for index, function in enumerate(functions)
        }
        self._workers = {
            port: worker
            for pool in self._pools.values()
            for port in ports
            if (worker := pool.worker(port)) is not None
        }
        self._server = Server(self._runtime_api, self._sockets)
        self._warming: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._server.start()

    def has(self, name: str) -> bool:
        return name in self._pools

    def warm(self, names: Sequence[str]) -> None:
        """Start one worker of each function in the background, in this order, a few at a time.

        All at once they would take the processors from the function that is called first.
        """
        waiting = deque(names)

        async def start_one_after_another() -> None:
            while waiting:
                await self._pools[waiting.popleft()].warm()

        starters = range(os.cpu_count() or 1)
        self._warming = [asyncio.create_task(start_one_after_another()) for _ in starters]

    async def invoke(self, name: str, event: Json, *, trace_id: str = "") -> Result:
        """Call a function and wait for its answer."""
        payload = json.dumps(event, separators=(",", ":")).encode()
        return await self._pools[name].invoke(payload, trace_id)

    async def kill_busy(self, name: str) -> int:
        return self._pools[name].kill_busy()

    async def lose_next_answer(self, name: str) -> None:
        self._pools[name].answers_to_lose += 1

    async def stop(self) -> None:
        await end(*self._warming)
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()))
        await self._starter.stop()
        await self._server.stop()

    async def _runtime_api(self, scope: Json, receive: Any, send: Any) -> None:
        """Four paths, as in AWS's "Lambda runtime API"; the port says which worker asks."""
        worker = self._workers[scope["server"][1]]
        path = scope["path"].removeprefix(_PREFIX)
        body = b"".join([chunk async for chunk in read_body(receive, 2 * PAYLOAD_LIMIT)])
        match path.strip("/").split("/"):
            case ["invocation", "next"]:
                await self._next(worker, send)
            case ["invocation", invocation_id, "response"]:
                await _reply(send, 202 if worker.answer(invocation_id, _answer(body)) else 400)
            case ["invocation", invocation_id, "error"]:
                result = Result(body, error=_error_type(body))
                await _reply(send, 202 if worker.finish(invocation_id, result) else 400)
            case ["init", "error"]:
                worker.init_error = Result(body, error=_error_type(body))
                await _reply(send, 202)
            case _:
                await _reply(send, 404)

    async def _next(self, worker: Worker, send: Any) -> None:
        try:
            invocation = await worker.next()
        except asyncio.CancelledError:
            return  # the worker is gone; nobody listens
        deadline = int((time.time() + worker.pool.function.timeout_seconds) * 1000)
        headers = {
            "content-type": "application/json",
            "lambda-runtime-aws-request-id": invocation.id,
            "lambda-runtime-deadline-ms": str(deadline),
            "lambda-runtime-invoked-function-arn": f"{worker.pool.function.arn}:live",
            "lambda-runtime-trace-id": invocation.trace_id,
        }
        await _reply(send, 200, invocation.payload, headers)


async def _reply(
    send: Any, status: int, body: bytes = b"{}", headers: Mapping[str, str] | None = None
) -> None:
    pairs = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        **(headers or {}),
    }
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


def _answer(body: bytes) -> Result:
    if len(body) > PAYLOAD_LIMIT:
        message = f"Response payload size exceeded maximum allowed payload size ({PAYLOAD_LIMIT})."
        return function_error("Function.ResponseSizeTooLarge", message)
    return Result(body)


def _error_type(body: bytes) -> str:
    try:
        return str(json.loads(body).get("errorType", "Unhandled"))
    except (ValueError, AttributeError):
        return "Unhandled"
