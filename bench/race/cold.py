"""Cold starts: a fresh process with AWS's runtime client, its import and its first request, in CPU seconds."""

import contextlib
import json
import os
import queue
import re
import socketserver
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any

from bench.race.build import PYTHON, Contender
from local.processes import LOOPBACK

type Json = dict[str, Any]

ANSWER_SECONDS = 600
"""No promise: a process that has said nothing for so long is taken to hang."""
LOOK_SECONDS = 0.2


class Stumbled(Exception):
    """A contender's process ended, or hung, before it had answered."""


@dataclass(frozen=True)
class Start:
    """One cold start: what was answered and what it cost."""

    answer: Json
    cpu_seconds: float


class RuntimeApi:
    """Lambda's Runtime API for one process after another: one event each."""

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._waiting = threading.Event()
        api = self

        class Handler(_Handler):
            def do_GET(self) -> None:
                api._next(self)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                api._answers.put(body)
                self.reply(b"{}")

        self._server = _Server((LOOPBACK, 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"{LOOPBACK}:{self._server.server_address[1]}"

    def start(self, command: list[str], environment: Mapping[str, str], event: Json) -> Start:
        """Run the process until it asks for its second event, then end it."""
        with self._running(command, environment, event) as (process, answer):
            process.kill()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        return Start(answer, usage.ru_utime + usage.ru_stime)

    def instructions(self, environment: Mapping[str, str], event: Json) -> int:
        """The same under cachegrind: how many instructions the process carried out."""
        valgrind = ["valgrind", "--tool=cachegrind", "--cache-sim=no"]
        out = "--cachegrind-out-file=/dev/null"
        with self._running([*valgrind, out, *command()], environment, event) as (process, _):
            process.terminate()
            _, told = process.communicate(timeout=ANSWER_SECONDS)
        found = re.search(rb"I +refs: +([0-9,]+)", told)
        if found is None:
            raise RuntimeError(f"cachegrind said nothing: {told[-400:]!r}")
        return int(found[1].replace(b",", b""))

    @contextmanager
    def _running(
        self, command: list[str], environment: Mapping[str, str], event: Json
    ) -> "Iterator[tuple[subprocess.Popen[bytes], Json]]":
        """A process that has answered its event and waits for another; it is ended in any case."""
        self._waiting.clear()
        self._forget()
        self._events.put(json.dumps(event).encode())
        process = subprocess.Popen(
            command,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": self.address},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
        )
        assert process.stderr is not None  # noqa: S101 (asked for above)
        try:
            answer = json.loads(self._first_answer(process))
            _wait(lambda: self._waiting.wait(LOOK_SECONDS), process)
            yield process, answer
        finally:
            if process.returncode is None:
                process.kill()
                process.wait()
            process.stderr.close()

    def _forget(self) -> None:
        """What the last process left: one that stumbled has not taken its event."""
        for left in (self._events, self._answers):
            with contextlib.suppress(queue.Empty):
                while True:
                    left.get_nowait()

    def _first_answer(self, process: "subprocess.Popen[bytes]") -> bytes:
        answers: list[bytes] = []

        def answered() -> bool:
            with contextlib.suppress(queue.Empty):
                answers.append(self._answers.get(timeout=LOOK_SECONDS))
            return bool(answers)

        _wait(answered, process)
        return answers[0]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _next(self, handler: "_Handler") -> None:
        try:
            event = self._events.get_nowait()
        except queue.Empty:
            self._waiting.set()  # the process has nothing left to do: the clock stops here
            handler.close_connection = True
            return
        handler.reply(
            event,
            {
                "Lambda-Runtime-Aws-Request-Id": "bench",
                "Lambda-Runtime-Deadline-Ms": "4102444800000",
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-2:0:function:bench",
                "Lambda-Runtime-Trace-Id": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
            },
        )


def _wait(happened: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    """Until it has happened.

    Raises:
        Stumbled: The process ended first, or nothing came for ANSWER_SECONDS.
    """
    given_up_at = time.monotonic() + ANSWER_SECONDS
    while not happened():
        if process.poll() is not None:
            if happened():  # its last words came before its end was seen
                return
            assert process.stderr is not None  # noqa: S101 (asked for when it was started)
            last = process.stderr.read().decode(errors="replace").strip().splitlines()[-1:]
            raise Stumbled(f"ended with status {process.returncode}: {' '.join(last)}")
        if time.monotonic() > given_up_at:
            raise Stumbled(f"said nothing for {ANSWER_SECONDS} s")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def reply(self, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(200)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    api = RuntimeApi()
    try:
        yield api
    finally:
        api.stop()


def command() -> list[str]:
    return [str(PYTHON), "-s", "-m", "awslambdaric", "app.handler"]


def environment(contender: Contender, function: Mapping[str, str]) -> dict[str, str]:
    """The function's own variables, on this contender's path. Bytecode may be written: none must be."""
    own = {name: value for name, value in function.items() if name != "AWS_DATA_PATH"}
    return {
        **own,
        **dict(contender.environment),
        "LAMBDA_TASK_ROOT": str(contender.path[0]),
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "PATH": os.defpath,
        "PYTHONPATH": os.pathsep.join(str(folder) for folder in contender.path),
        "_HANDLER": "app.handler",
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0",
    }
