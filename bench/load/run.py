"""One load on one stack: journeys by locust's callers, what they cost, and whether all arrived."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx

from bench.load.processes import cpu_seconds
from bench.machine import ROOT
from local.folder import BANK
from local.settings import ANY_PORTS, Settings
from local.stack import Stack

type Json = dict[str, Any]

PARTNER, BOOKKEEPER = "harbour-test", "finance-test"
DRAINED_WITHIN = 120.0
LOOKS_AT_ALL: Json = {"CatchUp": {"looks_only": True, "immediately": True}}


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
    def workers(self) -> list[str]:
        """The functions that worked."""
        return [name for name in self.cpu if name not in {"gateway", "engine"}]


@contextmanager
def stack(template: Path = ROOT / "template.yaml") -> Iterator[Stack]:
    """A stack of its own on free ports, with an empty folder."""
    with TemporaryDirectory() as folder:
        settings = Settings(
            template=template, folder=Path(folder), ports=ANY_PORTS, engine="dynoxide"
        )
        with Stack(settings) as running:
            yield running


def put(load: Load, running: Stack, *, run: str, first: int = 0) -> Found:
    """Put a load on the stack, and wait until all of it is delivered and paid."""
    before = cpu_seconds(os.getpid())
    told = _callers(load, running, run=run, first=first)
    _drain(running)
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


def _drain(running: Stack) -> None:
    until = time.monotonic() + DRAINED_WITHIN
    while _waits(running):
        if time.monotonic() > until:
            raise NotDrained(str(_waits(running)))
        time.sleep(0.5)


def _waits(running: Stack) -> Json:
    """What the bank has not reported and consumers lack; empty: nothing."""
    answer = running.invoke("EventDeliveryFunction", LOOKS_AT_ALL)
    waiting = json.loads(answer.payload)
    found = Counter(
        bank=len(running.bank.unreported()),
        behind=waiting["behind"],
        set_aside=waiting["set_aside"],
    )
    return {name: count for name, count in found.items() if count}


def _received(running: Stack) -> dict[str, float]:
    """When the bank had each order."""
    inbox = sqlite3.connect(running.settings.folder / BANK)
    try:
        return dict(inbox.execute("SELECT id, received FROM instructions"))
    finally:
        inbox.close()


def ledger_faults(running: Stack) -> list[str]:
    """What the ledger's health says is wrong, after a reconciliation of all that was posted."""
    running.invoke("AccountingFunction", {"reconcile": ["test"]})
    answer = httpx.get(
        f"{running.base_url}/v1/ledger/GBP/health",
        headers={"Authorization": f"Bearer {running.token(BOOKKEEPER)}"},
        timeout=60,
        trust_env=False,
    )
    answer.raise_for_status()
    health: Json = answer.json()
    wrong = [json.dumps(each) for each in health["invariants"] if not each["holds"]]
    return wrong if health["healthy"] else wrong or [f"unhealthy: {json.dumps(health)}"]
