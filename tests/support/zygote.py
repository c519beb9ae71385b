"""Handlers in processes of their own that die where they are told to.

A zygote does what a function does before Lambda takes a snapshot of it, and forks: each call runs in a
copy, as on Lambda, which has never spoken to anybody, and is there in a few milliseconds. Killing is real: the process sends itself
SIGKILL, so nothing after that point runs, no `finally` and no `atexit` either.
"""

import contextlib
import ctypes
import gc
import importlib
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self
from unittest.mock import patch

from pydantic import BaseModel

from tests.support.calls import CONTEXT, FOLDERS, Answer, answer_of
from tests.support.driving.functions import load
from tests.support.patience import limits_stretched
from tests.support.waiting import STRETCH

type Json = dict[str, Any]

ROOT = Path(__file__).resolve().parents[2]
REPEATS = 100
"""A client repeats a busy call with its key, as the 503 tells it to; nobody has to so often."""

SERVICE_UNAVAILABLE = 503
IMMORTAL = 0xFFFF_FFFF


class Point(StrEnum):
    """Where a process dies."""

    BEFORE_THE_READ = "before-send.dynamodb.BatchGetItem"
    AFTER_THE_READ = "after-call.dynamodb.BatchGetItem"
    WITH_THE_COMMIT_SENT = "before-send.dynamodb.TransactWriteItems"
    """With a delay: somewhere between the request and the reply."""
    AFTER_THE_COMMIT = "after-call.dynamodb.TransactWriteItems"
    BEFORE_THE_ANSWER = "answer"


class FilePoint(StrEnum):
    """Where besides a process dies that stores a file before it enters it."""

    WITH_THE_FILE_SENT = "before-send.s3.PutObject"
    AFTER_THE_FILE = "after-call.s3.PutObject"


class Side(StrEnum):
    """On which side of a call to AWS, whichever it is, a process dies."""

    BEFORE = "before-send"
    AFTER = "after-call"


@dataclass(frozen=True)
class Death:
    """At which point to die, when it is reached for the nth time, and how long after that."""

    at: Point | FilePoint | Side
    after_ms: float = 0.0
    nth: int = 1


@dataclass(frozen=True)
class Run:
    """One call, in a process of its own."""

    folder: str
    event: Json
    death: Death | None = None
    later_s: int = 0
    """How long after the call before, by our own clock, it comes in."""
    pauses: bool = True
    """Whether it waits between its tries: for nothing, where nobody else calls whom it could let go first."""


@dataclass(frozen=True)
class Outcome:
    """What became of a run: an answer, or the signal that ended it."""

    answer: Answer | None
    signal: int


class Zygote:
    """The parent of fresh processes."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def run(self, runs: Sequence[Run]) -> list[Outcome]:
        """All at once: every process waits until all are there."""
        pipe_in, pipe_out = self._process.stdin, self._process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        pipe_in.write(json.dumps([asdict(run) for run in runs]) + "\n")
        pipe_in.flush()
        line = pipe_out.readline()
        assert line, "the zygote has died"
        return [
            Outcome(answer_of(json.loads(said)) if said else None, killed_by)
            for said, killed_by in json.loads(line)
        ]

    def call(self, run: Run) -> Answer:
        """One call that must come to an answer."""
        [outcome] = self.run([run])
        assert outcome.answer is not None, f"ended by signal {outcome.signal}"
        return outcome.answer


def final_answers(runs: Sequence[Run], zygote: Zygote) -> list[Answer]:
    """What each client is told in the end: all call at once, and come again when they are told to."""
    final: dict[int, Answer] = {}
    for _ in range(REPEATS):
        waiting = [place for place in range(len(runs)) if place not in final]
        outcomes = zygote.run([runs[place] for place in waiting])
        for place, outcome in zip(waiting, outcomes, strict=True):
            assert outcome.answer is not None, f"ended by signal {outcome.signal}"
            if outcome.answer.status != SERVICE_UNAVAILABLE:
                final[place] = outcome.answer
        if len(final) == len(runs):
            break
    assert len(final) == len(runs), "somebody has no final answer"
    return [final[place] for place in range(len(runs))]


@contextmanager
def running_zygote(environment: Mapping[str, str], *, stretch: float = STRETCH) -> Iterator[Zygote]:
    """A zygote whose processes wait `stretch` times as long for AWS as shipped."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "tests.support.zygote", str(stretch)],
        cwd=ROOT,
        env={**os.environ, **environment, "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Zygote(process)
    finally:
        with process:  # closes its pipes, and waits
            process.kill()  # it holds nothing that could be lost


# -- in the zygote ----------------------------------------------------------------------------------


def serve(stretch: float) -> None:
    with limits_stretched(stretch):
        _serve()


def _serve() -> None:
    from insurance import snapshot  # noqa: PLC0415 - in the zygote only

    _listen()
    apps = {folder: load(folder) for folder in FOLDERS}
    _read_service_models()
    snapshot.prepare()
    for app in apps.values():
        for route in app.api.routes if hasattr(app, "api") else ():
            route.prepare()
    _freeze()
    for line in sys.stdin:
        runs = json.loads(line)
        gate_out, gate_in = os.pipe()
        children = [_fork(run, apps[run["folder"]].handler, (gate_out, gate_in)) for run in runs]
        os.close(gate_out)
        os.close(gate_in)  # the gate opens when nobody holds its other end any more
        ended = [_reap(pid, reader) for pid, reader in children]
        sys.stdout.write(json.dumps([(said["answer"], killed) for said, killed in ended]) + "\n")
        sys.stdout.flush()
        _import_alike({name for said, _ in ended for name in said["imported"]})


def _fork(
    run: Json, handler: Callable[[Json, Any], Json], gate: tuple[int, int]
) -> tuple[int, int]:
    from insurance import snapshot  # noqa: PLC0415 - in the zygote only

    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return pid, reader
    status = 1
    try:
        os.close(reader)
        os.close(gate[1])
        os.read(gate[0], 1)
        _print_nowhere()
        before = set(sys.modules)
        snapshot.renew()
        answer = json.dumps(_answered(run, handler))
        with os.fdopen(writer, "w") as pipe:
            json.dump({"answer": answer, "imported": sorted(set(sys.modules) - before)}, pipe)
        status = 0
    finally:
        os._exit(status)


def _answered(run: Json, handler: Callable[[Json, Any], Json]) -> Json:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(seconds=run["later_s"])

    with patch("insurance.api.call.datetime", Later), _pauses(taken=run["pauses"]):
        death = run["death"]
        if death is not None and death["at"] != Point.BEFORE_THE_ANSWER:
            _armed.append((death, itertools.count(1)))
        said = handler(run["event"], CONTEXT)
        if death is not None and death["at"] not in set(Side):
            _die(death["after_ms"])
    return said


@contextmanager
def _pauses(*, taken: bool) -> Iterator[None]:
    """How long the pauses are is `tests/resilience/test_transaction.py`'s."""
    from insurance.dynamodb import transaction  # noqa: PLC0415 - in the zygote only

    given = SimpleNamespace(monotonic=time.monotonic, sleep=lambda _seconds: None)
    with patch.object(transaction, "time", time if taken else given):
        yield


def _print_nowhere() -> None:
    """The parent answers on its output, which is a child's too: also what was given it before, as to a logger."""
    seen = "ZYGOTE_LOGS" in os.environ
    os.dup2(2 if seen else os.open(os.devnull, os.O_WRONLY), 1)


def _listen() -> None:
    """Hear of every call that clients made from now on will make."""
    from insurance import clients  # noqa: PLC0415 - in the zygote only

    for side in Side:
        clients.session().register(side, _reached)


_armed: list[tuple[Json, Iterator[int]]] = []


def _reached(**event: Any) -> None:
    for death, times in _armed:
        if not event["event_name"].startswith(death["at"]) or next(times) != death["nth"]:
            continue
        if death["after_ms"]:
            threading.Thread(target=_die, args=(death["after_ms"],), daemon=True).start()
        else:
            _die(0)


def _die(after_ms: float) -> None:
    time.sleep(after_ms / 1000)
    os.kill(os.getpid(), signal.SIGKILL)


def _reap(pid: int, reader: int) -> tuple[Json, int]:
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    ended = json.loads(said) if said else {"answer": "", "imported": []}
    return ended, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _read_service_models() -> None:
    """What each process would read of the same files. It makes clients of its own, and so connections."""
    from insurance import clients  # noqa: PLC0415 - in the zygote only

    for service in ("dynamodb", "kms", "s3"):
        clients.client(service)


def _import_alike(names: set[str]) -> None:
    """What a process had to import is there for the next: nothing of it has spoken to anybody."""
    if not (missing := names - set(sys.modules)):
        return
    for name in missing:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    _build_models(BaseModel)
    _freeze()


def _build_models(base: type[BaseModel]) -> None:
    """The validators that each process would make at the first use of a class."""
    for model in base.__subclasses__():
        if not model.__pydantic_complete__:
            model.model_rebuild(raise_errors=False)
        _build_models(model)


def _freeze() -> None:
    """Else the collector would touch, and so copy, every page in each child."""
    gc.collect()
    _make_immortal(gc.get_objects())
    gc.freeze()


def _make_immortal(objects: list[Any]) -> None:
    """Have nobody count who refers to these objects, and to what they refer to: to count is to write, and a page that
    is written is copied, which takes longer than a call does. CPython frees and counts none of this count (PEP 683)."""
    while objects:
        mortal = {id(each): each for each in objects if sys.getrefcount(each) != IMMORTAL}
        objects = gc.get_referents(*mortal.values())
        for address in mortal:
            ctypes.c_uint32.from_address(address).value = IMMORTAL


if __name__ == "__main__":
    serve(float(sys.argv[1]))
