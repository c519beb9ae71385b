"""How a worker's process starts: forked from one that has imported what all functions import.

A function of ours spends a second of a processor on imports that are the same for all of them. Where the
kernel ends children with their parent (Linux), a stack does them once.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from local import processes
from local.aws.template import Function

PARENT: Final = Path(__file__).with_name("prefork_parent.py")
PREPARED: Final = (
    *("botocore.session", "botocore.client", "botocore.endpoint", "botocore.httpsession"),
    *("insurance.domain", "insurance.operations", "insurance.dynamodb", "insurance.api.views"),
)
"""What functions import, and what reads no variable as it loads that is one function's own."""

SHIFTED_CLOCK: Final = (
    *("LD_PRELOAD", "FAKETIME"),
    *("FAKETIME_DONT_FAKE_MONOTONIC", "FAKETIME_FORCE_MONOTONIC_FIX"),
)


def shifted_clock() -> dict[str, str]:
    """What shifts the wall clock of the stack (faketime) shifts its functions' too: a stack has one time."""
    return {name: os.environ[name] for name in SHIFTED_CLOCK if name in os.environ}


class Process(Protocol):
    """A process that runs, or has ended."""

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...

    def kill(self) -> None: ...


class Starter(Protocol):
    """Starts the runtime client with a handler."""

    async def start(
        self, handler: str, *, env: Mapping[str, str], folder: Path, log: Path
    ) -> Process: ...

    async def stop(self) -> None: ...


def starter(functions: Sequence[Function], log: Path, *, prepared: Sequence[str]) -> Starter:
    """What starts the workers of these functions, where it can from a process that has the prepared modules."""
    if sys.platform != "linux":
        return Executed()
    layers = dict.fromkeys(layer for function in functions for layer in function.layers)
    return Prefork(list(layers), given_to_all(functions), log, prepared=prepared)


def given_to_all(functions: Sequence[Function]) -> dict[str, str]:
    """The variables that every function has, with the same value: what is imported for all may read them."""
    variables = [function.environment.items() for function in functions]
    return dict(set(variables[0]).intersection(*variables[1:])) if variables else {}


class Executed:
    """Each worker is an interpreter that is started for it."""

    async def start(
        self, handler: str, *, env: Mapping[str, str], folder: Path, log: Path
    ) -> Process:
        command = [sys.executable, "-m", "awslambdaric", handler]
        return await processes.start(command, env=env, cwd=folder, log=log)

    async def stop(self) -> None:
        """Nothing runs that is not a worker."""


class Forked:
    """A worker's process, as its parent tells of it."""

    def __init__(self, parent: Prefork, number: int) -> None:
        self._parent, self._number = parent, number
        self.returncode: int | None = None
        self._over = asyncio.Event()

    async def wait(self) -> int:
        await self._over.wait()
        assert self.returncode is not None  # noqa: S101 - told before it is over
        return self.returncode

    def kill(self) -> None:
        if self.returncode is None:
            self._parent.tell({"kill": self._number})

    def end(self, status: int) -> None:
        self.returncode = status
        self._over.set()


class Prefork:
    """The parent of a stack's workers, started with the first of them."""

    def __init__(
        self,
        layers: Sequence[Path],
        environment: Mapping[str, str],
        log: Path,
        *,
        prepared: Sequence[str] = PREPARED,
    ) -> None:
        self._layers = layers
        self._environment = environment
        self._log = log
        self._prepared = prepared
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._count = 0
        self._forked: dict[int, Forked] = {}

    async def start(
        self, handler: str, *, env: Mapping[str, str], folder: Path, log: Path
    ) -> Process:
        async with self._starting:
            if self._listening is None or self._listening.done():
                await self._start_parent()
        self._count += 1
        forked = self._forked[self._count] = Forked(self, self._count)
        self.tell(
            {
                "start": self._count,
                "handler": handler,
                "environment": dict(env),
                "folder": str(folder),
                "log": str(log),
            }
        )
        return forked

    def tell(self, told: Mapping[str, object]) -> None:
        """Say it to the parent, if it is there to hear it."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.write(json.dumps(told).encode() + b"\n")

    async def stop(self) -> None:
        """End the parent, and with it whatever it has forked."""
        if self._process is None or self._listening is None:
            return
        if self._process.returncode is None:
            self._process.kill()
        await self._listening

    async def _start_parent(self) -> None:
        packages = self._prepared if self._layers else ()
        self._process = await processes.start(
            [sys.executable, PARENT, *packages],
            env={
                **self._environment,
                "LANG": "C.UTF-8",
                "PATH": os.defpath,
                "PYTHONPATH": os.pathsep.join(map(str, self._layers)),
                "TZ": ":UTC",
                **shifted_clock(),
            },
            cwd=PARENT.parent,
            log=self._log,
            talks=True,
        )
        self._listening = asyncio.create_task(self._listen(self._process))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None  # noqa: S101 - it was started to talk
        async for line in process.stdout:
            said = json.loads(line)
            self._forked.pop(said["ended"]).end(said["status"])
        status = await process.wait()
        for number in list(self._forked):
            self._forked.pop(number).end(status)
