"""Warm requests: every contender in a process of its own, batches of equal time, CPU seconds a request."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.race.build import PYTHON, Contender
from bench.race.cold import environment
from bench.requests import Ask

type Json = dict[str, Any]

MARK = "@key@"
"""Stands in a request for a key that is new each time."""

DRIVER = Path(__file__).with_name("driver.py")


class WrongAnswer(Exception):
    """A contender did not do what it is timed for."""


class Runner:
    """A process that holds one contender's handler."""

    def __init__(self, contender: Contender, function: Mapping[str, str]) -> None:
        self.name = contender.name
        self._process = subprocess.Popen(
            [PYTHON, "-s", DRIVER],
            env=environment(contender, function),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd="/",
        )

    def batch(self, ask: Ask, *, seconds: float, run: str) -> float:
        """CPU seconds a request over one batch."""
        assert self._process.stdin is not None  # noqa: S101 (asked for above)
        assert self._process.stdout is not None  # noqa: S101
        command = {
            "event": json.dumps(ask.event()),
            "mark": MARK,
            "seconds": seconds,
            "run": run,
        }
        print(json.dumps(command), file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise WrongAnswer(f"{self.name} ended")
        measured = json.loads(line)
        if measured["failed"]:
            raise WrongAnswer(f"{self.name}: {measured['failed']}")
        per_request: float = measured["cpu_seconds"] / measured["requests"]
        return per_request

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def runners(
    contenders: Mapping[str, Contender], function: Mapping[str, str]
) -> Iterator[dict[str, Runner]]:
    """All of them, alive at once and asked one at a time."""
    started: dict[str, Runner] = {}
    try:
        for name, contender in contenders.items():
            started[name] = Runner(contender, function)
        yield started
    finally:
        for runner in started.values():
            runner.stop()
