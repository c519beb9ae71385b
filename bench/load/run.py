"""One load on one stack: journeys by locust's callers, what they cost, and whether all arrived."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median
from typing import Any, NamedTuple

from bench.load.processes import cpu_seconds
from bench.machine import ROOT
from local.folder import BANK
from local.stack import Stack

type Json = dict[str, Any]

PARTNER = "harbour-test"
DRAINED_WITHIN = 120.0


class NotDrained(Exception):
    """Something was not delivered, or not paid, long after the last call."""


@dataclass(frozen=True)
class Load:
    """How much is asked of the stack."""

    journeys: int
    callers: int


@dataclass(frozen=True)
class Found:
    """What came of a load."""

    journeys: int
    seconds: float
    """Of the callers; what is delivered after the last call is not in it, but in `cpu`."""
    cpu: dict[str, float]
    """CPU seconds by process."""
    callers_cpu: float
    requests: int
    errors: int
    faults: dict[str, int]
    by_request: dict[str, list[float]]
    latencies: list[float]
    """Of whole journeys in seconds, until the claim reads as paid."""
    to_the_bank: list[float]
    """From the answer that settled a claim until the bank had its order, in seconds."""

    def cpu_ms(self, *names: str) -> float:
        """CPU a journey of these processes; of all, if none is named."""
        return 1000 * sum(self.cpu.get(name, 0.0) for name in names or self.cpu) / self.journeys

    @property
    def per_second(self) -> float:
        return self.journeys / self.seconds

    @property
    def workers(self) -> list[str]:
        """The functions that worked."""
        return [name for name in self.cpu if name not in {"gateway", "engine"}]


@dataclass
class Turns:
    """What came of one system's turns."""

    found: list[Found] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """In its books."""
    stumbled: str = ""
    """Why it plays no more."""

    @property
    def whole(self) -> bool:
        return not (self.stumbled or self.wrong or any(each.errors for each in self.found))


def together(turns: Sequence[Found]) -> Found:
    """Several turns as one; a request's middle is the middle of the turns' middles."""
    cpu: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    for turn in turns:
        cpu.update(turn.cpu)
        faults.update(turn.faults)
    requests = {name for turn in turns for name in turn.by_request}
    return Found(
        journeys=sum(turn.journeys for turn in turns),
        seconds=sum(turn.seconds for turn in turns),
        cpu=dict(cpu),
        callers_cpu=sum(turn.callers_cpu for turn in turns),
        requests=sum(turn.requests for turn in turns),
        errors=sum(turn.errors for turn in turns),
        faults=dict(faults),
        by_request={name: _middle(turns, name) for name in requests},
        latencies=sorted(each for turn in turns for each in turn.latencies),
        to_the_bank=sorted(each for turn in turns for each in turn.to_the_bank),
    )


def _middle(turns: Sequence[Found], name: str) -> list[float]:
    found = [turn.by_request[name] for turn in turns if name in turn.by_request]
    return [sum(count for count, _ in found), median(middle for _, middle in found)]


class System(NamedTuple):
    """A way to serve the journey."""

    name: str
    stack: Callable[[], AbstractContextManager[Stack]]
    waits: Callable[[Stack], Json]
    """What is not delivered or not paid yet; empty: nothing."""
    faults: Callable[[Stack], list[str]]
    """What is wrong in its books when nothing waits."""


def put(load: Load, system: System, running: Stack, *, run: str, first: int = 0) -> Found:
    """Put a load on the stack, and wait until all of it is delivered and paid."""
    before = cpu_seconds(os.getpid())
    told = _callers(load, running, run=run, first=first)
    _drain(system, running)
    after = cpu_seconds(os.getpid())
    cpu = {name: used - before.get(name, 0) for name, used in after.items()}
    received = _received(running)
    return Found(
        journeys=len(told["journeys"]),
        seconds=told["seconds"],
        cpu={name: used for name, used in cpu.items() if used > 0},
        callers_cpu=told["cpu_seconds"],
        requests=told["requests"],
        errors=told["errors"] + sum(told["faults"].values()),
        faults=told["faults"],
        by_request=told["by_request"],
        latencies=sorted(told["journeys"]),
        to_the_bank=sorted(received[each] - at for each, at in told["settled"].items()),
    )


def _callers(load: Load, running: Stack, *, run: str, first: int) -> Json:
    asked = {
        "url": running.base_url,
        "token": running.token(PARTNER),
        "journeys": load.journeys,
        "callers": load.callers,
        "first": first,
        "run": run,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.load.callers"],
        cwd=ROOT,
        input=json.dumps(asked) + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    told: Json = json.loads(done.stdout.splitlines()[-1])
    if not told["journeys"]:
        raise RuntimeError(f"no journey came to its end: {told['faults']} {done.stderr[-2000:]}")
    return told


def _drain(system: System, running: Stack) -> None:
    until = time.monotonic() + DRAINED_WITHIN
    while waiting := system.waits(running):
        if time.monotonic() > until:
            raise NotDrained(f"{system.name}: {waiting}")
        time.sleep(0.5)


def _received(running: Stack) -> dict[str, float]:
    """When the bank had each order."""
    inbox = sqlite3.connect(running.settings.folder / BANK)
    try:
        return dict(inbox.execute("SELECT id, received FROM instructions"))
    finally:
        inbox.close()
