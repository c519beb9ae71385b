"""The parent of a stack's workers: it has imported what all functions import, and forks each worker.

`prefork_parent.py PACKAGE…` is a program of its own, started by its path. A line of JSON comes in for
each worker to start or to kill, and one goes out when a worker has ended. A worker is given its own
environment, folder, session and log, and then does what `python -m awslambdaric HANDLER` does.
"""

import ctypes
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, NoReturn

type Json = dict[str, Any]

FOR_ALL = ("simplejson", "snapshot_restore_py")
"""What the runtime's own client imports. The client itself reads the environment as it loads."""
_PR_SET_PDEATHSIG = 1
_CHUNK = 1 << 16


class Parent:
    """Forks workers, and says when they end."""

    def __init__(self, path: Sequence[str]) -> None:
        self._path = list(path)
        self._pid = os.getpid()
        self._libc = ctypes.CDLL(None)  # loaded before the fork: a forked child must not take locks
        self._numbers: dict[int, int] = {}
        """The number that the stack gave a worker, by process."""

    def serve(self) -> None:
        """Until the stack hangs up. The kernel kills the workers as this process ends."""
        woken, wakes = os.pipe()
        os.set_blocking(wakes, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakes, warn_on_full_buffer=False)
        rest = b""
        while True:
            ready, _, _ = select.select([0, woken], [], [])
            if woken in ready:
                os.read(woken, _CHUNK)
                self._reap()
            if 0 in ready:
                chunk = os.read(0, _CHUNK)
                if not chunk:
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    self._obey(json.loads(line))

    def _obey(self, told: Json) -> None:
        if "kill" in told:
            for pid in [pid for pid, number in self._numbers.items() if number == told["kill"]]:
                os.kill(pid, signal.SIGKILL)
            return
        pid = os.fork()
        if pid == 0:
            self._work(told)
        self._numbers[pid] = told["start"]

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = ended
                said = {
                    "ended": self._numbers.pop(pid),
                    "status": os.waitstatus_to_exitcode(status),
                }
                os.write(1, json.dumps(said).encode() + b"\n")

    def _work(self, told: Json) -> NoReturn:
        """In the forked process: what a fresh interpreter would do, but for the imports."""
        status = 1
        try:
            self._become_worker(told)
            from awslambdaric.__main__ import main  # noqa: PLC0415 - it reads the environment

            sys.argv = ["awslambdaric", told["handler"]]
            main(sys.argv)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(status)

    def _become_worker(self, told: Json) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._pid:
            os._exit(1)  # the parent ended before the kernel knew
        os.setsid()
        log = os.open(told["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        for target, source in enumerate((os.open(os.devnull, os.O_RDONLY), log, log)):
            os.dup2(source, target)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.chdir(told["folder"])
        os.environ.clear()
        os.environ.update(told["environment"])
        time.tzset()
        own = told["environment"].get("PYTHONPATH", "").split(os.pathsep)
        sys.path[:] = [told["folder"], *filter(None, own), *self._path]


def prepare(packages: Sequence[str]) -> None:
    """Import these packages whole, and keep the collector from what is there: it would copy every page."""
    for name in (*FOR_ALL, *packages):
        for module in _modules(name):
            with suppress(ImportError):  # the function that needs it says so
                importlib.import_module(module)
    gc.collect()
    gc.freeze()


def _modules(package: str) -> Iterator[str]:
    yield package
    loaded = sys.modules.get(package)
    for found in pkgutil.walk_packages(getattr(loaded, "__path__", []), f"{package}."):
        yield found.name


def main(packages: Sequence[str]) -> None:
    """The program."""
    layers = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    prepare(packages)
    Parent([each for each in sys.path[1:] if each not in layers]).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
