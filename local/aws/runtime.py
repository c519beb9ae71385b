"""Lambda on one machine: worker processes behind the Runtime API, one request at a time each.

A function has up to `slots` workers. Each runs AWS's own runtime client (`awslambdaric`) against
its own port of a Runtime API served here, with only the environment that the template gives the
function plus what Lambda sets. Workers start when they are needed, are killed at the function's
timeout and are replaced when they die.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local import processes
from local.aws.template import REGION, Function
from local.processes import LOOPBACK, bound_socket
from local.server import Server, read_body

type Json = dict[str, Any]

PAYLOAD_LIMIT = 6 * 1024 * 1024
INIT_SECONDS = 60  # AWS gives 10; a laptop that starts eight workers at once needs more
_PREFIX = "/2018-06-01/runtime"


class PayloadTooLarge(Exception):
    """The event, or the answer, is over Lambda's 6 MB."""


@dataclass(frozen=True)
class Result:
    """What a function answered; `error` is what Lambda calls a function error."""

    payload: bytes
    error: str | None = None


@dataclass
class _Invocation:
    payload: bytes
    trace_id: str
    answered: asyncio.Future[Result]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def answer(self, result: Result) -> None:
        if not self.answered.done():
            self.answered.set_result(result)


class _Worker:
    """One process in one slot of a function."""

    def __init__(self, pool: Pool, port: int) -> None:
        self.pool = pool
        self.port = port
        self.process: asyncio.subprocess.Process | None = None
        self.current: _Invocation | None = None
        self.wanted: asyncio.Future[_Invocation] | None = None
        self.init_error: Result | None = None
        self.initialised = False
        self.settled = asyncio.Event()
        """Ready, or gone: the end of its start in either case."""
        self._watch: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_running(self) -> bool:
        return self._watch is not None and not self._watch.done()

    def start(self) -> None:
        self.initialised, self.init_error = False, None
        self.settled.clear()
        self._watch = asyncio.create_task(self._run())

    async def _run(self) -> None:
        function = self.pool.function
        self.process = await processes.start(
            [sys.executable, "-m", "awslambdaric", function.handler],
            env=self.pool.environment(self.port),
            cwd=function.folder,
            log=self.pool.log,
        )
        if self.pool.is_stopping:
            self.kill()  # the stack stopped while the process was being made
        self._limit(INIT_SECONDS, f"Init of {function.name} took over {INIT_SECONDS} s")
        status = await self.process.wait()
        self.settled.set()
        self._unlimit()
        if self.wanted is not None:
            self.wanted.cancel()
        self.pool.ended(self, status)

    async def next(self) -> _Invocation:
        """What `/invocation/next` waits for."""
        if not self.initialised:
            self.initialised = True
            self.settled.set()
            self._unlimit()
        self.wanted = asyncio.get_running_loop().create_future()
        self.pool.offers(self)
        invocation = await self.wanted
        self.wanted = None
        return invocation

    def take(self, invocation: _Invocation) -> None:
        assert self.wanted is not None  # noqa: S101 (only a waiting worker is given work)
        self.current = invocation
        seconds = self.pool.function.timeout_seconds
        self._limit(seconds, f"Task timed out after {seconds:.2f} seconds")
        self.wanted.set_result(invocation)

    def answer(self, invocation_id: str, result: Result) -> bool:
        """What the function posts, unless a fault is asked for: then it dies with its answer."""
        if self.pool.answers_to_lose:
            self.pool.answers_to_lose -= 1
            self.kill()
            return True
        return self.finish(invocation_id, result)

    def finish(self, invocation_id: str, result: Result) -> bool:
        if self.current is None or self.current.id != invocation_id:
            return False
        self._unlimit()
        invocation, self.current = self.current, None
        invocation.answer(result)
        return True

    async def stop(self) -> None:
        """End the process at once, as Lambda does: what it had to keep is in the tables."""
        self._unlimit()
        self.kill()
        if self._watch is not None:
            await self._watch

    def _limit(self, seconds: float, message: str) -> None:
        self._unlimit()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._time_out, message)

    def _unlimit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _time_out(self, message: str) -> None:
        error = _error("Sandbox.Timedout", message)
        if self.current is not None:
            self.finish(self.current.id, error)
        else:
            self.init_error = error
        self.kill()

    def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()


class Pool:
    """The workers of one function and the calls that wait for one."""

    def __init__(
        self,
        function: Function,
        *,
        ports: Sequence[int],
        endpoints: Mapping[str, str],
        log: Path,
    ) -> None:
        self.function = function
        self.log = log
        self._endpoints = endpoints
        self._workers = [_Worker(self, port) for port in ports]
        self._idle: deque[_Worker] = deque()
        self._waiting: deque[_Invocation] = deque()
        self.is_stopping = False
        self.answers_to_lose = 0

    def kill_busy(self) -> int:
        """Kill the workers that are at work, as a host that fails does; how many there were."""
        busy = [worker for worker in self._workers if worker.current is not None]
        for worker in busy:
            worker.kill()
        return len(busy)

    def worker(self, port: int) -> _Worker | None:
        return next((worker for worker in self._workers if worker.port == port), None)

    async def invoke(self, payload: bytes, trace_id: str) -> Result:
        if len(payload) > PAYLOAD_LIMIT:
            raise PayloadTooLarge
        answered: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        invocation = _Invocation(payload, trace_id, answered)
        self._waiting.append(invocation)
        self._hand_out()
        try:
            return await answered
        finally:
            if invocation in self._waiting:
                self._waiting.remove(invocation)

    async def warm(self) -> None:
        """Start one worker before anybody asks, and wait until it is ready or has failed."""
        if any(worker.is_running for worker in self._workers):
            return
        worker = self._workers[0]
        worker.start()
        await worker.settled.wait()

    def offers(self, worker: _Worker) -> None:
        self._idle.append(worker)
        self._hand_out()

    def ended(self, worker: _Worker, status: int) -> None:
        """A worker is gone: answer for what it held, and replace it if somebody waits."""
        if worker in self._idle:
            self._idle.remove(worker)
        if worker.current is not None:
            message = f"RequestId: {worker.current.id} Error: Runtime exited with status {status}"
            worker.finish(worker.current.id, _error("Runtime.ExitError", message))
        elif not worker.initialised and self._waiting:
            # A function that cannot start must not be started for ever: one try for one caller.
            failed = worker.init_error or _error("Runtime.ExitError", f"Init ended with {status}")
            self._waiting.popleft().answer(failed)
        if self._waiting and not self.is_stopping:
            self._hand_out()

    async def stop(self) -> None:
        self.is_stopping = True
        while self._waiting:
            self._waiting.popleft().answer(_error("Sandbox.Stopped", "the stack is stopping"))
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def environment(self, port: int) -> dict[str, str]:
        """The template's environment and Lambda's own, and nothing of this machine's."""
        function = self.function
        path = [function.folder, *function.layers]
        lambda_sets = {
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": function.log_format,
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": f"local/{port}",
            "AWS_LAMBDA_RUNTIME_API": f"{LOOPBACK}:{port}",
            "AWS_REGION": REGION,
            "AWS_SECRET_ACCESS_KEY": "local",
            "LAMBDA_RUNTIME_DIR": "/var/runtime",
            "LAMBDA_TASK_ROOT": str(function.folder),
            "LANG": "C.UTF-8",
            "PATH": os.defpath,
            "PYTHONPATH": os.pathsep.join(str(folder) for folder in path),
            "TZ": ":UTC",
            "_HANDLER": function.handler,
        }
        return {**function.environment, **self._endpoints, **lambda_sets}

    def _hand_out(self) -> None:
        while self._waiting and self._idle:
            self._idle.popleft().take(self._waiting.popleft())
        starting = sum(worker.is_running and not worker.initialised for worker in self._workers)
        for worker in self._workers:
            if starting >= len(self._waiting) or self.is_stopping:
                return
            if not worker.is_running:
                worker.start()
                starting += 1


class Lambda:
    """Every function of the template, callable by name."""

    def __init__(
        self,
        functions: Sequence[Function],
        *,
        slots: int,
        endpoints: Mapping[str, str],
        log_folder: Path,
    ) -> None:
        self._sockets = [
            bound_socket(0, what="Lambda Runtime API", setting="-")
            for _ in range(slots * len(functions))
        ]
        ports = [each.getsockname()[1] for each in self._sockets]
        self._pools = {
            function.name: Pool(
                function,
                ports=ports[index * slots : (index + 1) * slots],
                endpoints=endpoints,
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

        All at once they would take the processors from whoever is called first.
        """
        waiting = deque(names)

        async def start_one_after_another() -> None:
            while waiting:
                await self._pools[waiting.popleft()].warm()

        lanes = range(os.cpu_count() or 1)
        self._warming = [asyncio.create_task(start_one_after_another()) for _ in lanes]

    async def invoke(self, name: str, event: Json, *, trace_id: str = "") -> Result:
        """Call a function and wait for its answer."""
        payload = json.dumps(event, separators=(",", ":")).encode()
        return await self._pools[name].invoke(payload, trace_id)

    async def kill_busy(self, name: str) -> int:
        return self._pools[name].kill_busy()

    async def lose_next_answer(self, name: str) -> None:
        self._pools[name].answers_to_lose += 1

    async def stop(self) -> None:
        for task in self._warming:
            task.cancel()
        await asyncio.gather(*self._warming, return_exceptions=True)
        await asyncio.gather(*(pool.stop() for pool in self._pools.values()))
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

    async def _next(self, worker: _Worker, send: Any) -> None:
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
        return _error("Function.ResponseSizeTooLarge", message)
    return Result(body)


def _error(kind: str, message: str) -> Result:
    payload = json.dumps({"errorType": kind, "errorMessage": message}).encode()
    return Result(payload, error=kind)


def _error_type(body: bytes) -> str:
    try:
        return str(json.loads(body).get("errorType", "Unhandled"))
    except (ValueError, AttributeError):
        return "Unhandled"
