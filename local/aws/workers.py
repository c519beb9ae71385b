"""Workers of one function: processes that run AWS's runtime client, one request at a time each.

They start when they are needed, are killed at the function's timeout and are replaced when they die.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.aws.cloudformation import REGION
from local.aws.prefork import Process, Starter, shifted_clock
from local.aws.template import Function
from local.processes import LOOPBACK

PAYLOAD_LIMIT = 6 * 1024 * 1024
INIT_SECONDS = 60  # AWS gives 10; a laptop that starts eight workers at once needs more


class PayloadTooLarge(Exception):
    """The event, or the answer, is over Lambda's 6 MB."""


@dataclass(frozen=True)
class Result:
    """What a function answered; `error` is what Lambda calls a function error."""

    payload: bytes
    error: str | None = None

    @property
    def item_failures(self) -> list[str] | None:
        """The records of a batch that are reported as failed; None: the answer says that the whole batch failed."""
        try:
            answer = json.loads(self.payload)
        except ValueError:
            return None
        if not answer or not answer.get("batchItemFailures"):
            return []
        identifiers = [each.get("itemIdentifier") for each in answer["batchItemFailures"]]
        return identifiers if all(identifiers) else None


@dataclass
class Invocation:
    payload: bytes
    trace_id: str
    answered: asyncio.Future[Result]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def answer(self, result: Result) -> None:
        if not self.answered.done():
            self.answered.set_result(result)


class Worker:
    """One process in one slot of a function."""

    def __init__(self, pool: Pool, port: int) -> None:
        self.pool = pool
        self.port = port
        self.process: Process | None = None
        self.current: Invocation | None = None
        self.wanted: asyncio.Future[Invocation] | None = None
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
        self.process = await self.pool.starter.start(
            function.handler,
            env=self.pool.environment(self.port),
            folder=function.folder,
            log=self.pool.log,
        )
        if self.pool.is_stopping:
            self.kill()  # the stack stopped while the process was being made
        seconds = self.pool.init_seconds
        self._limit(seconds, f"Init of {function.name} took over {seconds:.0f} s")
        status = await self.process.wait()
        self.settled.set()
        self._unlimit()
        if self.wanted is not None:
            self.wanted.cancel()
        self.pool.ended(self, status)

    async def next(self) -> Invocation:
        """What `/invocation/next` waits for."""
        if not self.initialised:
            self.initialised = True
            self.settled.set()
            self._unlimit()
        self.wanted = asyncio.get_running_loop().create_future()
        if self.current is None:  # else it was killed with its answer, and asks before it has ended
            self.pool.offers(self)
        invocation = await self.wanted
        self.wanted = None
        return invocation

    def take(self, invocation: Invocation) -> None:
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

    def why_not(self) -> str:
        """Why a start came to nothing."""
        if self.init_error is not None:
            said = json.loads(self.init_error.payload)
            return f"{said.get('errorType')}: {said.get('errorMessage')}"
        return f"its worker ended with status {self.process.returncode if self.process else '?'}"

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
        error = function_error("Sandbox.Timedout", message)
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
        init_seconds: float,
        endpoints: Mapping[str, str],
        starter: Starter,
        log: Path,
    ) -> None:
        self.function = function
        self.starter = starter
        self.init_seconds = init_seconds
        self.log = log
        self._endpoints = endpoints
        self._workers = [Worker(self, port) for port in ports]
        self._idle: deque[Worker] = deque()
        self._waiting: deque[Invocation] = deque()
        self.is_stopping = False
        self.answers_to_lose = 0

    def kill_busy(self) -> int:
        """Kill the workers that are at work, as a host that fails does; how many there were."""
        busy = [worker for worker in self._workers if worker.current is not None]
        for worker in busy:
            worker.kill()
        return len(busy)

    def worker(self, port: int) -> Worker | None:
        return next((worker for worker in self._workers if worker.port == port), None)

    async def invoke(self, payload: bytes, trace_id: str) -> Result:
        if len(payload) > PAYLOAD_LIMIT:
            raise PayloadTooLarge
        answered: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        invocation = Invocation(payload, trace_id, answered)
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
        if not worker.initialised and not self.is_stopping:
            print(
                f"WARNING: {self.function.folder.name} does not start: {worker.why_not()}; see {self.log}",
                file=sys.stderr,
                flush=True,
            )

    def offers(self, worker: Worker) -> None:
        self._idle.append(worker)
        self._hand_out()

    def ended(self, worker: Worker, status: int) -> None:
        """A worker is gone: answer for what it held, and replace it if somebody waits."""
        if worker in self._idle:
            self._idle.remove(worker)
        if worker.current is not None:
            message = f"RequestId: {worker.current.id} Error: Runtime exited with status {status}"
            worker.finish(worker.current.id, function_error("Runtime.ExitError", message))
        elif not worker.initialised and self._waiting:
            # A function that cannot start must not be started for ever: one try for one caller.
            failed = worker.init_error or function_error(
                "Runtime.ExitError", f"Init ended with {status}"
            )
            self._waiting.popleft().answer(failed)
        if self._waiting and not self.is_stopping:
            self._hand_out()

    async def stop(self) -> None:
        self.is_stopping = True
        while self._waiting:
            self._waiting.popleft().answer(
                function_error("Sandbox.Stopped", "the stack is stopping")
            )
        await asyncio.gather(*(worker.stop() for worker in self._workers))

    def environment(self, port: int) -> dict[str, str]:
        """The template's environment and Lambda's own, and of this machine's a shifted clock alone."""
        function = self.function
        path = [function.folder, *function.layers]
        lambda_sets = {
            "AWS_ACCESS_KEY_ID": function.name,  # by which its calls are known: `local.aws.rights`
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
        return {**function.environment, **self._endpoints, **lambda_sets, **shifted_clock()}

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


def function_error(kind: str, message: str) -> Result:
    payload = json.dumps({"errorType": kind, "errorMessage": message}).encode()
    return Result(payload, error=kind)
